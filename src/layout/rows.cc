// SPDX-License-Identifier: Apache-2.0
#include "layout/rows.h"

#include <algorithm>
#include <cmath>

namespace plumb::layout {

std::vector<Row> place_rows(const Layers& layers, const Ports& ports, const std::vector<double>& x,
                            const LayoutOptions& options) {
  // An edge this far to the side gets one more point of height for each kSidePerPoint.
  constexpr double kFreeSide = 60;
  constexpr double kSidePerPoint = 16;
  constexpr double kMostExtra = 42;
  std::vector<double> widest(layers.layers.size());  // Way to the side below each layer.
  for (std::size_t i = 0; i < layers.segments.size(); ++i) {
    const Segment& segment = layers.segments[i];
    double& way = widest[layers.slots[segment.upper].layer];
    way = std::max(way,
                   std::abs(x[segment.upper] + ports.upper[i] - x[segment.lower] - ports.lower[i]));
  }
  std::vector<Row> rows;
  double y = 0;
  for (std::size_t layer = 0; layer < layers.layers.size(); ++layer) {
    double height = 0;
    for (const std::uint32_t slot : layers.layers[layer]) {
      height = std::max(height, layers.slots[slot].height);
    }
    rows.push_back({y, y + height});
    const double extra = std::clamp((widest[layer] - kFreeSide) / kSidePerPoint, 0.0, kMostExtra);
    y += height + options.rank_gap + extra;
  }
  return rows;
}

}  // namespace plumb::layout
