// SPDX-License-Identifier: Apache-2.0
#include "graph/redundant_edges.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumb {
namespace {

struct Arrow {
  std::uint32_t from;
  std::uint32_t to;
  std::int64_t weight;
  bool is_residual;
};

// What is left of a graph of four nodes, as "01 12".
std::string left_of(const std::vector<Arrow>& arrows) {
  TrimmedGraph graph;
  graph.names = {"a", "b", "c", "d"};
  for (std::uint32_t i = 0; i < graph.names.size(); ++i) {
    TrimmedNode node;
    node.name = i;
    graph.nodes.push_back(node);
  }
  graph.shown_count = graph.nodes.size();
  for (const Arrow& arrow : arrows) {
    Edge edge;
    edge.caller = arrow.from;
    edge.callee = arrow.to;
    edge.weight = arrow.weight;
    edge.is_residual = arrow.is_residual;
    graph.edges.push_back(edge);
  }
  remove_redundant_edges(graph);
  std::string text;
  for (const Edge& edge : graph.edges) {
    text += (text.empty() ? "" : " ") + std::to_string(edge.caller) + std::to_string(edge.callee);
  }
  return text;
}

TEST(RemoveRedundantEdges, RemovesWhatAPathSays) {
  EXPECT_EQ(left_of({{0, 1, 5, false}, {1, 2, 5, false}, {0, 2, 1, true}}), "01 12");
}

TEST(RemoveRedundantEdges, KeepsTheOnlyWay) {
  EXPECT_EQ(left_of({{0, 1, 5, false}, {0, 2, 1, true}}), "01 02");
}

TEST(RemoveRedundantEdges, KeepsWhatIsNotResidual) {
  EXPECT_EQ(left_of({{0, 1, 5, false}, {1, 2, 5, false}, {0, 2, 1, false}}), "01 12 02");
}

TEST(RemoveRedundantEdges, KeepsWhatIsHeavierThanARealEdge) {
  EXPECT_EQ(left_of({{0, 1, 5, false}, {1, 2, 5, false}, {0, 2, 7, true}}), "01 12 02");
}

TEST(RemoveRedundantEdges, ReliesOnResidualPathsThatAreLeft) {
  // Of two edges that could replace each other one stays: the lightest of the last node goes first.
  EXPECT_EQ(left_of({{0, 1, 9, true}, {1, 2, 9, true}, {0, 2, 1, true}}), "01 12");
}

TEST(RemoveRedundantEdges, GoesRoundCycles) {
  EXPECT_EQ(left_of({{1, 2, 5, false}, {2, 1, 5, false}, {0, 3, 2, true}, {2, 3, 4, true}}),
            "12 21 03 23");
}

}  // namespace
}  // namespace plumb
