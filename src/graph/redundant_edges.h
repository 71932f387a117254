// SPDX-License-Identifier: Apache-2.0
// Leaving out residual edges that say no more than a path through other nodes says.

#pragma once

#include "graph/trimmed_graph.h"

namespace plumb {

/// Removes each residual edge whose callee can be reached from its caller without it, the lightest
/// edges first at each node; an edge stays if a lighter one into the same node is not residual.
///
/// Complexity: as many walks through the graph as there are residual edges.
void remove_redundant_edges(TrimmedGraph& graph);

}  // namespace plumb
