// SPDX-License-Identifier: Apache-2.0
#include "report/graph_picture.h"

#include <algorithm>

#include "base/strings.h"
#include "layout/text_width.h"

namespace plumb {
namespace {

layout::LayoutNode text_size(const std::vector<std::string>& lines, double font_size) {
  layout::LayoutNode size;
  for (const std::string& line : lines) {
    size.width = std::max(size.width, layout::text_width(shown_line(line), font_size));
  }
  size.height = static_cast<double>(lines.size()) * font_size * kLineHeight;
  return size;
}

layout::LayoutNode box_size(const std::vector<std::string>& lines, double font_size) {
  layout::LayoutNode size = text_size(lines, font_size);
  size.width += 2 * kBoxMarginX;
  size.height += 2 * kBoxMarginY;
  return size;
}

layout::LayoutEdge edge_size(const DrawnEdge& edge, std::uint32_t first_node) {
  layout::LayoutEdge out;
  out.from = edge.from + first_node;
  out.to = edge.to + first_node;
  out.weight = edge.weight;
  out.min_length = edge.min_length;
  out.arrow_length = 8 + edge.pen_width;
  const layout::LayoutNode label = text_size(edge.lines, kEdgeFontSize);
  if (label.width > 0) out.label_width = label.width + label_indent(edge);
  out.label_height = label.height;
  return out;
}

PlacedBox placed(const layout::LayoutNode& size, layout::Point at) {
  return {{at.x + kPictureMargin, at.y + kPictureMargin}, size.width, size.height};
}

}  // namespace

double label_indent(const DrawnEdge& edge) {
  return 3 + edge.pen_width / 2.0;
}

std::string shown_line(std::string_view line) {
  constexpr std::size_t kMostBytes = 160;
  constexpr std::size_t kKeptAtEnds = 70;
  std::string text = valid_utf8(trim(line));  // Labels of edges begin with a blank in pprof.
  if (text.size() <= kMostBytes) return text;
  const auto is_inside_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
  };
  std::size_t head = kKeptAtEnds;
  std::size_t tail = text.size() - kKeptAtEnds;
  while (is_inside_character(head)) --head;
  while (is_inside_character(tail)) ++tail;
  return text.substr(0, head) + "..." + text.substr(tail);
}

GraphPicture build_graph_picture(const DrawnGraph& graph) {
  layout::LayoutGraph sizes;
  // The legend is a part of its own, and the first: it goes to the top left.
  const bool has_legend = !graph.legend.empty();
  if (has_legend) sizes.nodes.push_back(box_size(graph.legend, kLegendFontSize));
  const std::uint32_t first_node = has_legend ? 1 : 0;
  for (const DrawnNode& node : graph.nodes) {
    sizes.nodes.push_back(box_size(node.lines, node.font_size));
    if (node.shape == DrawnShape::Box3d) sizes.nodes.back().width += 2 * kBox3dDepth;
    if (node.shape == DrawnShape::Box3d) sizes.nodes.back().height += kBox3dDepth;
  }
  for (const DrawnEdge& edge : graph.edges) sizes.edges.push_back(edge_size(edge, first_node));

  layout::Layout places = layout::lay_out(sizes);
  GraphPicture picture;
  picture.width = places.width + 2 * kPictureMargin;
  picture.height = places.height + 2 * kPictureMargin;
  if (has_legend) picture.legend = placed(sizes.nodes[0], places.nodes[0]);
  for (std::size_t i = first_node; i < sizes.nodes.size(); ++i) {
    picture.nodes.push_back(placed(sizes.nodes[i], places.nodes[i]));
  }
  const auto move = [](layout::Point& p) { p = {p.x + kPictureMargin, p.y + kPictureMargin}; };
  for (layout::PlacedEdge& edge : places.edges) {
    std::ranges::for_each(edge.curve, move);
    move(edge.arrow_tip);
    move(edge.label);
    picture.edges.push_back(std::move(edge));
  }
  return picture;
}

}  // namespace plumb
