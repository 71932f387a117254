// SPDX-License-Identifier: Apache-2.0
// Edges as smooth curves that touch no box but their own.

#pragma once

#include <vector>

#include "layout/columns.h"
#include "layout/layers.h"
#include "layout/rows.h"

namespace plumb::layout {

/// Everything that has a place already.
struct PlacedLayers {
  const Layers& layers;
  const Ports& ports;
  const std::vector<double>& x;  ///< By slot.
  const std::vector<Row>& rows;
};

/// The curves, arrow tips and label places of all edges of `graph`. `turned`: as in
/// Layers::build().
std::vector<PlacedEdge> draw_edges(const LayoutGraph& graph, const PlacedLayers& placed,
                                   const std::vector<bool>& turned, const LayoutOptions& options);

}  // namespace plumb::layout
