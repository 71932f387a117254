// SPDX-License-Identifier: Apache-2.0
// What every layout must fulfil, and graphs to try it on.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "layout/layout.h"
#include "support/dice.h"

namespace plumb::test {

struct Rectangle {
  std::string name;
  double left, top, right, bottom;

  [[nodiscard]] bool overlaps(const Rectangle& other) const {
    constexpr double kRounding = 1e-6;
    return left + kRounding < other.right && other.left + kRounding < right &&
           top + kRounding < other.bottom && other.top + kRounding < bottom;
  }
  [[nodiscard]] bool contains(layout::Point p, double margin) const {
    return left + margin < p.x && p.x < right - margin && top + margin < p.y &&
           p.y < bottom - margin;
  }
  [[nodiscard]] bool has_on_border(layout::Point p) const {
    constexpr double kNear = 0.01;
    const bool is_beside = left - kNear <= p.x && p.x <= right + kNear;
    return is_beside && (std::abs(p.y - top) < kNear || std::abs(p.y - bottom) < kNear);
  }
};

inline Rectangle around(std::string name, layout::Point centre, double width, double height) {
  return {std::move(name), centre.x - width / 2, centre.y - height / 2, centre.x + width / 2,
          centre.y + height / 2};
}

inline std::vector<Rectangle> boxes_of(const layout::LayoutGraph& graph,
                                       const layout::Layout& result) {
  std::vector<Rectangle> boxes;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    boxes.push_back(around("node " + std::to_string(i), result.nodes[i], graph.nodes[i].width,
                           graph.nodes[i].height));
  }
  return boxes;
}

inline std::vector<Rectangle> labels_of(const layout::LayoutGraph& graph,
                                        const layout::Layout& result) {
  std::vector<Rectangle> labels;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const layout::LayoutEdge& edge = graph.edges[i];
    if (edge.label_width <= 0 || edge.from == edge.to) continue;
    labels.push_back(around("label " + std::to_string(i), result.edges[i].label, edge.label_width,
                            edge.label_height));
  }
  return labels;
}

/// The names of two rectangles that overlap, or nothing.
inline std::string find_overlap(std::vector<Rectangle> rectangles) {
  std::ranges::sort(rectangles, {}, &Rectangle::top);
  for (std::size_t i = 0; i < rectangles.size(); ++i) {
    for (std::size_t k = i + 1; k < rectangles.size(); ++k) {
      if (rectangles[k].top >= rectangles[i].bottom) break;
      if (rectangles[i].overlaps(rectangles[k])) {
        return rectangles[i].name + " and " + rectangles[k].name;
      }
    }
  }
  return "";
}

inline layout::Point point_on(const std::vector<layout::Point>& curve, std::size_t piece,
                              double t) {
  const layout::Point* const p = &curve[3 * piece];
  const double s = 1 - t;
  const double weights[] = {s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t};
  layout::Point out;
  for (int i = 0; i < 4; ++i) {
    out.x += weights[i] * p[i].x;
    out.y += weights[i] * p[i].y;
  }
  return out;
}

/// Finds the box at a point.
class BoxFinder {
 public:
  explicit BoxFinder(const std::vector<Rectangle>& boxes) : boxes_(boxes) {
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      for (auto x = cell(boxes[i].left); x <= cell(boxes[i].right); ++x) {
        for (auto y = cell(boxes[i].top); y <= cell(boxes[i].bottom); ++y) {
          cells_[{x, y}].push_back(i);
        }
      }
    }
  }

  /// The name of the box that `p` is well inside of, or nothing.
  [[nodiscard]] std::string at(layout::Point p) const {
    constexpr double kTouch = 1;
    const auto found = cells_.find({cell(p.x), cell(p.y)});
    if (found == cells_.end()) return "";
    for (const std::size_t i : found->second) {
      if (boxes_[i].contains(p, kTouch)) return boxes_[i].name;
    }
    return "";
  }

  /// The name of a box that the edge leads through, other than at its ends; or nothing.
  [[nodiscard]] std::string on(const layout::PlacedEdge& edge) const {
    for (std::size_t piece = 0; 3 * piece + 3 < edge.curve.size(); ++piece) {
      for (int step = 0; step <= 8; ++step) {
        std::string name = at(point_on(edge.curve, piece, step / 8.0));
        if (!name.empty()) return name;
      }
    }
    return "";
  }

 private:
  static std::int64_t cell(double at) { return static_cast<std::int64_t>(at / 200); }

  const std::vector<Rectangle>& boxes_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::size_t>> cells_;
};

/// Whether all edges have room of their own; not if the effort was short.
enum class Routed : bool { No, Yes };

inline void check_layout(const layout::LayoutGraph& graph, const layout::Layout& result,
                         Routed routed) {
  ASSERT_EQ(result.nodes.size(), graph.nodes.size());
  ASSERT_EQ(result.edges.size(), graph.edges.size());
  const std::vector<Rectangle> boxes = boxes_of(graph, result);
  std::vector<Rectangle> all = boxes;
  if (routed == Routed::Yes) {
    for (Rectangle& label : labels_of(graph, result)) all.push_back(std::move(label));
  }
  EXPECT_EQ(find_overlap(all), "");
  for (const Rectangle& r : all) {
    EXPECT_GE(r.left, -1e-6) << r.name;
    EXPECT_GE(r.top, -1e-6) << r.name;
    EXPECT_LE(r.right, result.width + 1e-6) << r.name;
    EXPECT_LE(r.bottom, result.height + 1e-6) << r.name;
  }
  const BoxFinder finder(boxes);
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const layout::LayoutEdge& edge = graph.edges[i];
    const layout::PlacedEdge& placed = result.edges[i];
    if (edge.from == edge.to) {
      EXPECT_TRUE(placed.curve.empty());
      continue;
    }
    ASSERT_EQ(placed.curve.size() % 3, 1U) << "edge " << i;
    ASSERT_GE(placed.curve.size(), 4U) << "edge " << i;
    EXPECT_TRUE(boxes[edge.from].has_on_border(placed.curve.front())) << "edge " << i;
    EXPECT_TRUE(boxes[edge.to].has_on_border(placed.arrow_tip)) << "edge " << i;
    const double direction = placed.arrow_tip.y > placed.curve.front().y ? 1 : -1;
    for (std::size_t k = 1; k < placed.curve.size(); ++k) {
      EXPECT_GE(direction * (placed.curve[k].y - placed.curve[k - 1].y), -1e-6) << "edge " << i;
    }
    if (routed == Routed::Yes) {
      EXPECT_EQ(finder.on(placed), "") << "edge " << i;
    }
  }
}

/// A graph as pprof's may be: boxes of all sizes, recursion, labels, several parts.
inline layout::LayoutGraph random_graph(std::uint32_t seed, std::uint32_t node_count,
                                        std::uint32_t edge_count) {
  Dice dice(seed);
  layout::LayoutGraph graph;
  for (std::uint32_t i = 0; i < node_count; ++i) {
    graph.nodes.push_back({20.0 + dice.below(150), 14.0 + dice.below(90)});
  }
  const bool has_labels = dice.chance(80);
  for (std::uint32_t i = 0; i < edge_count; ++i) {
    layout::LayoutEdge edge;
    edge.from = dice.below(node_count);
    edge.to = dice.below(node_count);
    if (edge.from > edge.to && dice.chance(90)) std::swap(edge.from, edge.to);
    edge.weight = dice.chance(20) ? 1 + static_cast<int>(dice.below(100)) : 1;
    if (has_labels && dice.chance(90)) {
      edge.label_width = 10.0 + dice.below(50);
      edge.label_height = dice.chance(20) ? 24 : 12;
    }
    if (dice.chance(10)) edge.min_length = 2;
    graph.edges.push_back(edge);
  }
  return graph;
}

}  // namespace plumb::test
