// SPDX-License-Identifier: Apache-2.0
// Which edges are turned around, so that every edge leads down.

#pragma once

#include <span>
#include <vector>

#include "layout/layout.h"

namespace plumb::layout {

/// By edge: whether it is to be turned around. The others form no cycle, nor do all together after
/// turning. A depth-first search from the nodes that nothing leads to, heavy edges first, turns
/// around what leads back: what a function calls stands below it, recursion leads up.
std::vector<bool> find_turned_edges(std::size_t node_count, std::span<const LayoutEdge> edges);

}  // namespace plumb::layout
