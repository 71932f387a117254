// SPDX-License-Identifier: Apache-2.0
// The language: https://graphviz.org/doc/info/lang.html. In labels \n ends a line that is centred
// and \l one that is flush left.

#include <string>
#include <string_view>

#include "report/dot.h"

namespace plumb {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\l";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (&line != &lines.front()) out += "\\n";
    out += escaped(line);
  }
  return out;
}

std::string hex(Colour colour) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "#";
  for (const std::uint8_t channel : {colour.red, colour.green, colour.blue}) {
    out += kDigits[channel >> 4];
    out += kDigits[channel & 0xF];
  }
  return out;
}

std::string legend_text(const DrawnGraph& graph) {
  if (graph.legend.empty()) return {};
  std::string text = "subgraph cluster_L { \"" + escaped(graph.legend.front()) +
                     "\" [shape=box fontsize=16 label=\"";
  for (const std::string& line : graph.legend) text += escaped(line) + "\\l";
  text += '"';
  if (!graph.legend_url.empty()) {
    text += " URL=\"" + escaped(graph.legend_url) + "\" target=\"_blank\"";
  }
  if (!graph.title.empty()) text += " tooltip=\"" + escaped(graph.title) + '"';
  return text + "] }\n";
}

std::string node_text(const DrawnNode& node) {
  return node.name + " [label=\"" + joined(node.lines) + "\" id=\"" + node.id +
         "\" fontsize=" + std::to_string(node.font_size) + " shape=box tooltip=\"" +
         escaped(node.tooltip) + "\" color=\"" + hex(node.line_colour) + "\" fillcolor=\"" +
         hex(node.fill_colour) + "\"]\n";
}

// The box of a label and the arrow to it.
std::string tag_text(const DrawnGraph& graph, const DrawnNode& node, const DrawnEdge& edge) {
  const std::string tooltip = escaped(edge.tooltip);
  return node.name + " [label = \"" + joined(node.lines) + "\" id=\"" + node.id +
         "\" fontsize=" + std::to_string(node.font_size) + " shape=box3d tooltip=\"" +
         escaped(node.tooltip) + "\"]\n" + graph.nodes[edge.from].name + " -> " + node.name +
         " [label=\"" + joined(edge.lines) + "\" weight=" + std::to_string(edge.weight) +
         " tooltip=\"" + tooltip + "\" labeltooltip=\"" + tooltip + '"' +
         (edge.is_dotted ? " style=\"dotted\"" : "") + "]\n";
}

std::string edge_text(const DrawnGraph& graph, const DrawnEdge& edge) {
  std::string text = graph.nodes[edge.from].name + " -> " + graph.nodes[edge.to].name +
                     " [label=\"" + joined(edge.lines) + '"';
  if (edge.weight > 1) text += " weight=" + std::to_string(edge.weight);
  if (edge.pen_width > 1) text += " penwidth=" + std::to_string(edge.pen_width);
  if (edge.colour != kBlack) text += " color=\"" + hex(edge.colour) + '"';
  const std::string tooltip = escaped(edge.tooltip);
  text += " tooltip=\"" + tooltip + "\" labeltooltip=\"" + tooltip + '"';
  if (edge.is_dotted) text += " style=\"dotted\"";
  if (edge.min_length > 1) text += " minlen=" + std::to_string(edge.min_length);
  return text + "]\n";
}

}  // namespace

void render_dot_text(const DrawnGraph& graph, Writer& out) {
  out << "digraph \"" << (graph.title.empty() ? "unnamed" : escaped(graph.title)) << "\" {\n";
  out << "node [style=filled fillcolor=\"" << hex(kDefaultFill) << "\"]\n";
  out << legend_text(graph);
  std::size_t next_edge = 0;  // Each label has one edge, in the order of labels.
  for (const DrawnNode& node : graph.nodes) {
    out << (node.shape == DrawnShape::Box ? node_text(node)
                                          : tag_text(graph, node, graph.edges[next_edge++]));
  }
  for (; next_edge < graph.edges.size(); ++next_edge)
    out << edge_text(graph, graph.edges[next_edge]);
  out << "}\n";
}

}  // namespace plumb
