// SPDX-License-Identifier: Apache-2.0
#include "layout/parts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plumb::layout {
namespace {

// Outlines are kept for bands this high, or higher so that the tallest part has so many.
constexpr double kLeastBand = 8;
constexpr double kMostBands = 1000;

// How far a part reaches to the left and to the right, by band.
struct Outline {
  Outline(double height, double height_of_band)
      : band_height(height_of_band),
        left(static_cast<std::size_t>(height / height_of_band) + 1, INFINITY),
        right(left.size(), -INFINITY) {}

  double band_height;
  std::vector<double> left;
  std::vector<double> right;

  void add(double x0, double x1, double y0, double y1) {
    const auto first = static_cast<std::size_t>(std::max(0.0, y0 / band_height));
    const auto last = static_cast<std::size_t>(std::max(0.0, y1 / band_height));
    for (std::size_t band = first; band <= last && band < left.size(); ++band) {
      left[band] = std::min(left[band], x0);
      right[band] = std::max(right[band], x1);
    }
  }
};

Outline outline_of(const Layout& layout, const LayoutGraph& graph, double band_height) {
  Outline out(layout.height, band_height);
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    const Point p = layout.nodes[i];
    const double w = graph.nodes[i].width / 2;
    const double h = graph.nodes[i].height / 2;
    out.add(p.x - w, p.x + w, p.y - h, p.y + h);
  }
  for (std::size_t i = 0; i < layout.edges.size(); ++i) {
    const std::vector<Point>& curve = layout.edges[i].curve;
    for (std::size_t k = 0; k + 3 < curve.size(); k += 3) {
      const auto [x0, x1] =
          std::minmax({curve[k].x, curve[k + 1].x, curve[k + 2].x, curve[k + 3].x});
      const auto [y0, y1] =
          std::minmax({curve[k].y, curve[k + 1].y, curve[k + 2].y, curve[k + 3].y});
      out.add(x0, x1, y0, y1);
    }
    const LayoutEdge& edge = graph.edges[i];
    const Point p = layout.edges[i].label;
    if (edge.label_width <= 0) continue;
    out.add(p.x - edge.label_width / 2, p.x + edge.label_width / 2, p.y - edge.label_height / 2,
            p.y + edge.label_height / 2);
  }
  return out;
}

// Parts beside each other.
class Shelf {
 public:
  Shelf(double gap, double band_height)
      : gap_(gap), reach_(static_cast<std::size_t>(std::ceil(gap / band_height))) {}

  /// The smallest x at which `outline` is clear of everything that stands here.
  [[nodiscard]] double find_place(const Outline& outline) const {
    double x = 0;
    for (std::size_t band = 0; band < outline.left.size(); ++band) {
      if (!std::isfinite(outline.left[band])) continue;
      const std::size_t first = band > reach_ ? band - reach_ : 0;
      for (std::size_t other = first; other <= band + reach_ && other < right_.size(); ++other) {
        x = std::max(x, right_[other] + gap_ - outline.left[band]);
      }
    }
    return x;
  }

  void add(const Outline& outline, double x) {
    right_.resize(std::max(right_.size(), outline.right.size()), -INFINITY);
    for (std::size_t band = 0; band < outline.right.size(); ++band) {
      right_[band] = std::max(right_[band], x + outline.right[band]);
    }
  }

 private:
  double gap_;
  std::size_t reach_;  // Bands within the gap.
  std::vector<double> right_;
};

std::uint32_t find_root(std::vector<std::uint32_t>& parents, std::uint32_t node) {
  while (parents[node] != node) {
    parents[node] = parents[parents[node]];
    node = parents[node];
  }
  return node;
}

}  // namespace

std::vector<Part> split_parts(const LayoutGraph& graph) {
  std::vector<std::uint32_t> parents(graph.nodes.size());
  std::iota(parents.begin(), parents.end(), 0U);
  for (const LayoutEdge& edge : graph.edges) {
    const std::uint32_t a = find_root(parents, edge.from);
    const std::uint32_t b = find_root(parents, edge.to);
    parents[std::max(a, b)] = std::min(a, b);
  }
  std::vector<Part> parts;
  std::vector<std::uint32_t> part_of(graph.nodes.size());
  std::vector<std::uint32_t> place_of(graph.nodes.size());  // In its part.
  for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
    const std::uint32_t root = find_root(parents, node);
    if (root == node) {
      part_of[node] = static_cast<std::uint32_t>(parts.size());
      parts.emplace_back();
    }
    part_of[node] = part_of[root];
    Part& part = parts[part_of[node]];
    place_of[node] = static_cast<std::uint32_t>(part.nodes.size());
    part.nodes.push_back(node);
    part.graph.nodes.push_back(graph.nodes[node]);
  }
  for (std::uint32_t i = 0; i < graph.edges.size(); ++i) {
    LayoutEdge edge = graph.edges[i];
    if (edge.from == edge.to) continue;
    Part& part = parts[part_of[edge.from]];
    edge.from = place_of[edge.from];
    edge.to = place_of[edge.to];
    part.edges.push_back(i);
    part.graph.edges.push_back(edge);
  }
  return parts;
}

std::vector<Point> pack(const std::vector<Layout>& layouts, const std::vector<Part>& parts,
                        double gap) {
  if (layouts.size() == 1) return {{0, 0}};
  constexpr double kAspect = 1.6;
  double area = 0;
  double widest = 0;
  double tallest = 0;
  for (const Layout& layout : layouts) {
    tallest = std::max(tallest, layout.height);
    area += (layout.width + gap) * (layout.height + gap);
    widest = std::max(widest, layout.width);
  }
  const double row_width = std::max(widest * 1.25, std::sqrt(area * kAspect));
  std::vector<Point> corners;
  double y = 0;
  double height = 0;
  const double band_height = std::max(kLeastBand, tallest / kMostBands);
  Shelf shelf(gap, band_height);
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const Outline outline = outline_of(layouts[i], parts[i].graph, band_height);
    double x = shelf.find_place(outline);
    if (x > 0 && x + layouts[i].width > row_width) {
      y += height + gap;
      height = 0;
      x = 0;
      shelf = Shelf(gap, band_height);
    }
    shelf.add(outline, x);
    height = std::max(height, layouts[i].height);
    corners.push_back({x, y});
  }
  return corners;
}

}  // namespace plumb::layout
