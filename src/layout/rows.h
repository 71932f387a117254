// SPDX-License-Identifier: Apache-2.0
// The y of every layer.

#pragma once

#include <vector>

#include "layout/columns.h"
#include "layout/layers.h"

namespace plumb::layout {

/// A layer takes the room between its top and its bottom; between layers are only edges.
struct Row {
  double top = 0;
  double bottom = 0;

  [[nodiscard]] double middle() const { return (top + bottom) / 2; }
};

/// Rows from y = 0 downwards, further apart where edges have a long way to the side.
std::vector<Row> place_rows(const Layers& layers, const Ports& ports, const std::vector<double>& x,
                            const LayoutOptions& options);

}  // namespace plumb::layout
