// SPDX-License-Identifier: Apache-2.0
// The call graph as a picture: where plumb svg puts boxes and arrows, for the page to draw.

#include <cmath>
#include <string>

#include "report/dot.h"
#include "report/graph_picture.h"
#include "report/graph_report.h"
#include "web/views.h"

namespace plumb::web {
namespace {

// More boxes than a person can look at, and than can be laid out while one waits.
constexpr std::size_t kMostNodes = 2000;
constexpr std::size_t kMostEdges = 4000;

// Tenths of a point are enough for a picture, and half of the bytes.
double rounded(double value) {
  return std::round(value * 10) / 10;
}

Json shown_lines(const std::vector<std::string>& lines) {
  Json list = Json::array();
  for (const std::string& line : lines) list.push_back(shown_line(line));
  return list;
}

Json node_json(const DrawnNode& node, const PlacedBox& box) {
  Json json = {{"x", rounded(box.centre.x)},
               {"y", rounded(box.centre.y)},
               {"w", rounded(box.width)},
               {"h", rounded(box.height)},
               {"lines", shown_lines(node.lines)},
               {"size", node.font_size},
               {"title", node.tooltip},
               {"line", hex_colour(node.line_colour)},
               {"fill", hex_colour(node.fill_colour)}};
  if (node.shape == DrawnShape::Box3d) json["tag"] = true;
  return json;
}

std::string curve_path(const std::vector<layout::Point>& curve) {
  std::string path;
  const auto add = [&path](layout::Point point) {
    path += Json(rounded(point.x)).dump() + ',' + Json(rounded(point.y)).dump();
  };
  for (std::size_t i = 0; i < curve.size(); ++i) {
    path += i == 0 ? "M" : i == 1 ? "C" : " ";
    add(curve[i]);
  }
  return path;
}

Json edge_json(const DrawnEdge& edge, const layout::PlacedEdge& place) {
  Json json = {{"from", edge.from},
               {"to", edge.to},
               {"path", curve_path(place.curve)},
               {"tip", {rounded(place.arrow_tip.x), rounded(place.arrow_tip.y)}},
               {"width", edge.pen_width},
               {"colour", hex_colour(edge.colour)},
               {"title", edge.tooltip}};
  if (!place.curve.empty()) {
    json["base"] = {rounded(place.curve.back().x), rounded(place.curve.back().y)};
  }
  if (edge.is_dotted) json["dotted"] = true;
  if (!edge.lines.empty()) {
    json["lines"] = shown_lines(edge.lines);
    json["at"] = {rounded(place.label.x + label_indent(edge) / 2), rounded(place.label.y)};
  }
  return json;
}

// The nodes as a table, for those who do not see the picture.
Json table_json(const GraphReport& report) {
  Json rows = Json::array();
  for (const TrimmedNode& node : report.graph.nodes) {
    const std::int64_t flat = flat_of(node.sums);
    const std::int64_t cum = cum_of(node.sums);
    rows.push_back({{"name", report.graph.name(node)},
                    {"flat", flat},
                    {"flat_text", report.format(flat)},
                    {"cum", cum},
                    {"cum_text", report.format(cum)}});
  }
  return rows;
}

}  // namespace

Result<Json> build_graph_view(const ViewInput& input) {
  const GraphReport report = build_graph_report(input.report);
  if (report.graph.nodes.size() > kMostNodes) {
    return Error(ErrorCode::LimitExceeded,
                 "a graph of " + std::to_string(report.graph.nodes.size()) +
                     " boxes is no picture any more; ask for fewer nodes (n), or focus");
  }
  DrawnGraph graph = draw_graph(report);
  input.legend = std::move(graph.legend);
  graph.legend.clear();
  if (graph.edges.size() > kMostEdges) {
    input.notice("Only the " + std::to_string(kMostEdges) + " heaviest of " +
                 std::to_string(graph.edges.size()) + " arrows are drawn");
    graph.edges.resize(kMostEdges);  // They stand in front.
  }
  const GraphPicture picture = build_graph_picture(graph);
  Json nodes = Json::array();
  // Rows of the table and boxes of functions have the same order.
  std::size_t row = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    nodes.push_back(node_json(graph.nodes[i], picture.nodes[i]));
    if (graph.nodes[i].shape == DrawnShape::Box) nodes.back()["row"] = row++;
  }
  Json edges = Json::array();
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    edges.push_back(edge_json(graph.edges[i], picture.edges[i]));
  }
  const TrimmedGraph& trimmed = report.graph;
  return Json{{"width", rounded(picture.width)},
              {"height", rounded(picture.height)},
              {"nodes", std::move(nodes)},
              {"edges", std::move(edges)},
              {"rows", table_json(report)},
              {"trimmed", trim_lines(report, true)},
              {"dropped", trimmed.dropped_nodes},
              {"may_show_all", trimmed.node_count + trimmed.dropped_nodes <= kMostNodes}};
}

}  // namespace plumb::web
