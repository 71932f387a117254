// SPDX-License-Identifier: Apache-2.0
#include "report/graph_svg.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "layout/text_width.h"
#include "report/svg_script.h"
#include "report/xml_text.h"

namespace plumb {
namespace {

using layout::Point;

// Two digits behind the point at most; enough for a picture of points.
std::string coordinate(double value) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed, 2);
  std::string text(digits.data(), end.ptr);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string point(Point p) {
  return coordinate(p.x) + ',' + coordinate(p.y);
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string(name) + "=\"" + std::string(value) + '"';
}

enum class Anchor : bool { Left, Middle };

// Lines of text; `at` is the middle of the block's height and, by `anchor`, its left or its middle.
void write_text(const std::vector<std::string>& lines, double font_size, Point at, Anchor anchor,
                Writer& out) {
  const double step = font_size * kLineHeight;
  // Where letters stand in their line.
  const double baseline = step / 2 + font_size * 0.35;
  double y = at.y - step * static_cast<double>(lines.size()) / 2 + baseline;
  for (const std::string& full_line : lines) {
    const std::string line = shown_line(full_line);
    const double width = layout::text_width(line, font_size);
    out << "<text" << attribute("x", coordinate(at.x)) << attribute("y", coordinate(y))
        << attribute("font-size", coordinate(font_size));
    if (anchor == Anchor::Middle) out << attribute("text-anchor", "middle");
    // Another font than the one measured is squeezed into its box.
    if (width > 0) out << attribute("textLength", coordinate(width));
    out << attribute("lengthAdjust", "spacingAndGlyphs") << ">" << xml_text(line) << "</text>\n";
    y += step;
  }
}

void write_rectangle(const PlacedBox& box, Colour fill, Colour line, Writer& out) {
  out << "<rect" << attribute("x", coordinate(box.centre.x - box.width / 2))
      << attribute("y", coordinate(box.centre.y - box.height / 2))
      << attribute("width", coordinate(box.width)) << attribute("height", coordinate(box.height))
      << attribute("fill", hex_colour(fill)) << attribute("stroke", hex_colour(line)) << "/>\n";
}

// A box seen a little from above and from the right.
void write_box3d(const PlacedBox& box, Colour fill, Colour line, Writer& out) {
  const double left = box.centre.x - box.width / 2;
  const double right = left + box.width;
  const double top = box.centre.y - box.height / 2;
  const double bottom = top + box.height;
  const double d = kBox3dDepth;
  const auto style = attribute("fill", hex_colour(fill)) + attribute("stroke", hex_colour(line));
  out << "<path d=\"M" << point({left + d, top}) << "H" << coordinate(right) << "V"
      << coordinate(bottom - d) << "L" << point({right - d, bottom}) << "H" << coordinate(left)
      << "V" << coordinate(top + d) << "Z"
      << "M" << point({left, top + d}) << "H" << coordinate(right - d) << "V" << coordinate(bottom)
      << "M" << point({right - d, top + d}) << "L" << point({right, top}) << "\"" << style
      << "/>\n";
}

void write_node(const DrawnNode& node, const PlacedBox& box, Writer& out) {
  out << "<g" << attribute("id", xml_text(node.id)) << " class=\"node\"><title>"
      << xml_text(node.tooltip) << "</title>\n";
  Point text = box.centre;
  if (node.shape == DrawnShape::Box3d) {
    write_box3d(box, node.fill_colour, node.line_colour, out);
    text = {text.x - kBox3dDepth / 2, text.y + kBox3dDepth / 2};
  } else {
    write_rectangle(box, node.fill_colour, node.line_colour, out);
  }
  write_text(node.lines, node.font_size, text, Anchor::Middle, out);
  out << "</g>\n";
}

// The arrow head: a triangle from the end of the curve to its tip.
void write_arrow(const layout::PlacedEdge& edge, int pen_width, std::string_view colour,
                 Writer& out) {
  const Point base = edge.curve.back();
  const double length = std::hypot(edge.arrow_tip.x - base.x, edge.arrow_tip.y - base.y);
  if (length == 0) return;
  const double half = 2.5 + pen_width;
  const double x = (edge.arrow_tip.y - base.y) / length * half;
  const double y = -(edge.arrow_tip.x - base.x) / length * half;
  out << "<polygon points=\"" << point(edge.arrow_tip) << " " << point({base.x + x, base.y + y})
      << " " << point({base.x - x, base.y - y}) << "\"" << attribute("fill", colour)
      << attribute("stroke", "none") << "/>\n";
}

void write_edge(const DrawnEdge& edge, const layout::PlacedEdge& place, std::size_t number_of_edge,
                Writer& out) {
  if (place.curve.empty()) return;
  const std::string colour = hex_colour(edge.colour);
  out << "<g" << attribute("id", "edge" + std::to_string(number_of_edge))
      << " class=\"edge\"><title>" << xml_text(edge.tooltip) << "</title>\n<path d=\"M"
      << point(place.curve[0]) << "C";
  for (std::size_t i = 1; i < place.curve.size(); ++i) {
    if (i > 1) out << " ";
    out << point(place.curve[i]);
  }
  out << "\"" << attribute("fill", "none") << attribute("stroke", colour);
  if (edge.pen_width > 1) out << attribute("stroke-width", std::to_string(edge.pen_width));
  if (edge.is_dotted) out << attribute("stroke-dasharray", "1,5");
  out << "/>\n";
  write_arrow(place, edge.pen_width, colour, out);
  write_text(edge.lines, kEdgeFontSize, {place.label.x + label_indent(edge) / 2, place.label.y},
             Anchor::Middle, out);
  out << "</g>\n";
}

void write_legend(const DrawnGraph& graph, const PlacedBox& box, Writer& out) {
  // A script or data address is no place to lead anybody to.
  const bool has_link =
      graph.legend_url.starts_with("https://") || graph.legend_url.starts_with("http://");
  out << "<g id=\"legend\" class=\"node\"><title>" << xml_text(graph.title) << "</title>\n";
  if (has_link)
    out << "<a" << attribute("href", xml_text(graph.legend_url)) << " target=\"_blank\">";
  write_rectangle(box, kDefaultFill, kBlack, out);
  write_text(graph.legend, kLegendFontSize,
             {box.centre.x - box.width / 2 + kBoxMarginX, box.centre.y}, Anchor::Left, out);
  if (has_link) out << "</a>";
  out << "</g>\n";
}

}  // namespace

void render_graph_svg(const DrawnGraph& graph, const GraphPicture& picture, Writer& out) {
  const std::string width = coordinate(picture.width);
  const std::string height = coordinate(picture.height);
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
      << "<svg xmlns=\"http://www.w3.org/2000/svg\"" << attribute("width", width + "pt")
      << attribute("height", height + "pt")
      << attribute("viewBox", "0 0 " + width + ' ' + height)
      // The colours are made for white, whatever the reader's theme is.
      << " style=\"background:#fff;color-scheme:light\""
      << " font-family=\"Helvetica,Arial,'Liberation Sans',sans-serif\" stroke-linecap=\"round\""
      << " xml:space=\"preserve\">\n"
      << "<title>" << xml_text(graph.title) << "</title>\n"
      << "<rect" << attribute("width", width) << attribute("height", height)
      << " fill=\"#fff\"/>\n<g id=\"viewport\"><g id=\"graph0\" class=\"graph\">\n";
  if (!graph.legend.empty()) write_legend(graph, picture.legend, out);
  // Boxes and their text lie above lines.
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    write_edge(graph.edges[i], picture.edges[i], i + 1, out);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    write_node(graph.nodes[i], picture.nodes[i], out);
  }
  out << "</g></g>\n<script><![CDATA[" << kSvgScript << "]]></script>\n</svg>\n";
}

}  // namespace plumb
