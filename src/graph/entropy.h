// SPDX-License-Identifier: Apache-2.0
// How much a node tells in a drawing: pprof's score.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph_source.h"

namespace plumb {

/// By node: its cum times the entropy of the edges into it and out of it (1 where there are none),
/// plus its flat. Nodes that merely pass on from one caller to one callee get nothing.
std::vector<std::int64_t> entropy_scores(GraphSource& source);

}  // namespace plumb
