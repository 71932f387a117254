// SPDX-License-Identifier: Apache-2.0
#include "layout/layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ctime>
#include <limits>
#include <string>

#include "support/layout_checks.h"

namespace plumb::layout {
namespace {

using test::check_layout;
using test::Routed;

LayoutGraph boxes(std::size_t count) {
  LayoutGraph graph;
  graph.nodes.assign(count, LayoutNode{60, 30});
  return graph;
}

void connect(LayoutGraph& graph, std::uint32_t from, std::uint32_t to) {
  LayoutEdge edge;
  edge.from = from;
  edge.to = to;
  edge.label_width = 30;
  edge.label_height = 12;
  graph.edges.push_back(edge);
}

TEST(Layout, OfNothingIsEmpty) {
  const Layout layout = lay_out({});
  EXPECT_EQ(layout.width, 0);
  EXPECT_EQ(layout.height, 0);
  EXPECT_TRUE(layout.nodes.empty());
}

TEST(Layout, OfOneNodeIsItsBox) {
  const Layout layout = lay_out(boxes(1));
  EXPECT_EQ(layout.width, 60);
  EXPECT_EQ(layout.height, 30);
  EXPECT_EQ(layout.nodes[0].x, 30);
  EXPECT_EQ(layout.nodes[0].y, 15);
}

TEST(Layout, DrawsAChainStraightDown) {
  LayoutGraph graph = boxes(4);
  for (std::uint32_t i = 0; i < 3; ++i) connect(graph, i, i + 1);
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  for (std::uint32_t i = 1; i < 4; ++i) {
    EXPECT_EQ(layout.nodes[i].x, layout.nodes[0].x);
    EXPECT_GT(layout.nodes[i].y, layout.nodes[i - 1].y + 30);
  }
}

TEST(Layout, PutsACallerAboveTheMiddleOfItsCallees) {
  LayoutGraph graph = boxes(4);
  for (std::uint32_t i = 1; i < 4; ++i) connect(graph, 0, i);
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  std::vector<double> x = {layout.nodes[1].x, layout.nodes[2].x, layout.nodes[3].x};
  std::ranges::sort(x);
  EXPECT_NEAR(layout.nodes[0].x, x[1], 1);
}

TEST(Layout, PutsTheDeepestBranchUnderItsCaller) {
  LayoutGraph graph = boxes(6);
  for (std::uint32_t i = 1; i < 5; ++i) connect(graph, 0, i);
  connect(graph, 4, 5);
  const Layout layout = lay_out(graph);
  EXPECT_LT(std::abs(layout.nodes[4].x - layout.nodes[0].x), 60);
}

TEST(Layout, LeadsRecursionUp) {
  LayoutGraph graph = boxes(3);
  connect(graph, 0, 1);
  connect(graph, 1, 2);
  connect(graph, 2, 1);
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  EXPECT_LT(layout.nodes[1].y, layout.nodes[2].y);
  EXPECT_GT(layout.edges[2].curve.front().y, layout.edges[2].arrow_tip.y);
}

TEST(Layout, HeavyEdgesAreStraighterThanLightOnes) {
  LayoutGraph graph = boxes(5);
  connect(graph, 0, 4);
  connect(graph, 1, 4);
  connect(graph, 2, 4);
  connect(graph, 3, 4);
  graph.edges[3].weight = 100;
  const Layout layout = lay_out(graph);
  const auto way = [&](std::uint32_t i) {
    return std::abs(layout.edges[i].curve.front().x - layout.edges[i].arrow_tip.x);
  };
  EXPECT_LT(way(3), 1);
  EXPECT_GT(way(0) + way(1) + way(2), 60);
}

TEST(Layout, KeepsMinLength) {
  LayoutGraph graph = boxes(3);
  connect(graph, 0, 1);
  connect(graph, 0, 2);
  graph.edges[1].min_length = 3;
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  EXPECT_GT(layout.nodes[2].y, layout.nodes[1].y + 60);
}

TEST(Layout, DrawsEqualEdgesBesideEachOther) {
  LayoutGraph graph = boxes(2);
  connect(graph, 0, 1);
  connect(graph, 0, 1);
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  EXPECT_NE(layout.edges[0].curve.front().x, layout.edges[1].curve.front().x);
}

TEST(Layout, LeavesOutEdgesToThemselves) {
  LayoutGraph graph = boxes(2);
  connect(graph, 0, 0);
  connect(graph, 0, 1);
  check_layout(graph, lay_out(graph), Routed::Yes);
}

TEST(Layout, PacksPartsBesideEachOther) {
  LayoutGraph graph = boxes(12);
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  EXPECT_LT(layout.width, 12 * 60);
  EXPECT_LT(layout.height, 12 * 30);
}

TEST(Layout, PutsAnIndependentBoxIntoTheTopLeftCorner) {
  LayoutGraph graph = boxes(1);
  graph.nodes[0] = {300, 100};
  for (std::uint32_t i = 1; i <= 20; ++i) graph.nodes.push_back({60, 30});
  for (std::uint32_t i = 2; i <= 20; ++i) connect(graph, i / 2, i);
  const Layout layout = lay_out(graph);
  check_layout(graph, layout, Routed::Yes);
  EXPECT_EQ(layout.nodes[0].x, 150);
  EXPECT_EQ(layout.nodes[0].y, 50);
}

TEST(Layout, TakesSizesThatAreNone) {
  LayoutGraph graph = boxes(3);
  graph.nodes[0] = {std::numeric_limits<double>::quiet_NaN(), -5};
  graph.nodes[1] = {std::numeric_limits<double>::infinity(), 1e300};
  connect(graph, 0, 1);
  connect(graph, 1, 2);
  graph.edges[0].label_width = std::numeric_limits<double>::quiet_NaN();
  graph.edges[0].weight = std::numeric_limits<int>::max();
  graph.edges[1].weight = std::numeric_limits<int>::min();
  graph.edges[1].min_length = std::numeric_limits<int>::max();
  const Layout layout = lay_out(graph);
  EXPECT_TRUE(std::isfinite(layout.width));
  EXPECT_TRUE(std::isfinite(layout.height));
  for (const Point p : layout.nodes) EXPECT_TRUE(std::isfinite(p.x) && std::isfinite(p.y));
}

struct Shape {
  const char* name;
  LayoutGraph (*make)();
  Routed routed;
};

LayoutGraph complete(std::uint32_t count) {
  LayoutGraph graph = boxes(count);
  for (std::uint32_t a = 0; a < count; ++a) {
    for (std::uint32_t b = 0; b < count; ++b) {
      if (a != b) connect(graph, a, b);
    }
  }
  return graph;
}

LayoutGraph chain(std::uint32_t count) {
  LayoutGraph graph = boxes(count);
  for (std::uint32_t i = 1; i < count; ++i) connect(graph, i - 1, i);
  return graph;
}

LayoutGraph chain_with_shortcuts(std::uint32_t count) {
  LayoutGraph graph = chain(count);
  for (std::uint32_t i = 2; i < count; ++i) connect(graph, 0, i);
  return graph;
}

LayoutGraph star(std::uint32_t count) {
  LayoutGraph graph = boxes(count);
  for (std::uint32_t i = 1; i < count; ++i) connect(graph, i % 2 == 0 ? 0 : i, i % 2 == 0 ? i : 0);
  return graph;
}

LayoutGraph grid(std::uint32_t side) {
  LayoutGraph graph = boxes(static_cast<std::size_t>(side) * side);
  for (std::uint32_t i = 0; i < side * side; ++i) {
    if (i % side != 0) connect(graph, i - 1, i);
    if (i >= side) connect(graph, i - side, i);
  }
  return graph;
}

const Shape kShapes[] = {
    {"a complete graph of pprof's size", [] { return complete(80); }, Routed::No},
    {"a complete graph of many edges", [] { return complete(400); }, Routed::No},
    {"a deep recursion", [] { return chain(10'000); }, Routed::Yes},
    {"a deep recursion that one caller enters anywhere", [] { return chain_with_shortcuts(3'000); },
     Routed::No},
    {"a function that all call", [] { return star(10'000); }, Routed::Yes},
    {"a grid", [] { return grid(50); }, Routed::Yes},
    {"10,000 nodes without edges", [] { return boxes(10'000); }, Routed::Yes},
    {"2,000 nodes of a random graph", [] { return test::random_graph(7, 2'000, 6'000); },
     Routed::No},
    {"10,000 nodes of a random graph", [] { return test::random_graph(8, 10'000, 30'000); },
     Routed::No},
};

// Measured: none takes a second. The limit is for slow machines and sanitizers.
TEST(Layout, EndsSoonOnHostileGraphs) {
  constexpr double kMostSeconds = 30;
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.name);
    const LayoutGraph graph = shape.make();
    const std::clock_t start = std::clock();
    const Layout layout = lay_out(graph);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    EXPECT_LT(seconds, kMostSeconds);
    RecordProperty(shape.name, std::to_string(seconds));
    check_layout(graph, layout, shape.routed);
  }
}

TEST(Layout, WithoutEffortIsStillADrawing) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const LayoutGraph graph = test::random_graph(seed, 40, 100);
    for (const std::uint64_t effort : {0U, 1'000U, 20'000U, 100'000U}) {
      LayoutOptions options;
      options.effort = effort;
      check_layout(graph, lay_out(graph, options), Routed::No);
    }
  }
}

TEST(Layout, OfRandomGraphsKeepsAllPromises) {
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(300); ++seed) {
    SCOPED_TRACE(seed);
    const std::uint32_t nodes = 1 + seed % 60;
    const LayoutGraph graph = test::random_graph(seed, nodes, nodes * (seed % 5));
    check_layout(graph, lay_out(graph), Routed::Yes);
  }
}

TEST(Layout, IsTheSameEachTime) {
  const LayoutGraph graph = test::random_graph(3, 80, 200);
  const Layout first = lay_out(graph);
  const Layout second = lay_out(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(first.nodes[i].x, second.nodes[i].x);
    EXPECT_EQ(first.nodes[i].y, second.nodes[i].y);
  }
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    EXPECT_EQ(first.edges[i].curve.size(), second.edges[i].curve.size());
  }
}

}  // namespace
}  // namespace plumb::layout
