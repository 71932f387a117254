// SPDX-License-Identifier: Apache-2.0
// What has one x is one variable: a node, or the straight part of a long edge. The network simplex
// method finds the places where the weighted sum of |x of upper end - x of lower end| is smallest:
// each segment that is not straight gets a variable of its own, which is left of both ends and
// wants to be as far right as both.
//
// Source: Gansner et al. (see layout.h), section 4.2.

#include "layout/columns.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "layout/alignment.h"

namespace plumb::layout {
namespace {

// Edges stand this far apart where they meet a node with room enough.
constexpr double kPortGap = 16;
// Of the border this much at either end is left free.
constexpr double kPortMargin = 8;

void spread_ports(const Layers& layers, std::vector<std::uint32_t>& segments, const Slot& node,
                  bool is_below, std::vector<double>& offsets) {
  if (segments.size() < 2) return;
  std::ranges::sort(segments, [&](std::uint32_t a, std::uint32_t b) {
    const Segment& first = layers.segments[a];
    const Segment& second = layers.segments[b];
    const auto place_a = layers.slots[is_below ? first.lower : first.upper].position;
    const auto place_b = layers.slots[is_below ? second.lower : second.upper].position;
    return std::pair(place_a, a) < std::pair(place_b, b);
  });
  const double last = static_cast<double>(segments.size()) - 1;
  const double room = std::max(0.0, node.left + node.right - 2 * kPortMargin);
  const double gap = std::min(kPortGap, room / last);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    offsets[segments[i]] = (static_cast<double>(i) - last / 2) * gap;
  }
}

// By slot: its variable. Slots that straight segments connect share one.
std::vector<std::uint32_t> number_columns(const Layers& layers, const std::vector<bool>& straight,
                                          std::uint32_t& count) {
  std::vector<std::uint32_t> columns(layers.slots.size());
  count = 0;
  for (std::uint32_t slot = 0; slot < layers.slots.size(); ++slot) {
    columns[slot] = count;
    // Slots of a chain were made from top to bottom.
    const auto above = layers.above(slot);
    if (above.size() == 1 && straight[above.front()]) {
      columns[slot] = columns[layers.segments[above.front()].upper];
    } else {
      ++count;
    }
  }
  return columns;
}

std::int64_t cost_of(const Layers& layers, const LayoutEdge& edge, const Segment& segment) {
  const int nodes = (layers.slots[segment.upper].is_node() ? 1 : 0) +
                    (layers.slots[segment.lower].is_node() ? 1 : 0);
  constexpr std::int64_t kCosts[] = {8, 2, 1};
  return kCosts[nodes] * std::max(edge.weight, 1);
}

// Of constraints on the same two variables only the strictest is kept.
void merge_equal(std::vector<Constraint>& constraints) {
  const auto key = [](const Constraint& c) { return std::tuple(c.tail, c.head, -c.min_length); };
  std::ranges::sort(constraints, {}, key);
  const auto are_same = [](const Constraint& a, const Constraint& b) {
    return a.tail == b.tail && a.head == b.head;
  };
  constraints.erase(std::unique(constraints.begin(), constraints.end(), are_same),
                    constraints.end());
}

}  // namespace

Ports place_ports(const Layers& layers) {
  Ports ports;
  ports.upper.assign(layers.segments.size(), 0);
  ports.lower.assign(layers.segments.size(), 0);
  for (std::uint32_t slot = 0; slot < layers.slots.size(); ++slot) {
    if (!layers.slots[slot].is_node()) continue;
    std::vector<std::uint32_t> segments(layers.below(slot).begin(), layers.below(slot).end());
    spread_ports(layers, segments, layers.slots[slot], true, ports.upper);
    segments.assign(layers.above(slot).begin(), layers.above(slot).end());
    spread_ports(layers, segments, layers.slots[slot], false, ports.lower);
  }
  return ports;
}

std::vector<double> place_slots(const LayoutGraph& graph, const Layers& layers, const Ports& ports,
                                const LayoutOptions& options, Effort& effort) {
  const Distances distances(layers, options);
  const std::vector<bool> straight = find_straight_segments(layers);
  const std::vector<std::int64_t> aligned = align_slots(layers, straight, distances);

  std::uint32_t column_count = 0;
  const auto columns = number_columns(layers, straight, column_count);
  std::vector<std::int64_t> places(column_count);
  for (std::size_t slot = 0; slot < aligned.size(); ++slot) places[columns[slot]] = aligned[slot];

  std::vector<Constraint> constraints;
  for (const auto& layer : layers.layers) {
    for (std::size_t i = 1; i < layer.size(); ++i) {
      constraints.push_back(
          {columns[layer[i - 1]], columns[layer[i]], distances.between(layer[i - 1], layer[i]), 0});
    }
  }
  merge_equal(constraints);
  for (std::uint32_t i = 0; i < layers.segments.size(); ++i) {
    if (straight[i]) continue;
    const Segment& segment = layers.segments[i];
    const std::int64_t cost = cost_of(layers, graph.edges[segment.edge], segment);
    const std::uint32_t upper = columns[segment.upper];
    const std::uint32_t lower = columns[segment.lower];
    const std::int64_t upper_offset = std::lround(ports.upper[i]);
    const std::int64_t lower_offset = std::lround(ports.lower[i]);
    const auto between = static_cast<std::uint32_t>(places.size());
    places.push_back(std::min(places[upper] + upper_offset, places[lower] + lower_offset));
    constraints.push_back({between, upper, -upper_offset, cost});
    constraints.push_back({between, lower, -lower_offset, cost});
  }
  improve_places(places, constraints, Balance::Yes, effort);
  std::vector<double> x(layers.slots.size());
  for (std::size_t slot = 0; slot < x.size(); ++slot) {
    x[slot] = static_cast<double>(places[columns[slot]]);
  }
  return x;
}

}  // namespace plumb::layout
