// SPDX-License-Identifier: Apache-2.0
// A first x for every slot: long edges straight, nodes above the middle of their neighbours.

#pragma once

#include <cstdint>
#include <vector>

#include "layout/layers.h"

namespace plumb::layout {

/// By segment: whether it is drawn vertical. These are inner pieces of long edges; where such
/// pieces cross, as many as possible are chosen that do not.
std::vector<bool> find_straight_segments(const Layers& layers);

/// How far apart the x of neighbours in a layer must be, in whole points.
class Distances {
 public:
  Distances(const Layers& layers, const LayoutOptions& options);

  /// `left` stands directly left of `right`.
  [[nodiscard]] std::int64_t between(std::uint32_t left, std::uint32_t right) const;

 private:
  const Layers& layers_;
  double node_gap_;
  double edge_gap_;
};

/// By slot. Slots connected by straight segments get the same x.
///
/// Source: Brandes and Koepf, "Fast and Simple Horizontal Coordinate Assignment" (2001); the blocks
/// are set by longest paths instead of their section 4.2.
std::vector<std::int64_t> align_slots(const Layers& layers, const std::vector<bool>& straight,
                                      const Distances& distances);

}  // namespace plumb::layout
