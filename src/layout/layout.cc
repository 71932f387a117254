// SPDX-License-Identifier: Apache-2.0
#include "layout/layout.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "layout/columns.h"
#include "layout/crossings.h"
#include "layout/curves.h"
#include "layout/layers.h"
#include "layout/orientation.h"
#include "layout/parts.h"
#include "layout/ranks.h"
#include "layout/rows.h"

namespace plumb::layout {
namespace {

constexpr double kLongest = 100'000;  // Points; no box nor label is larger.

double usable_length(double length) {
  return std::isfinite(length) ? std::clamp(length, 0.0, kLongest) : 0;
}

// The graph with all numbers in their ranges.
LayoutGraph make_usable(LayoutGraph graph) {
  for (LayoutNode& node : graph.nodes) {
    node.width = usable_length(node.width);
    node.height = usable_length(node.height);
  }
  for (LayoutEdge& edge : graph.edges) {
    edge.label_width = usable_length(edge.label_width);
    edge.label_height = edge.label_width == 0 ? 0 : usable_length(edge.label_height);
    edge.arrow_length = usable_length(edge.arrow_length);
    edge.weight = std::clamp(edge.weight, 0, 1000);
    edge.min_length = std::clamp(edge.min_length, 1, 16);
  }
  return graph;
}

LayoutOptions make_usable(LayoutOptions options) {
  options.node_gap = std::max(usable_length(options.node_gap), 1.0);
  options.edge_gap = std::max(usable_length(options.edge_gap), 1.0);
  options.rank_gap = std::max(usable_length(options.rank_gap), 1.0);
  options.part_gap = std::max(usable_length(options.part_gap), 1.0);
  return options;
}

// Runs one step of a layout on a share of what is left of the effort.
template <typename Step>
auto with_share(Effort& effort, std::uint64_t percent, const Step& step) {
  const std::uint64_t share = effort.left() / 100 * percent;
  Effort own(share);
  auto out = step(own);
  effort.spend(share - own.left());
  return out;
}

// The corners of everything drawn.
struct Bounds {
  Point low{INFINITY, INFINITY};
  Point high{-INFINITY, -INFINITY};

  void add(Point centre, double width, double height) {
    low.x = std::min(low.x, centre.x - width / 2);
    low.y = std::min(low.y, centre.y - height / 2);
    high.x = std::max(high.x, centre.x + width / 2);
    high.y = std::max(high.y, centre.y + height / 2);
  }
};

void move_by(Layout& layout, double x, double y) {
  const auto move = [x, y](Point& p) { p = {p.x + x, p.y + y}; };
  std::ranges::for_each(layout.nodes, move);
  for (PlacedEdge& edge : layout.edges) {
    std::ranges::for_each(edge.curve, move);
    move(edge.arrow_tip);
    move(edge.label);
  }
}

// Moves everything so that it begins at (0, 0), and notes the size.
void trim_to_content(Layout& layout, const LayoutGraph& graph) {
  Bounds bounds;
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    bounds.add(layout.nodes[i], graph.nodes[i].width, graph.nodes[i].height);
  }
  for (std::size_t i = 0; i < layout.edges.size(); ++i) {
    const PlacedEdge& edge = layout.edges[i];
    for (const Point p : edge.curve) bounds.add(p, 0, 0);
    if (graph.edges[i].label_width == 0 || edge.curve.empty()) continue;
    bounds.add(edge.label, graph.edges[i].label_width, graph.edges[i].label_height);
  }
  move_by(layout, -bounds.low.x, -bounds.low.y);
  layout.width = bounds.high.x - bounds.low.x;
  layout.height = bounds.high.y - bounds.low.y;
}

// Lays out a connected graph.
Layout lay_out_part(const LayoutGraph& graph, const LayoutOptions& options, Effort& effort) {
  // Slots cost a few hundred looks each. A graph that may have no more has its longest edges drawn
  // straight.
  constexpr std::uint64_t kEffortPerSlot = 1000;
  const auto turned = find_turned_edges(graph.nodes.size(), graph.edges);
  const std::vector<int> ranks = with_share(effort, 30, [&](Effort& own) {
    return assign_ranks(graph.nodes.size(), graph.edges, turned, own);
  });
  Layers layers = Layers::build(graph, ranks, turned, effort.left() / kEffortPerSlot);
  with_share(effort, 50, [&](Effort& own) {
    order_layers(layers, own);
    return 0;
  });
  const Ports ports = place_ports(layers);
  const std::vector<double> x = place_slots(graph, layers, ports, options, effort);
  const std::vector<Row> rows = place_rows(layers, ports, x, options);
  Layout layout;
  layout.edges = draw_edges(graph, {layers, ports, x, rows}, turned, options);
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    layout.nodes.push_back({x[node], rows[layers.slots[node].layer].middle()});
  }
  trim_to_content(layout, graph);
  return layout;
}

}  // namespace

Layout lay_out(const LayoutGraph& graph, const LayoutOptions& options) {
  Layout out;
  if (graph.nodes.empty()) return out;
  const LayoutOptions usable_options = make_usable(options);
  const std::vector<Part> parts = split_parts(make_usable(graph));
  const std::uint64_t size = graph.nodes.size() + graph.edges.size();
  std::vector<Layout> layouts;
  for (const Part& part : parts) {
    Effort effort(options.effort / size * (part.nodes.size() + part.edges.size()));
    layouts.push_back(lay_out_part(part.graph, usable_options, effort));
  }
  const std::vector<Point> corners = pack(layouts, parts, usable_options.part_gap);
  out.nodes.resize(graph.nodes.size());
  out.edges.resize(graph.edges.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Layout& layout = layouts[i];
    move_by(layout, corners[i].x, corners[i].y);
    out.width = std::max(out.width, corners[i].x + layout.width);
    out.height = std::max(out.height, corners[i].y + layout.height);
    for (std::size_t k = 0; k < layout.nodes.size(); ++k) {
      out.nodes[parts[i].nodes[k]] = layout.nodes[k];
    }
    for (std::size_t k = 0; k < layout.edges.size(); ++k) {
      out.edges[parts[i].edges[k]] = std::move(layout.edges[k]);
    }
  }
  return out;
}

}  // namespace plumb::layout
