// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "base/parallel.h"
#include "graph/graph_parts.h"
#include "model/aggregate.h"
#include "support/make_profile.h"
#include "support/naive_graph.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::naive_graph;
using test::NaiveEdge;
using test::NaiveGraph;
using test::NaiveKey;
using test::NaiveNode;
using test::ProfileMaker;
using test::random_profile;
using test::Strangeness;

NaiveKey key_of(const Profile& profile, const NodeInfo& node) {
  return {std::string(profile.text(node.name)), std::string(profile.text(node.binary)),
          node.start_line};
}

// A graph by names, without what is zero, to be compared.
NaiveGraph<NaiveKey> by_name(const Profile& profile, const NodeTable& table, const Graph& graph) {
  NaiveGraph<NaiveKey> named;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    named.nodes[key_of(profile, table.nodes[i])] = {node.flat, node.cum};
  }
  for (const Edge& edge : graph.edges) {
    const auto inserted = named.edges.insert(
        {{key_of(profile, table.nodes[edge.caller]), key_of(profile, table.nodes[edge.callee])},
         {edge.weight, edge.is_residual, edge.is_inlined}});
    EXPECT_TRUE(inserted.second) << "two edges between the same nodes";
  }
  return named;
}

void erase_zeros(NaiveGraph<NaiveKey>& graph) {
  std::erase_if(graph.nodes, [](const auto& entry) { return entry.second == NaiveNode{}; });
}

std::string text_of(const NaiveGraph<NaiveKey>& graph) {
  std::string text;
  for (const auto& [key, node] : graph.nodes) {
    text +=
        std::get<0>(key) + ": " + std::to_string(node.flat) + " " + std::to_string(node.cum) + "\n";
  }
  for (const auto& [pair, edge] : graph.edges) {
    text += std::get<0>(pair.first) + " -> " + std::get<0>(pair.second) + ": " +
            std::to_string(edge.weight) + (edge.is_residual ? " residual" : "") +
            (edge.is_inlined ? " inline" : "") + "\n";
  }
  return text;
}

// The graph of the nodes that are kept.
Graph kept_graph(const Profile& profile, const NodeTable& table, const Weights& weights,
                 const std::vector<bool>& kept) {
  Graph graph = build_graph(profile, table, weights, WithEdges::No);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) graph.nodes[i] = {};
  }
  graph.edges = find_edges(profile, table, weights, &kept, nullptr);
  return graph;
}

// The graph of all nodes but those in `dropped`.
std::string graph_text(ProfileMaker& make, const std::vector<std::string>& dropped = {}) {
  aggregate_profile(make.profile, {});
  const NodeTable table = build_nodes(make.profile);
  std::vector<bool> kept;
  for (const NodeInfo& node : table.nodes) {
    const std::string name(make.profile.text(node.name));
    kept.push_back(std::find(dropped.begin(), dropped.end(), name) == dropped.end());
  }
  const Graph graph = kept_graph(make.profile, table, {}, kept);
  auto named = by_name(make.profile, table, graph);
  erase_zeros(named);
  return text_of(named);
}

TEST(Graph, CountsRecursionOncePerSample) {
  ProfileMaker make;
  make.add(10, "a;b;a;b;a").add(1, "a;b");
  EXPECT_EQ(graph_text(make),
            "a: 10 11\n"
            "b: 1 11\n"
            "a -> b: 11\n"
            "b -> a: 10\n");
}

TEST(Graph, HasNoEdgesFromANodeToItself) {
  ProfileMaker make;
  make.add(5, "a;a;b|b;b");
  EXPECT_EQ(graph_text(make),
            "a: 0 5\n"
            "b: 5 5\n"
            "a -> b: 5\n");
}

TEST(Graph, LeavesOutSamplesOfZero) {
  ProfileMaker make;
  make.add(0, "a;b").add(3, "").add(-2, "c");
  EXPECT_EQ(graph_text(make), "c: -2 -2\n");
}

TEST(Graph, MarksEdgesThatWereInlinedEverywhere) {
  ProfileMaker make;
  make.add(1, "a|b").add(2, "c|d").add(4, "c;d");
  EXPECT_EQ(graph_text(make),
            "a: 0 1\n"
            "b: 1 1\n"
            "c: 0 6\n"
            "d: 6 6\n"
            "a -> b: 1 inline\n"
            "c -> d: 6\n");
}

TEST(Graph, MarksEdgesOverLeftOutNodes) {
  ProfileMaker make;
  make.add(1, "a;x;b").add(2, "a;b;x");
  EXPECT_EQ(graph_text(make, {"x"}),
            "a: 0 3\n"
            "b: 1 3\n"
            "a -> b: 3 residual\n");
}

TEST(Graph, CountsAnEdgeByItsFirstAppearanceInASample) {
  ProfileMaker make;
  make.add(1, "a;x;b;a|b");  // First over x and not inlined, then directly and inlined.
  EXPECT_EQ(graph_text(make, {"x"}),
            "a: 0 1\n"
            "b: 1 1\n"
            "a -> b: 1 residual\n"
            "b -> a: 1\n");
}

TEST(Graph, TakesTheCallersPlaceForInliningAcrossLocations) {
  ProfileMaker make;
  make.add(1, "a|x|b");  // x is left out: b stays inlined, as its own line tells.
  EXPECT_EQ(graph_text(make, {"x"}),
            "a: 0 1\n"
            "b: 1 1\n"
            "a -> b: 1 residual inline\n");
}

TEST(Graph, SumsDivisorsWhereAsked) {
  ProfileMaker make("count", "count");
  make.add_type("delay", "nanoseconds");
  make.add({2, 10}, "a;b").add({3, 0}, "a;b").add({0, 0}, "a");
  aggregate_profile(make.profile, {});
  const NodeTable table = build_nodes(make.profile);
  const Graph graph = build_graph(make.profile, table, {.value = 1, .divisor = 0}, WithEdges::Yes);
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[0].cum, 10);
  EXPECT_EQ(graph.nodes[0].cum_divisor, 5);
  EXPECT_EQ(graph.nodes[1].flat_divisor, 5);
  ASSERT_EQ(graph.edges.size(), 1U);
  EXPECT_EQ(graph.edges[0].weight_divisor, 5);
}

TEST(Graph, WrapsAsGoDoes) {
  ProfileMaker make;
  make.add(INT64_MAX, "a").add(INT64_MAX, "a");
  EXPECT_EQ(graph_text(make), "a: -2 -2\n");
}

std::vector<std::int64_t> sums_of(const Node& node) {
  return {node.flat, node.flat_divisor, node.cum, node.cum_divisor};
}

TEST(Graph, HasTheSameNodesWithoutEdges) {
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(300); ++seed) {
    Profile profile = random_profile(seed, Strangeness::Strange);
    aggregate_profile(profile, {});
    const NodeTable table = build_nodes(profile);
    const Weights weights{.value = profile.sample_types.size() - 1,
                          .divisor = seed % 3 == 0 ? std::optional<std::size_t>(0) : std::nullopt};
    const Graph whole = build_graph(profile, table, weights, WithEdges::Yes);
    const Graph nodes = build_graph(profile, table, weights, WithEdges::No);
    ASSERT_EQ(nodes.nodes.size(), whole.nodes.size());
    for (std::size_t i = 0; i < nodes.nodes.size(); ++i) {
      ASSERT_EQ(sums_of(nodes.nodes[i]), sums_of(whole.nodes[i])) << "seed " << seed;
    }
    EXPECT_TRUE(nodes.edges.empty());
  }
}

TEST(Graph, BoundsWhatWasInlined) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    Profile profile = random_profile(seed, Strangeness::Strange);
    aggregate_profile(profile, {});
    const NodeTable table = build_nodes(profile);
    const NodeSums sums = sum_nodes(profile, table, {});
    for (const Edge& edge : build_graph(profile, table, {}, WithEdges::Yes).edges) {
      if (!edge.is_inlined) continue;
      ASSERT_GE(sums.inlined[edge.callee], abs_saturating(edge.weight)) << "seed " << seed;
    }
  }
}

TEST(Graph, HasTheSumsAndEdgesOfSomeNodesAlone) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    Profile profile = random_profile(seed, Strangeness::Strange);
    aggregate_profile(profile, {});
    const NodeTable table = build_nodes(profile);
    test::Dice dice(seed);
    std::vector<bool> ends(table.nodes.size());
    for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = dice.chance(20);
    Graph whole = build_graph(profile, table, {}, WithEdges::Yes);
    const Graph part = build_graph_at(profile, table, {}, ends);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (!ends[i]) whole.nodes[i].cum = 0;
    }
    std::erase_if(whole.edges,
                  [&](const Edge& edge) { return !ends[edge.caller] && !ends[edge.callee]; });
    ASSERT_EQ(text_of(by_name(profile, table, part)), text_of(by_name(profile, table, whole)))
        << "seed " << seed;
    Graph edges_alone;
    edges_alone.edges = find_edges(profile, table, {}, nullptr, &ends);
    whole.nodes.clear();
    std::erase_if(whole.edges, [&](const Edge& edge) { return !ends[edge.callee]; });
    ASSERT_EQ(text_of(by_name(profile, table, edges_alone)),
              text_of(by_name(profile, table, whole)))
        << "seed " << seed;
  }
}

// Compares the graph of `percent` of the nodes with what its definition says of them.
void expect_as_defined(Profile& profile, std::size_t column, std::uint32_t percent,
                       test::Dice& dice) {
  aggregate_profile(profile, {});
  const NodeTable table = build_nodes(profile);
  std::vector<bool> kept(table.nodes.size());
  std::map<NaiveKey, bool> is_kept;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i] = dice.chance(percent);
    is_kept[key_of(profile, table.nodes[i])] = kept[i];
  }
  const Weights weights{.value = column, .divisor = {}};
  const Graph graph = percent == 100 ? build_graph(profile, table, weights, WithEdges::Yes)
                                     : kept_graph(profile, table, weights, kept);
  auto actual = by_name(profile, table, graph);
  auto expected =
      naive_graph(profile, column, [&](const NaiveKey& key) { return is_kept.at(key); });
  erase_zeros(actual);
  erase_zeros(expected);
  ASSERT_EQ(text_of(actual), text_of(expected));
  ASSERT_TRUE(actual.nodes == expected.nodes);
  ASSERT_TRUE(actual.edges == expected.edges);
}

TEST(Graph, IsWhatItsDefinitionSays) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Profile profile = random_profile(seed, Strangeness::Strange);
    test::Dice dice(seed);
    const std::uint32_t percent = seed % 3 == 0 ? 100 : dice.below(100);
    ASSERT_NO_FATAL_FAILURE(
        expect_as_defined(profile, seed % profile.sample_types.size(), percent, dice));
  }
}

// Two threads add up half of it each. With few nodes kept, few samples matter.
TEST(Graph, OfManySamplesIsWhatItsDefinitionSays) {
  constexpr std::uint32_t kPercents[] = {20, 80, 3};
  for (std::uint32_t seed = 0; seed < std::size(kPercents); ++seed) {
    SCOPED_TRACE(seed);
    Profile profile = random_profile(seed, Strangeness::Strange);
    const std::size_t few = profile.sample_count();
    ASSERT_GT(few, 0u);
    test::Dice dice(seed);
    std::vector<LocationId> stack;
    std::vector<std::int64_t> values(profile.sample_types.size());
    while (profile.sample_count() <= kSamplesWorthAThread) {
      profile.read_stack(dice.below(static_cast<std::uint32_t>(few)), stack);
      for (std::int64_t& value : values) value = dice.below(1000);
      profile.add_sample(profile.add_stack(stack), values, {});
    }
    ASSERT_NO_FATAL_FAILURE(expect_as_defined(profile, 0, kPercents[seed], dice));
  }
}

}  // namespace
}  // namespace plumb
