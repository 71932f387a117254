// SPDX-License-Identifier: Apache-2.0
// The x of every slot, and where edges meet the borders of their nodes.

#pragma once

#include <vector>

#include "layout/layers.h"
#include "layout/network_simplex.h"

namespace plumb::layout {

/// By segment: how far right of the x of its slots it ends. Zero except at nodes, whose edges meet
/// the border side by side in the order in which they leave.
struct Ports {
  std::vector<double> upper;
  std::vector<double> lower;
};

Ports place_ports(const Layers& layers);

/// By slot. Neighbours in a layer do not overlap; edges are short, heavy ones more than others.
std::vector<double> place_slots(const LayoutGraph& graph, const Layers& layers, const Ports& ports,
                                const LayoutOptions& options, Effort& effort);

}  // namespace plumb::layout
