// SPDX-License-Identifier: Apache-2.0
// The connected parts of a graph: taken apart before they are laid out, set beside each other
// after.

#pragma once

#include <cstdint>
#include <vector>

#include "layout/layout.h"

namespace plumb::layout {

/// One connected part with the indices of its nodes and edges in the whole.
struct Part {
  LayoutGraph graph;
  std::vector<std::uint32_t> nodes;
  std::vector<std::uint32_t> edges;
};

/// In the order of their first nodes. Edges from a node to itself are left out.
std::vector<Part> split_parts(const LayoutGraph& graph);

/// Where the top left corner of each layout goes. Parts stand beside each other with their tops in
/// line, as close as their outlines allow, and below each other when a row is full.
std::vector<Point> pack(const std::vector<Layout>& layouts, const std::vector<Part>& parts,
                        double gap);

}  // namespace plumb::layout
