// SPDX-License-Identifier: Apache-2.0
#include "layout/ranks.h"

#include <algorithm>
#include <utility>

namespace plumb::layout {
namespace {

// Constraints between ranks, one for each edge.
std::vector<Constraint> rank_constraints(std::span<const LayoutEdge> edges,
                                         const std::vector<bool>& turned) {
  std::vector<Constraint> constraints;
  constraints.reserve(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const LayoutEdge& edge = edges[i];
    Constraint c{edge.from, edge.to, edge.min_length, edge.weight};
    if (turned[i]) std::swap(c.tail, c.head);
    constraints.push_back(c);
  }
  return constraints;
}

// Every node as far up as it can be.
std::vector<std::int64_t> longest_paths(std::size_t node_count,
                                        std::span<const Constraint> constraints) {
  std::vector<std::uint32_t> starts(node_count + 1);
  std::vector<std::uint32_t> waits(node_count);  // For so many edges.
  for (const Constraint& c : constraints) {
    ++starts[c.tail + 1];
    ++waits[c.head];
  }
  for (std::size_t i = 1; i <= node_count; ++i) starts[i] += starts[i - 1];
  std::vector<std::uint32_t> ids(constraints.size());
  std::vector<std::uint32_t> ends(starts.begin(), starts.end() - 1);
  for (std::uint32_t i = 0; i < constraints.size(); ++i) ids[ends[constraints[i].tail]++] = i;

  std::vector<std::int64_t> places(node_count);
  std::vector<std::uint32_t> ready;
  for (std::uint32_t node = 0; node < node_count; ++node) {
    if (waits[node] == 0) ready.push_back(node);
  }
  while (!ready.empty()) {
    const std::uint32_t node = ready.back();
    ready.pop_back();
    for (std::uint32_t i = starts[node]; i < starts[node + 1]; ++i) {
      const Constraint& c = constraints[ids[i]];
      places[c.head] = std::max(places[c.head], places[node] + c.min_length);
      if (--waits[c.head] == 0) ready.push_back(c.head);
    }
  }
  return places;
}

// What keeps a node from moving, and whether moving would cost.
struct Room {
  std::int64_t above = 0;  // The lowest rank it may have.
  std::int64_t below = 0;  // The highest.
  std::int64_t in_weight = 0;
  std::int64_t out_weight = 0;
};

// Moves nodes that may stand in several rows at the same cost to the row with the fewest nodes.
void balance_ranks(std::vector<std::int64_t>& places, std::span<const Constraint> constraints) {
  const std::int64_t last = *std::ranges::max_element(places);
  std::vector<std::uint32_t> population(static_cast<std::size_t>(last) + 1);
  for (const std::int64_t place : places) ++population[static_cast<std::size_t>(place)];

  std::vector<Room> rooms(places.size(), Room{0, last});
  for (const Constraint& c : constraints) {
    rooms[c.tail].out_weight += c.weight;
    rooms[c.head].in_weight += c.weight;
  }
  std::vector<std::vector<std::uint32_t>> edges_of(places.size());
  for (std::uint32_t i = 0; i < constraints.size(); ++i) {
    edges_of[constraints[i].tail].push_back(i);
    edges_of[constraints[i].head].push_back(i);
  }
  for (std::size_t node = 0; node < places.size(); ++node) {
    Room room = rooms[node];
    if (room.in_weight != room.out_weight || edges_of[node].empty()) continue;
    for (const std::uint32_t edge : edges_of[node]) {
      const Constraint& c = constraints[edge];
      if (c.tail == node) room.below = std::min(room.below, places[c.head] - c.min_length);
      if (c.head == node) room.above = std::max(room.above, places[c.tail] + c.min_length);
    }
    // Tall graphs with much room: looking at some rows is as good as looking at all.
    constexpr std::int64_t kRowsLookedAt = 64;
    room.below = std::min(room.below, room.above + kRowsLookedAt);
    std::int64_t best = places[node];
    --population[static_cast<std::size_t>(best)];
    for (std::int64_t row = room.above; row <= room.below; ++row) {
      if (population[static_cast<std::size_t>(row)] < population[static_cast<std::size_t>(best)]) {
        best = row;
      }
    }
    ++population[static_cast<std::size_t>(best)];
    places[node] = best;
  }
}

}  // namespace

std::vector<int> assign_ranks(std::size_t node_count, std::span<const LayoutEdge> edges,
                              const std::vector<bool>& turned, Effort& effort) {
  if (node_count == 0) return {};
  const std::vector<Constraint> constraints = rank_constraints(edges, turned);
  std::vector<std::int64_t> places = longest_paths(node_count, constraints);
  improve_places(places, constraints, Balance::No, effort);
  const std::int64_t first = *std::ranges::min_element(places);
  for (std::int64_t& place : places) place -= first;
  balance_ranks(places, constraints);
  std::vector<int> ranks;
  ranks.reserve(node_count);
  for (const std::int64_t place : places) ranks.push_back(static_cast<int>(place));
  return ranks;
}

}  // namespace plumb::layout
