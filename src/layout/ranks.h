// SPDX-License-Identifier: Apache-2.0
// The rank of each node: its row in the picture.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "layout/layout.h"
#include "layout/network_simplex.h"

namespace plumb::layout {

/// Ranks from 0 so that every edge leads down by at least its min_length, and heavy edges as little
/// further as possible. Nodes that could stand in several rows go where the fewest nodes are.
///
/// Requires: the edges, turned, form no cycle.
std::vector<int> assign_ranks(std::size_t node_count, std::span<const LayoutEdge> edges,
                              const std::vector<bool>& turned, Effort& effort);

}  // namespace plumb::layout
