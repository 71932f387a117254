// SPDX-License-Identifier: Apache-2.0
#include "report/graph_svg.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "report/svg_script.h"
#include "support/dice.h"

namespace plumb {
namespace {

DrawnNode box(std::string id, std::vector<std::string> lines) {
  DrawnNode node;
  node.id = std::move(id);
  node.lines = std::move(lines);
  node.tooltip = "tip of " + node.id;
  return node;
}

DrawnGraph small_graph() {
  DrawnGraph graph;
  graph.title = "leaky goroutine";
  graph.legend = {"File: leaky", "Type: goroutine"};
  graph.nodes = {box("node1", {"main", "main", "0 of 5"}), box("N1_0", {"job:a"}),
                 box("node2", {"runtime", "gopark", "5 (100%)"})};
  graph.nodes[1].shape = DrawnShape::Box3d;
  graph.nodes[2].font_size = 24;
  graph.nodes[2].fill_colour = {0xed, 0xd5, 0xd5};
  DrawnEdge edge;
  edge.from = 0;
  edge.to = 1;
  edge.lines = {" 2"};
  graph.edges.push_back(edge);
  edge.to = 2;
  edge.lines = {" 5", " (inline)"};
  edge.pen_width = 6;
  edge.colour = {0xb2, 0, 0};
  edge.is_dotted = true;
  edge.tooltip = "main.main ... runtime.gopark (5)";
  graph.edges.push_back(edge);
  return graph;
}

std::string svg_of(const DrawnGraph& graph) {
  StringWriter out;
  render_graph_svg(graph, build_graph_picture(graph), out);
  return out.text();
}

// What is wrong with `text` as XML, as far as pictures go; or nothing.
std::string find_xml_mistake(std::string_view text) {
  std::vector<std::string> open;
  if (!consume_prefix(text, R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)")) {
    return "no declaration";
  }
  while (!text.empty()) {
    std::string_view between = take_until(text, '<');
    for (const char c : between) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') return "control character";
    }
    while (between.find('&') != std::string_view::npos) {
      take_until(between, '&');
      const std::string_view entity = take_until(between, ';');
      constexpr std::string_view kEntities = " amp lt gt quot #10 #39 ";
      if (kEntities.find(' ' + std::string(entity) + ' ') == std::string_view::npos) return "&";
    }
    if (text.empty()) break;
    if (consume_prefix(text, "![CDATA[")) {
      const std::size_t end = text.find("]]>");
      if (end == std::string_view::npos) return "open CDATA";
      text.remove_prefix(end + 3);
      continue;
    }
    std::string_view tag = take_until(text, '>');
    if (tag.find('<') != std::string_view::npos) return "< in a tag";
    if (consume_prefix(tag, "/")) {
      if (open.empty() || open.back() != tag) return "unexpected </" + std::string(tag);
      open.pop_back();
      continue;
    }
    const bool is_empty = tag.ends_with('/');
    if (is_empty) tag.remove_suffix(1);
    const std::string name(take_until(tag, ' '));
    std::size_t quotes = 0;
    for (const char c : tag) quotes += c == '"' ? 1 : 0;
    if (quotes % 2 != 0) return "quotes in " + name;
    if (!is_empty) open.push_back(name);
  }
  return open.empty() ? "" : "open " + open.back();
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(GraphSvg, HasElementsWithTheIdsOfGraphviz) {
  const std::string svg = svg_of(small_graph());
  EXPECT_EQ(find_xml_mistake(svg), "");
  for (const char* id : {"graph0", "node1", "node2", "N1_0", "edge1", "edge2", "legend"}) {
    EXPECT_EQ(count_of(svg, "id=\"" + std::string(id) + '"'), 1U) << id;
  }
  EXPECT_EQ(count_of(svg, "<title>tip of node1</title>"), 1U);
  EXPECT_EQ(count_of(svg, "<title>main.main ... runtime.gopark (5)</title>"), 1U);
  EXPECT_EQ(count_of(svg, ">runtime</text>"), 1U);
  EXPECT_EQ(count_of(svg, "stroke-width=\"6\""), 1U);
  EXPECT_EQ(count_of(svg, "stroke-dasharray"), 1U);
  EXPECT_EQ(count_of(svg, "#edd5d5"), 1U);
}

TEST(GraphSvg, NeedsNothingFromElsewhere) {
  const std::string svg = svg_of(small_graph());
  EXPECT_EQ(count_of(svg, "http"), 1U);  // The name of the namespace.
  EXPECT_EQ(count_of(svg, "href"), 0U);
  EXPECT_EQ(count_of(svg, "url("), 0U);
  EXPECT_EQ(count_of(svg, "@import"), 0U);
  EXPECT_EQ(count_of(svg, "<script"), 1U);
}

TEST(GraphSvg, ScriptEndsNeitherItsElementNorTheCdataSection) {
  EXPECT_EQ(kSvgScript.find("]]>"), std::string_view::npos);
  EXPECT_EQ(kSvgScript.find("</"), std::string_view::npos);
}

TEST(GraphSvg, IsWhiteWhateverTheTheme) {
  const std::string svg = svg_of(small_graph());
  EXPECT_EQ(count_of(svg, "background:#fff;color-scheme:light"), 1U);
  EXPECT_EQ(count_of(svg, "fill=\"#fff\""), 1U);
}

TEST(GraphSvg, EscapesNames) {
  DrawnGraph graph = small_graph();
  const std::string hostile = "</text></svg><script>alert('1')</script>\"&\x01\xff\n]]>";
  graph.title = graph.legend[0] = hostile;
  for (DrawnNode& node : graph.nodes) node.id = node.tooltip = node.lines[0] = hostile;
  for (DrawnEdge& edge : graph.edges) edge.tooltip = edge.lines[0] = hostile;
  const std::string svg = svg_of(graph);
  EXPECT_EQ(find_xml_mistake(svg), "");
  EXPECT_EQ(count_of(svg, "<script"), 1U);
  EXPECT_EQ(count_of(svg, "alert('1')</"), 0U);
  EXPECT_EQ(count_of(svg, "&lt;script&gt;alert"), count_of(svg, "alert"));
}

TEST(GraphSvg, LeadsOnlyToPages) {
  DrawnGraph graph = small_graph();
  graph.legend_url = "javascript:alert(1)";
  EXPECT_EQ(count_of(svg_of(graph), "alert"), 0U);
  graph.legend_url = "https://example.org/?a=1&b=\"2\"";
  EXPECT_EQ(count_of(svg_of(graph), "href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\""), 1U);
}

TEST(GraphSvg, OfAnEmptyGraphIsItsLegend) {
  DrawnGraph graph;
  EXPECT_EQ(find_xml_mistake(svg_of(graph)), "");
  graph.legend = {"Type: cpu"};
  const std::string svg = svg_of(graph);
  EXPECT_EQ(find_xml_mistake(svg), "");
  EXPECT_EQ(count_of(svg, ">Type: cpu</text>"), 1U);
}

TEST(GraphSvg, IsTheSameEachTime) {
  EXPECT_EQ(svg_of(small_graph()), svg_of(small_graph()));
}

TEST(GraphPicture, BoxesHoldTheirText) {
  const DrawnGraph graph = small_graph();
  const GraphPicture picture = build_graph_picture(graph);
  ASSERT_EQ(picture.nodes.size(), 3U);
  EXPECT_GT(picture.nodes[2].height, 3 * 24);
  EXPECT_GT(picture.nodes[2].width, 9 * 24 * 0.5);
  EXPECT_GT(picture.legend.width, picture.nodes[1].width);
  EXPECT_EQ(picture.legend.centre.x, kPictureMargin + picture.legend.width / 2);
  EXPECT_EQ(picture.legend.centre.y, kPictureMargin + picture.legend.height / 2);
}

TEST(GraphPicture, LongLinesLoseTheirMiddle) {
  EXPECT_EQ(shown_line("short"), "short");
  const std::string line = std::string(500, 'a') + std::string(500, 'z');
  EXPECT_EQ(shown_line(line), std::string(70, 'a') + "..." + std::string(70, 'z'));
}

TEST(GraphPicture, CutsBetweenCharacters) {
  std::string line = "x";
  for (int i = 0; i < 200; ++i) line += "\xe2\x82\xac";
  const std::string shown = shown_line(line);
  EXPECT_EQ(shown, valid_utf8(shown));
  EXPECT_LT(shown.size(), 160U);
}

}  // namespace
}  // namespace plumb
