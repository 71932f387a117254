// SPDX-License-Identifier: Apache-2.0
// The steps between ranks and places: layers, their order, and what is drawn straight.
#include "layout/layers.h"

#include <gtest/gtest.h>

#include "layout/alignment.h"
#include "layout/crossings.h"
#include "layout/orientation.h"
#include "layout/ranks.h"
#include "support/layout_checks.h"

namespace plumb::layout {
namespace {

constexpr std::size_t kAnyNumber = 1'000'000;

Layers layers_of(LayoutGraph graph, std::size_t most_slots = kAnyNumber) {
  std::erase_if(graph.edges, [](const LayoutEdge& edge) { return edge.from == edge.to; });
  const auto turned = find_turned_edges(graph.nodes.size(), graph.edges);
  Effort effort(10'000'000);
  const auto ranks = assign_ranks(graph.nodes.size(), graph.edges, turned, effort);
  return Layers::build(graph, ranks, turned, most_slots);
}

LayoutGraph graph_of(std::size_t nodes,
                     const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
  LayoutGraph graph;
  graph.nodes.assign(nodes, LayoutNode{40, 20});
  for (const auto& [from, to] : edges) {
    LayoutEdge edge;
    edge.from = from;
    edge.to = to;
    graph.edges.push_back(edge);
  }
  return graph;
}

TEST(Orientation, TurnsWhatLeadsBack) {
  const LayoutGraph graph = graph_of(4, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 2}});
  EXPECT_EQ(find_turned_edges(4, graph.edges),
            (std::vector<bool>{false, false, true, false, true}));
}

TEST(Orientation, StartsWhereNothingLeads) {
  // 2 calls 0, which calls itself over 1.
  const LayoutGraph graph = graph_of(3, {{0, 1}, {1, 0}, {2, 1}});
  EXPECT_EQ(find_turned_edges(3, graph.edges), (std::vector<bool>{true, false, false}));
}

TEST(Ranks, KeepHeavyEdgesShort) {
  // 3 could be right below 0 or right above 4; the heavy edge decides.
  LayoutGraph graph = graph_of(5, {{0, 1}, {1, 2}, {2, 4}, {0, 3}, {3, 4}});
  graph.edges[4].weight = 10;
  const auto turned = find_turned_edges(5, graph.edges);
  Effort effort(100'000);
  EXPECT_EQ(assign_ranks(5, graph.edges, turned, effort), (std::vector<int>{0, 1, 2, 2, 3}));
}

TEST(Layers, HaveASlotForEachRankAnEdgePasses) {
  const LayoutGraph graph = graph_of(4, {{0, 1}, {1, 2}, {2, 3}, {0, 3}});
  const Layers layers = layers_of(graph);
  EXPECT_EQ(layers.layers.size(), 4U);
  EXPECT_EQ(layers.slots.size(), 6U);
  EXPECT_EQ(layers.segments.size(), 6U);
  EXPECT_EQ(layers.chains[3].size(), 4U);
}

TEST(Layers, LabelsStandBetweenRanks) {
  LayoutGraph graph = graph_of(3, {{0, 1}, {1, 2}, {0, 2}});
  for (LayoutEdge& edge : graph.edges) edge.label_width = edge.label_height = 10;
  const Layers layers = layers_of(graph);
  EXPECT_EQ(layers.layers.size(), 5U);
  std::size_t labels = 0;
  for (const Slot& slot : layers.slots) {
    if (slot.kind != SlotKind::Label) continue;
    EXPECT_EQ(slot.layer % 2, 1U);
    ++labels;
  }
  EXPECT_EQ(labels, 3U);
}

TEST(Layers, LeaveOutTheLongestEdgesBeyondTheLimit) {
  const LayoutGraph graph = graph_of(4, {{0, 1}, {1, 2}, {2, 3}, {0, 3}, {0, 2}});
  const Layers layers = layers_of(graph, 1);
  EXPECT_TRUE(layers.chains[3].empty());
  EXPECT_EQ(layers.chains[4].size(), 3U);
  EXPECT_EQ(layers.slots.size(), 5U);
}

// Crossings by comparing all pairs.
std::uint64_t count_naively(const Layers& layers) {
  std::uint64_t crossings = 0;
  const auto place = [&](std::uint32_t slot) {
    return static_cast<std::int64_t>(layers.slots[slot].position);
  };
  for (const Segment& a : layers.segments) {
    for (const Segment& b : layers.segments) {
      if (layers.slots[a.upper].layer != layers.slots[b.upper].layer) continue;
      if (place(a.upper) < place(b.upper) && place(a.lower) > place(b.lower)) {
        crossings += (layers.is_inner(a) ? 2U : 1U) * (layers.is_inner(b) ? 2U : 1U);
      }
    }
  }
  return crossings;
}

TEST(Crossings, AreCountedAsByComparingAllPairs) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    const Layers layers = layers_of(test::random_graph(seed, 20, 50));
    EXPECT_EQ(count_crossings(layers), count_naively(layers));
  }
}

TEST(Crossings, OfATreeAreNone) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (std::uint32_t i = 1; i < 200; ++i) edges.emplace_back((i * 7919) % i, i);
  Layers layers = layers_of(graph_of(200, edges));
  Effort effort(10'000'000);
  order_layers(layers, effort);
  EXPECT_EQ(count_crossings(layers), 0U);
}

TEST(Crossings, BecomeFewer) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Layers layers = layers_of(test::random_graph(seed, 40, 80));
    const std::uint64_t before = count_crossings(layers);
    Effort effort(10'000'000);
    order_layers(layers, effort);
    EXPECT_LE(count_crossings(layers), before);
    EXPECT_EQ(count_crossings(layers), count_naively(layers));
  }
}

TEST(Alignment, KeepsDistancesAndStraightPiecesStraight) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Layers layers = layers_of(test::random_graph(seed, 30, 70));
    Effort effort(seed % 2 == 0 ? 10'000'000 : 0);
    order_layers(layers, effort);
    const std::vector<bool> straight = find_straight_segments(layers);
    const LayoutOptions options;
    const Distances distances(layers, options);
    const auto x = align_slots(layers, straight, distances);
    for (const auto& layer : layers.layers) {
      for (std::size_t i = 1; i < layer.size(); ++i) {
        EXPECT_GE(x[layer[i]] - x[layer[i - 1]], distances.between(layer[i - 1], layer[i]));
      }
    }
    for (std::size_t i = 0; i < straight.size(); ++i) {
      const Segment& segment = layers.segments[i];
      if (straight[i]) {
        EXPECT_EQ(x[segment.upper], x[segment.lower]);
      }
    }
  }
}

}  // namespace
}  // namespace plumb::layout
