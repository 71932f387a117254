// SPDX-License-Identifier: Apache-2.0
// The graph cut into layers: every edge leads from one layer to the next.
//
// A node is one slot in the layer of its rank. An edge that passes layers has a slot in each, and
// its label is one of them. With labels there is a layer between every two ranks, where they stand.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "layout/layout.h"

namespace plumb::layout {

enum class SlotKind : std::uint8_t {
  Node,
  Bend,   ///< An edge passes.
  Label,  ///< An edge passes with its label to the right of it.
};

struct Slot {
  SlotKind kind = SlotKind::Node;
  std::uint32_t owner = 0;  ///< The node, or the edge.
  std::uint32_t layer = 0;
  std::uint32_t position = 0;  ///< In its layer, from the left.
  double left = 0;             ///< How far it reaches from its x, without gaps.
  double right = 0;
  double height = 0;

  [[nodiscard]] bool is_node() const { return kind == SlotKind::Node; }
};

/// An edge, or the piece of one between two layers that are next to each other.
struct Segment {
  std::uint32_t upper = 0;  ///< Slot.
  std::uint32_t lower = 0;  ///< Slot, one layer further down.
  std::uint32_t edge = 0;
};

/// Slots of an edge that passes layers, or of one that does not: from its upper node to its lower.
using Chain = std::vector<std::uint32_t>;

class Layers {
 public:
  /// `ranks`: by node. `turned`: by edge, whether its upper node is the one it leads to.
  /// At most about `most_slots` are made: the edges with the longest way get none, their chain is
  /// empty, and they do not take part in what follows.
  static Layers build(const LayoutGraph& graph, const std::vector<int>& ranks,
                      const std::vector<bool>& turned, std::size_t most_slots);

  std::vector<Slot> slots;  ///< First those of the nodes, by node.
  std::vector<Segment> segments;
  std::vector<Chain> chains;                       ///< By edge.
  std::vector<std::uint32_t> first_segments;       ///< By edge; the others follow it.
  std::vector<std::vector<std::uint32_t>> layers;  ///< Slots from left to right.

  /// Segments from the layer above, and to the layer below.
  [[nodiscard]] std::span<const std::uint32_t> above(std::uint32_t slot) const {
    return {above_.data() + above_starts_[slot], above_.data() + above_starts_[slot + 1]};
  }
  [[nodiscard]] std::span<const std::uint32_t> below(std::uint32_t slot) const {
    return {below_.data() + below_starts_[slot], below_.data() + below_starts_[slot + 1]};
  }

  /// A piece of an edge that touches neither of its nodes.
  [[nodiscard]] bool is_inner(const Segment& segment) const {
    return !slots[segment.upper].is_node() && !slots[segment.lower].is_node();
  }

  /// Writes into the slots of a layer where they stand in it.
  void number(std::uint32_t layer) {
    for (std::uint32_t i = 0; i < layers[layer].size(); ++i) slots[layers[layer][i]].position = i;
  }

 private:
  void index_segments();

  std::vector<std::uint32_t> above_starts_;
  std::vector<std::uint32_t> above_;
  std::vector<std::uint32_t> below_starts_;
  std::vector<std::uint32_t> below_;
};

}  // namespace plumb::layout
