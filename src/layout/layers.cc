// SPDX-License-Identifier: Apache-2.0
#include "layout/layers.h"

#include <algorithm>
#include <numeric>

namespace plumb::layout {
namespace {

// The layers that an edge passes, by edge; for those beyond `most_slots` in all, kTooLong.
constexpr std::uint32_t kTooLong = UINT32_MAX;

std::vector<std::uint32_t> passed_layers(const LayoutGraph& graph, const std::vector<int>& ranks,
                                         std::uint32_t layers_per_rank, std::size_t most_slots) {
  std::vector<std::uint32_t> passed(graph.edges.size(), kTooLong);
  std::vector<std::uint32_t> by_length;
  for (std::uint32_t i = 0; i < graph.edges.size(); ++i) {
    const LayoutEdge& edge = graph.edges[i];
    const auto length = static_cast<std::uint32_t>(std::abs(ranks[edge.from] - ranks[edge.to]));
    passed[i] = length * layers_per_rank - 1;
    by_length.push_back(i);
  }
  std::ranges::sort(by_length, [&](std::uint32_t a, std::uint32_t b) {
    if (passed[a] != passed[b]) return passed[a] < passed[b];
    if (graph.edges[a].weight != graph.edges[b].weight) {
      return graph.edges[a].weight > graph.edges[b].weight;
    }
    return a < b;
  });
  std::size_t slots = 0;
  for (const std::uint32_t edge : by_length) {
    slots += passed[edge];
    if (slots > most_slots) passed[edge] = kTooLong;
  }
  return passed;
}

// The layer for the label of an edge from layer `upper` that passes `passed`: the middle, but none
// where nodes stand.
std::uint32_t label_layer(std::uint32_t upper, std::uint32_t passed) {
  return (upper + 1 + passed / 2) | 1U;
}

}  // namespace

Layers Layers::build(const LayoutGraph& graph, const std::vector<int>& ranks,
                     const std::vector<bool>& turned, std::size_t most_slots) {
  Layers out;
  const bool has_labels =
      std::ranges::any_of(graph.edges, [](const LayoutEdge& edge) { return edge.label_width > 0; });
  const std::uint32_t layers_per_rank = has_labels ? 2 : 1;
  const int last_rank = ranks.empty() ? 0 : *std::ranges::max_element(ranks);
  out.layers.resize(static_cast<std::size_t>(last_rank) * layers_per_rank + 1);

  const auto add_slot = [&](const Slot& slot) {
    out.layers[slot.layer].push_back(static_cast<std::uint32_t>(out.slots.size()));
    out.slots.push_back(slot);
  };
  for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
    const LayoutNode& box = graph.nodes[node];
    const auto layer = static_cast<std::uint32_t>(ranks[node]) * layers_per_rank;
    add_slot({SlotKind::Node, node, layer, 0, box.width / 2, box.width / 2, box.height});
  }

  const auto passed = passed_layers(graph, ranks, layers_per_rank, most_slots);
  out.chains.resize(graph.edges.size());
  out.first_segments.resize(graph.edges.size());
  for (std::uint32_t i = 0; i < graph.edges.size(); ++i) {
    if (passed[i] == kTooLong) continue;
    const LayoutEdge& edge = graph.edges[i];
    const std::uint32_t top = turned[i] ? edge.to : edge.from;
    const std::uint32_t bottom = turned[i] ? edge.from : edge.to;
    const std::uint32_t first_layer = out.slots[top].layer;
    Chain& chain = out.chains[i];
    chain.push_back(top);
    for (std::uint32_t layer = first_layer + 1; layer <= first_layer + passed[i]; ++layer) {
      Slot slot{SlotKind::Bend, i, layer};
      if (edge.label_width > 0 && layer == label_layer(first_layer, passed[i])) {
        slot.kind = SlotKind::Label;
        slot.right = edge.label_width;
        slot.height = edge.label_height;
      }
      chain.push_back(static_cast<std::uint32_t>(out.slots.size()));
      add_slot(slot);
    }
    chain.push_back(bottom);
    out.first_segments[i] = static_cast<std::uint32_t>(out.segments.size());
    for (std::size_t k = 1; k < chain.size(); ++k) {
      out.segments.push_back({chain[k - 1], chain[k], i});
    }
  }
  for (std::uint32_t layer = 0; layer < out.layers.size(); ++layer) out.number(layer);
  out.index_segments();
  return out;
}

void Layers::index_segments() {
  above_starts_.assign(slots.size() + 1, 0);
  below_starts_.assign(slots.size() + 1, 0);
  for (const Segment& segment : segments) {
    ++above_starts_[segment.lower + 1];
    ++below_starts_[segment.upper + 1];
  }
  std::partial_sum(above_starts_.begin(), above_starts_.end(), above_starts_.begin());
  std::partial_sum(below_starts_.begin(), below_starts_.end(), below_starts_.begin());
  above_.resize(segments.size());
  below_.resize(segments.size());
  std::vector<std::uint32_t> above_ends(above_starts_.begin(), above_starts_.end() - 1);
  std::vector<std::uint32_t> below_ends(below_starts_.begin(), below_starts_.end() - 1);
  for (std::uint32_t i = 0; i < segments.size(); ++i) {
    above_[above_ends[segments[i].lower]++] = i;
    below_[below_ends[segments[i].upper]++] = i;
  }
}

}  // namespace plumb::layout
