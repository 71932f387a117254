// SPDX-License-Identifier: Apache-2.0
#include "report/dot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "report/dot_colours.h"
#include "report/number_tags.h"
#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

DrawnGraph drawn(ProfileMaker& make, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Dot, options);
  return input ? draw_graph(build_graph_report(*input)) : DrawnGraph();
}

std::string dot_text(ProfileMaker& make, const ReportOptions& options = {}) {
  StringWriter out;
  render_dot_text(drawn(make, options), out);
  return out.text();
}

using Lines = std::vector<std::string>;

TEST(Dot, SplitsNamesIntoLines) {
  ProfileMaker make;
  make.add(1, "example.com/a/b.(*T[...]).Run");
  make.add(1, "ns::Class::run");
  make.add(1, "?");
  const DrawnGraph graph = drawn(make);
  ASSERT_EQ(graph.nodes.size(), 3U);
  EXPECT_EQ(graph.nodes[0].lines, (Lines{"<unknown>", "1 (33.33%)"}));
  EXPECT_EQ(graph.nodes[1].lines, (Lines{"b", "(*T[\u2026])", "Run", "1 (33.33%)"}));
  EXPECT_EQ(graph.nodes[2].lines, (Lines{"Class", "run", "1 (33.33%)"}));
}

TEST(Dot, ShowsFlatAndCum) {
  ProfileMaker make;
  make.add(30, "main;own;leaf");
  make.add(10, "main;own");
  const DrawnGraph graph = drawn(make);
  ASSERT_EQ(graph.nodes.size(), 3U);
  EXPECT_EQ(graph.nodes[0].lines, (Lines{"leaf", "30 (75.00%)"}));
  EXPECT_EQ(graph.nodes[1].lines, (Lines{"own", "10 (25.00%)", "of 40 (100%)"}));
  EXPECT_EQ(graph.nodes[2].lines, (Lines{"main", "0 of 40 (100%)"}));
  EXPECT_EQ(graph.nodes[0].font_size, 24);
  EXPECT_EQ(graph.nodes[1].font_size, 18);
  EXPECT_EQ(graph.nodes[2].font_size, 8);
}

TEST(Dot, ShowsPlacesWithoutFolders) {
  ProfileMaker make;
  make.add(1, "main");
  const ReportOptions options{.aggregate = {.granularity = Granularity::Addresses}};
  const DrawnGraph graph = drawn(make, options);
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes[0].lines, (Lines{"0000000000001001", "main", "main.go:10", "1 (100%)"}));
}

TEST(Dot, HangsLabelsBelowTheirFunction) {
  ProfileMaker make;
  make.add(4, "main;work", {make.text_label("k", "a"), make.number_label("bytes", 1024)});
  make.add(1, "main");
  const DrawnGraph graph = drawn(make);
  ASSERT_EQ(graph.nodes.size(), 4U);
  EXPECT_EQ(graph.nodes[0].name, "N1");
  EXPECT_EQ(graph.nodes[1].name, "N2");
  EXPECT_EQ(graph.nodes[2].name, "N2_0");
  EXPECT_EQ(graph.nodes[2].lines, (Lines{"k:a"}));
  EXPECT_EQ(graph.nodes[3].name, "NN2_0_0");
  EXPECT_EQ(graph.nodes[3].lines, (Lines{"1kB"}));
  ASSERT_EQ(graph.edges.size(), 3U);
  EXPECT_EQ(graph.edges[0].from, 1U);
  EXPECT_EQ(graph.edges[1].from, 2U);
  EXPECT_EQ(graph.edges[2].from, 0U);
  EXPECT_EQ(graph.edges[2].to, 1U);
}

TEST(Dot, DrawsNoEdgeToWhatIsNotShown) {
  ProfileMaker make;
  make.add(5, "main;before;same");
  make.add(-5, "main;after;same");
  make.add(1, "main");
  for (const DrawnEdge& edge : drawn(make).edges) EXPECT_EQ(edge.from, 0U);
}

TEST(Dot, EscapesAllText) {
  ProfileMaker make;
  make.add(1, "a\"b\\c\nd", {make.text_label("k", "\"x\\\ny")});
  make.profile.comments = {make.profile.strings.intern("a \"comment\"")};
  const std::string text = dot_text(make);
  for (const std::string_view part :
       {R"x(label="a\"b\\c\ld\n1 (100%)")x", R"(label = "k:\"x\\\ly")",
        R"(label="a \"comment\"\lType: samples)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
}

TEST(Dot, WritesWhatGraphvizReads) {
  ProfileMaker make;
  make.add(9, "main;work|leaf");
  make.add(1, "main");
  EXPECT_EQ(
      dot_text(make),
      "digraph \"unnamed\" {\n"
      "node [style=filled fillcolor=\"#f8f8f8\"]\n"
      "subgraph cluster_L { \"Type: samples\" [shape=box fontsize=16 label=\"Type: samples\\l"
      "Showing nodes accounting for 10, 100% of 10 total\\l\\l"
      "See https://git.io/JfYMW for how to read the graph\\l\"] }\n"
      "N1 [label=\"leaf\\n9 (90.00%)\" id=\"node1\" fontsize=24 shape=box tooltip=\"leaf (9)\" "
      "color=\"#b20500\" fillcolor=\"#edd6d5\"]\n"
      "N2 [label=\"main\\n1 (10.00%)\\nof 10 (100%)\" id=\"node2\" fontsize=14 shape=box "
      "tooltip=\"main (10)\" color=\"#b20000\" fillcolor=\"#edd5d5\"]\n"
      "N3 [label=\"work\\n0 of 9 (90.00%)\" id=\"node3\" fontsize=8 shape=box tooltip=\"work (9)\" "
      "color=\"#b20500\" fillcolor=\"#edd6d5\"]\n"
      "N2 -> N3 [label=\" 9\" weight=91 penwidth=5 color=\"#b20500\" tooltip=\"main -> work (9)\" "
      "labeltooltip=\"main -> work (9)\"]\n"
      "N3 -> N1 [label=\" 9\\n (inline)\" weight=91 penwidth=5 color=\"#b20500\" "
      "tooltip=\"work -> leaf (9)\" labeltooltip=\"work -> leaf (9)\"]\n"
      "}\n");
}

TEST(Dot, JsonHasTagsAndEdges) {
  ProfileMaker make;
  make.add(9, "main;work", {make.text_label("k", "a")});
  const auto input = prepared_input(make.profile, ReportKind::Dot);
  ASSERT_TRUE(input);
  StringWriter out;
  render_dot_json(build_graph_report(*input), out);
  const auto json = nlohmann::json::parse(out.text());
  EXPECT_EQ(json["schema"], "plumb.dot/1");
  ASSERT_EQ(json["nodes"].size(), 2U);
  EXPECT_EQ(json["nodes"][0]["name"], "work");
  EXPECT_EQ(json["nodes"][0]["tags"][0]["labels"], nlohmann::json({"k:a"}));
  EXPECT_EQ(json["nodes"][0]["tags"][0]["flat"], 9);
  EXPECT_EQ(json["edges"][0]["is_residual"], false);
}

TEST(ValueColour, GoesFromGreenOverGreyToRed) {
  EXPECT_EQ(value_colour(1, ColourUse::Line), (Colour{0xb2, 0, 0}));
  EXPECT_EQ(value_colour(5, ColourUse::Line), (Colour{0xb2, 0, 0}));
  EXPECT_EQ(value_colour(-1, ColourUse::Line), (Colour{0, 0xb2, 0}));
  EXPECT_EQ(value_colour(0, ColourUse::Line), (Colour{0xb2, 0xb2, 0xb2}));
  EXPECT_EQ(value_colour(0.05, ColourUse::Line), (Colour{0xb2, 0xa0, 0x85}));
  EXPECT_EQ(value_colour(1, ColourUse::Fill), (Colour{0xed, 0xd5, 0xd5}));
  EXPECT_EQ(value_colour(std::nan(""), ColourUse::Line), (Colour{0xb2, 0, 0}));
}

// "text flat cum" of the boxes for the numbers `values` at one node, each with its weight.
std::string boxes(const std::vector<std::pair<std::int64_t, std::int64_t>>& values) {
  TagTable table;
  table.sets.emplace_back();
  table.numbers.emplace_back();
  for (const auto& [value, weight] : values) {
    Tag tag;
    tag.number = static_cast<std::uint32_t>(table.numbers.size());
    tag.value = value;
    tag.sums.flat = tag.sums.cum = weight;
    table.numbers.push_back(std::to_string(value) + "B");
    table.tags.push_back(tag);
  }
  table.first = {0, table.tags.size()};
  std::string text;
  for (const NumberTag& box : drawn_numbers(table, 0, 0, "bytes", true)) {
    text += (text.empty() ? "" : ", ") + box.text + ' ' + std::to_string(box.sums.flat);
  }
  return text;
}

TEST(DrawnNumbers, ShowsFourOrFewerAsTheyAre) {
  EXPECT_EQ(boxes({{1, 5}, {2, 9}, {3, 7}, {4, 7}}), "2B 9, 3B 7, 4B 7, 1B 5");
}

TEST(DrawnNumbers, PutsMoreWithTheNearestOfTheHeaviest) {
  EXPECT_EQ(boxes({{10, 9}, {20, 8}, {40, 7}, {1024, 6}, {11, 1}, {24, 2}, {900, 3}, {5000, 1}}),
            "10B..11B 10, 20B..24B 10, 900B..4.88kB 10, 40B 7");
}

}  // namespace
}  // namespace plumb
