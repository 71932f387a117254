// SPDX-License-Identifier: Apache-2.0
#include "graph/trimmed_graph.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "graph/edge_lists.h"
#include "support/describe_graph.h"
#include "support/make_profile.h"
#include "support/naive_graph.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::describe_graph;
using test::naive_graph;
using test::NaiveKey;
using test::ProfileMaker;
using test::random_profile;
using test::Strangeness;
using test::trimmed_graph;

std::string graph_text(ProfileMaker& make, const GraphOptions& options = {}) {
  return describe_graph(trimmed_graph(make.profile, options));
}

// Two ways to the leaf, one of them through what weighs little.
ProfileMaker two_ways() {
  ProfileMaker make;
  make.add(90, "main;work;leaf");
  make.add(7, "main;rare;leaf");
  make.add(3, "main;work|rare");
  return make;
}

TEST(TrimmedGraph, ShowsEverythingWithoutLimits) {
  ProfileMaker make = two_ways();
  EXPECT_EQ(graph_text(make),
            "leaf 97 97\n"
            "rare 3 10\n"
            "main 0 100\n"
            "work 0 93\n"
            "main -> rare 7\n"
            "main -> work 93\n"
            "rare -> leaf 7\n"
            "work -> leaf 90\n"
            "work -> rare 3 inline\n");
}

TEST(TrimmedGraph, MakesResidualEdgesOverLightNodes) {
  ProfileMaker make = two_ways();
  const TrimmedGraph graph = trimmed_graph(make.profile, {.trim = {.nodefraction = 0.2}});
  EXPECT_EQ(describe_graph(graph),
            "leaf 97 97\n"
            "main 0 100\n"
            "work 0 93\n"
            "main -> leaf 7 residual\n"
            "main -> work 93\n"
            "work -> leaf 90\n");
  EXPECT_EQ(graph.dropped_nodes, 1U);
  EXPECT_EQ(graph.node_count, 3U);
}

TEST(TrimmedGraph, TakesTheFirstNodesOfTheOrder) {
  ProfileMaker make = two_ways();
  const TrimmedGraph graph = trimmed_graph(make.profile, {.trim = {.nodecount = 2}});
  EXPECT_EQ(describe_graph(graph),
            "leaf 97 97\n"
            "rare 3 10\n"
            "rare -> leaf 7\n");
  EXPECT_EQ(graph.node_count, 4U);
  EXPECT_EQ(graph.dropped_nodes, 0U);
}

TEST(TrimmedGraph, CountsTheEdgesItDrops) {
  ProfileMaker make = two_ways();
  const TrimmedGraph graph = trimmed_graph(make.profile, {.trim = {.edgefraction = 0.05}});
  EXPECT_EQ(graph.dropped_edges, 1U);
  EXPECT_EQ(graph.edges.size(), 4U);
}

TEST(TrimmedGraph, HoldsNodesWithoutWeightAsEndsOfEdges) {
  ProfileMaker make;
  make.add(5, "main;before;same");
  make.add(-5, "main;after;same");
  make.add(1, "main");
  const TrimmedGraph graph = trimmed_graph(make.profile, {});
  EXPECT_EQ(describe_graph(graph),
            "main 1 1\n"
            "after 0 -5\n"
            "before 0 5\n"
            "after -> same -5\n"
            "before -> same 5\n"
            "main -> after -5\n"
            "main -> before 5\n");
  EXPECT_EQ(graph.shown_count, 3U);
  EXPECT_EQ(graph.nodes.size(), 4U);
}

TEST(TrimmedGraph, DropsNegativeNodesOnRequest) {
  ProfileMaker make;
  make.add(5, "main;more");
  make.add(-3, "main;less");
  EXPECT_EQ(graph_text(make, {.trim = {.drop_negative = true}}),
            "more 5 5\n"
            "main 0 2\n"
            "main -> less -3\n"
            "main -> more 5\n");
}

TEST(TrimmedGraph, NeedsNoEdges) {
  ProfileMaker make = two_ways();
  EXPECT_EQ(graph_text(make, {.trim = {.nodecount = 1}, .with_edges = WithEdges::No}),
            "leaf 97 97\n");
}

TEST(TrimmedGraph, DrawsFirstWhatTellsMost) {
  ProfileMaker make;
  make.add(50, "main;pass;fork;left");
  make.add(50, "main;pass;fork;right");
  // left and right: cum + flat as leaves. main: as root with one callee. fork: one bit of callees.
  EXPECT_EQ(graph_text(make, {.is_drawn = true}),
            "fork 0 100\n"
            "left 50 50\n"
            "main 0 100\n"
            "right 50 50\n"
            "pass 0 100\n"
            "fork -> left 50\n"
            "fork -> right 50\n"
            "main -> pass 100\n"
            "pass -> fork 100\n");
}

TEST(TrimmedGraph, CountsLabelsAsNodesInDrawings) {
  ProfileMaker make;
  make.add(50, "main;left", {make.text_label("k", "a")});
  make.add(40, "main;left", {make.text_label("k", "b")});
  make.add(30, "main;right");
  // left with its two labels takes three places.
  const GraphOptions options{.trim = {.nodecount = 4}, .is_drawn = true};
  const TrimmedGraph graph = trimmed_graph(make.profile, options);
  ASSERT_EQ(graph.shown_count, 2U);
  EXPECT_EQ(graph.name(graph.nodes[0]), "left");
  EXPECT_EQ(graph.tags.of(0).size(), 2U);
}

TEST(TrimmedGraph, LeavesOutResidualEdgesThatAPathReplacesInDrawings) {
  ProfileMaker make;
  make.add(50, "main;work;leaf");
  make.add(2, "main;rare;leaf");
  const GraphOptions plain{.trim = {.nodefraction = 0.1}};
  const GraphOptions drawn{.trim = {.nodefraction = 0.1}, .is_drawn = true};
  EXPECT_NE(graph_text(make, plain).find("main -> leaf 2 residual"), std::string::npos);
  EXPECT_EQ(graph_text(make, drawn).find("residual"), std::string::npos);
}

TEST(TrimmedGraph, TreesHaveANodeForEachWay) {
  ProfileMaker make = two_ways();
  make.add(5, "main;main;leaf");
  EXPECT_EQ(graph_text(make, {.call_tree = true}),
            "leaf 90 90\n"
            "leaf 7 7\n"
            "leaf 5 5\n"
            "rare 3 3\n"
            "main 0 105\n"
            "main 0 5\n"
            "rare 0 7\n"
            "work 0 93\n"
            "main -> leaf 5\n"
            "main -> main 5\n"
            "main -> rare 7\n"
            "main -> work 93\n"
            "rare -> leaf 7\n"
            "work -> leaf 90\n"
            "work -> rare 3 inline\n");
}

TEST(TrimmedGraph, TreesHangWhatIsKeptBelowTheNextCallerKept) {
  ProfileMaker make;
  make.add(10, "main;a|b;leaf");
  make.add(90, "main;other");
  // In a tree the callees of a light node are light: only drop_negative and nodecount cut between.
  const GraphOptions options{.trim = {.by_cum = false, .nodecount = 3}, .call_tree = true};
  EXPECT_EQ(graph_text(make, options),
            "other 90 90\n"
            "leaf 10 10\n"
            "a 0 10\n"
            "a -> leaf 10 residual\n");
}

TEST(TrimmedGraph, TreesMakeRootsOfWhatLosesAllCallers) {
  ProfileMaker make;
  make.add(10, "main;work;leaf");
  EXPECT_EQ(graph_text(make, {.trim = {.nodecount = 1}, .call_tree = true}), "leaf 10 10\n");
}

// The same in 30 lines: all nodes, those that are heavy enough, the edges between them.
std::string naive_text(const Profile& profile, double nodefraction) {
  const auto all = naive_graph(profile, 0, [](const NaiveKey&) { return true; });
  std::int64_t total = 0;
  for (const auto& [key, node] : all.nodes) total = add_wrapping(total, node.flat);
  const std::int64_t cutoff = trim_cutoff(total, nodefraction);
  std::set<NaiveKey> kept;
  for (const auto& [key, node] : all.nodes) {
    const bool is_heavy = cutoff <= 0 || abs_wrapping(node.cum) >= cutoff;
    if ((node.cum != 0 || node.flat != 0) && is_heavy) kept.insert(key);
  }
  const bool is_cut =
      cutoff > 0 && kept.size() != static_cast<std::size_t>(
                                       std::ranges::count_if(all.nodes, [](const auto& entry) {
                                         return entry.second.cum != 0 || entry.second.flat != 0;
                                       }));
  const auto graph =
      naive_graph(profile, 0, [&](const NaiveKey& key) { return !is_cut || kept.contains(key); });
  std::multiset<std::string> lines;
  for (const auto& [key, node] : graph.nodes) {
    if (!kept.contains(key)) continue;
    lines.insert(std::get<0>(key) + ' ' + std::to_string(node.flat) + ' ' +
                 std::to_string(node.cum) + '\n');
  }
  for (const auto& [ends, edge] : graph.edges) {
    if (!kept.contains(ends.first) && !kept.contains(ends.second)) continue;
    if (abs_wrapping(edge.weight) < 0) continue;  // As in pprof: it looks light.
    lines.insert(std::get<0>(ends.first) + " -> " + std::get<0>(ends.second) + ' ' +
                 std::to_string(edge.weight) + (edge.is_residual ? " residual" : "") +
                 (edge.is_inlined ? " inline" : "") + '\n');
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string sorted_lines(const std::string& text) {
  std::multiset<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    lines.insert(text.substr(at, end - at));
    at = end;
  }
  std::string sorted;
  for (const std::string& line : lines) sorted += line;
  return sorted;
}

TEST(TrimmedGraph, IsWhatTheDefinitionSays) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    for (const double nodefraction : {0.0, 0.03, 0.3}) {
      SCOPED_TRACE(std::to_string(seed) + " " + std::to_string(nodefraction));
      Profile profile = random_profile(seed, Strangeness::Plain);
      const std::string expected = naive_text(profile, nodefraction);
      const TrimmedGraph graph = trimmed_graph(profile, {.trim = {.nodefraction = nodefraction}});
      EXPECT_EQ(sorted_lines(describe_graph(graph)), expected);
    }
  }
}

// In a tree, what goes into a node goes out of it or is its own.
TEST(TrimmedGraph, TreesLoseNothing) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Profile profile = random_profile(seed, Strangeness::Strange);
    const TrimmedGraph graph = trimmed_graph(profile, {.call_tree = true});
    // An edge of the least number looks light to pprof and is left out.
    const bool has_least_number = std::ranges::any_of(
        graph.nodes, [](const TrimmedNode& node) { return abs_wrapping(node.sums.cum) < 0; });
    if (has_least_number) continue;
    std::vector<std::int64_t> below(graph.nodes.size());
    std::vector<int> callers(graph.nodes.size());
    for (const Edge& edge : graph.edges) {
      below[edge.caller] = add_wrapping(below[edge.caller], edge.weight);
      ++callers[edge.callee];
      EXPECT_EQ(edge.weight, graph.nodes[edge.callee].sums.cum);
    }
    for (std::size_t i = 0; i < graph.shown_count; ++i) {
      const Node& sums = graph.nodes[i].sums;
      EXPECT_EQ(add_wrapping(sums.flat, below[i]), sums.cum);
      EXPECT_LE(callers[i], 1);
    }
  }
}

TEST(EdgeLists, SortsByWeightThenByNames) {
  ProfileMaker make;
  make.add(5, "b;leaf");
  make.add(-7, "c;leaf");
  make.add(5, "a;leaf");
  make.add(2, "leaf;z");
  make.add(2, "leaf;y");
  const TrimmedGraph graph = trimmed_graph(make.profile, {});
  const EdgeLists lists(graph);
  std::string text;
  for (std::uint32_t i = 0; i < graph.shown_count; ++i) {
    if (graph.name(graph.nodes[i]) != "leaf") continue;
    for (const std::uint32_t edge : lists.into(i)) {
      text += graph.name(graph.nodes[graph.edges[edge].caller]) + ' ';
    }
    text += "| ";
    for (const std::uint32_t edge : lists.out_of(i)) {
      text += graph.name(graph.nodes[graph.edges[edge].callee]) + ' ';
    }
  }
  EXPECT_EQ(text, "c a b | y z ");
}

}  // namespace
}  // namespace plumb
