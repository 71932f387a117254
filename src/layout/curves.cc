// SPDX-License-Identifier: Apache-2.0
// An edge leads down through gates: at the top and the bottom of each layer it passes, what is free
// between its neighbours there. The shortest path through the gates is a chain of straight lines
// (a taut string); a curve is laid through its corners, and through more of its points until it
// stays inside all gates. The curve is x as a function of y, piecewise cubic and monotone between
// its points, so that it never swings out.
//
// Source of the curve: Fritsch and Carlson, "Monotone Piecewise Cubic Interpolation" (1980).

#include "layout/curves.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace plumb::layout {
namespace {

struct Gate {
  double y = 0;
  double left = 0;
  double right = 0;
};

double distance(Point a, Point b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

Point between(Point a, Point b, double t) {
  return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

class GateFinder {
 public:
  GateFinder(const PlacedLayers& placed, const LayoutOptions& options)
      : placed_(placed), options_(options) {}

  /// What lies free around `slot` between its neighbours.
  [[nodiscard]] Gate around(std::uint32_t slot) const {
    const Layers& layers = placed_.layers;
    const Slot& own = layers.slots[slot];
    const auto& layer = layers.layers[own.layer];
    const double x = placed_.x[slot];
    Gate gate{0, x - kFarAway, x + kFarAway};
    // Past other edges up to a box or a label, to which each of them leaves room for the next.
    double clearance = options_.edge_gap * kClearance;
    for (std::uint32_t i = own.position; i-- > 0; clearance += options_.edge_gap * kNext) {
      const std::uint32_t other = layer[i];
      if (is_passed(other, own.position - i)) continue;
      gate.left = std::min(x, placed_.x[other] + layers.slots[other].right + clearance);
      break;
    }
    clearance = options_.edge_gap * kClearance;
    for (std::uint32_t i = own.position + 1; i < layer.size();
         ++i, clearance += options_.edge_gap * kNext) {
      const std::uint32_t other = layer[i];
      if (is_passed(other, i - own.position)) continue;
      gate.right = std::max(x, placed_.x[other] - layers.slots[other].left - clearance);
      break;
    }
    if (own.kind == SlotKind::Label) {
      gate.left = std::max(gate.left, x - own.height);  // It stays near, but need not be steep.
      gate.right = x;
    }
    return gate;
  }

 private:
  static constexpr double kFarAway = 4000;
  static constexpr std::uint32_t kMostPassed = 40;

  static constexpr double kClearance = 0.75;  // Of the gap between edges.
  static constexpr double kNext = 0.5;

  [[nodiscard]] bool is_passed(std::uint32_t other, std::uint32_t how_far) const {
    return placed_.layers.slots[other].kind == SlotKind::Bend && how_far < kMostPassed;
  }

  const PlacedLayers& placed_;
  const LayoutOptions& options_;
};

// The shortest way from the first gate to the last, as x at each gate. The first and the last gate
// are points.
std::vector<double> pull_taut(const std::vector<Gate>& gates) {
  std::vector<double> x(gates.size());
  std::size_t corner = 0;
  x[0] = gates[0].left;
  while (corner + 1 < gates.size()) {
    // What can be seen from the corner: slopes between `left` and `right`, which the gates
    // `left_gate` and `right_gate` allow.
    double left = -INFINITY;
    double right = INFINITY;
    std::size_t left_gate = corner;
    std::size_t right_gate = corner;
    std::size_t next = gates.size() - 1;
    bool turns_left = true;
    for (std::size_t i = corner + 1; i < gates.size(); ++i) {
      const double way = gates[i].y - gates[corner].y;
      const double gate_left = (gates[i].left - x[corner]) / way;
      const double gate_right = (gates[i].right - x[corner]) / way;
      if (gate_left > right) {
        next = right_gate;
        turns_left = false;
        break;
      }
      if (gate_right < left) {
        next = left_gate;
        break;
      }
      if (gate_left >= left) {
        left = gate_left;
        left_gate = i;
      }
      if (gate_right <= right) {
        right = gate_right;
        right_gate = i;
      }
    }
    x[next] = turns_left ? gates[next].left : gates[next].right;
    for (std::size_t i = corner + 1; i < next; ++i) {
      const double t = (gates[i].y - gates[corner].y) / (gates[next].y - gates[corner].y);
      x[i] = x[corner] + (x[next] - x[corner]) * t;
    }
    corner = next;
  }
  return x;
}

// x as a smooth function of y through points of the taut string.
class MonotoneCurve {
 public:
  explicit MonotoneCurve(std::vector<Point> points) : points_(std::move(points)) {
    const std::size_t last = points_.size() - 1;
    slopes_.resize(points_.size());
    std::vector<double> secants(last);
    for (std::size_t i = 0; i < last; ++i) {
      secants[i] = (points_[i + 1].x - points_[i].x) / (points_[i + 1].y - points_[i].y);
    }
    slopes_[0] = secants[0];
    slopes_[last] = secants[last - 1];
    for (std::size_t i = 1; i < last; ++i) {
      const double before = secants[i - 1];
      const double after = secants[i];
      if (before * after <= 0) continue;  // A turning point: vertical.
      const double length_before = points_[i].y - points_[i - 1].y;
      const double length_after = points_[i + 1].y - points_[i].y;
      const double weight_before = 2 * length_after + length_before;
      const double weight_after = length_after + 2 * length_before;
      slopes_[i] = (weight_before + weight_after) / (weight_before / before + weight_after / after);
    }
  }

  [[nodiscard]] double at(double y, std::size_t piece) const {
    const Point a = points_[piece];
    const Point b = points_[piece + 1];
    const double height = b.y - a.y;
    const double t = (y - a.y) / height;
    const double s = 1 - t;
    return s * s * (1 + 2 * t) * a.x + t * t * (1 + 2 * s) * b.x +
           height * t * s * (s * slopes_[piece] - t * slopes_[piece + 1]);
  }

  [[nodiscard]] std::vector<Point> bezier() const {
    std::vector<Point> out = {points_[0]};
    for (std::size_t i = 0; i + 1 < points_.size(); ++i) {
      const double third = (points_[i + 1].y - points_[i].y) / 3;
      out.push_back({points_[i].x + slopes_[i] * third, points_[i].y + third});
      out.push_back({points_[i + 1].x - slopes_[i + 1] * third, points_[i + 1].y - third});
      out.push_back(points_[i + 1]);
    }
    return out;
  }

 private:
  std::vector<Point> points_;
  std::vector<double> slopes_;
};

bool is_corner(const std::vector<Gate>& gates, const std::vector<double>& x, std::size_t i) {
  constexpr double kStraight = 1e-6;
  const double before = (x[i] - x[i - 1]) / (gates[i].y - gates[i - 1].y);
  const double after = (x[i + 1] - x[i]) / (gates[i + 1].y - gates[i].y);
  return std::abs(before - after) > kStraight;
}

// A curve through the corners of the string, and then through more of it until all gates are kept.
std::vector<Point> smooth(const std::vector<Gate>& gates, const std::vector<double>& x) {
  std::vector<std::size_t> used = {0};
  for (std::size_t i = 1; i + 1 < gates.size(); ++i) {
    if (is_corner(gates, x, i)) used.push_back(i);
  }
  used.push_back(gates.size() - 1);
  for (;;) {
    std::vector<Point> points;
    points.reserve(used.size());
    for (const std::size_t i : used) points.push_back({x[i], gates[i].y});
    const MonotoneCurve curve(std::move(points));
    std::vector<std::size_t> more;
    for (std::size_t piece = 0; piece + 1 < used.size(); ++piece) {
      constexpr double kTolerance = 0.5;
      more.push_back(used[piece]);
      double worst = kTolerance;
      std::size_t worst_gate = 0;
      for (std::size_t i = used[piece] + 1; i < used[piece + 1]; ++i) {
        const double at = curve.at(gates[i].y, piece);
        const double outside = std::max(gates[i].left - at, at - gates[i].right);
        if (outside > worst) {
          worst = outside;
          worst_gate = i;
        }
      }
      if (worst_gate != 0) more.push_back(worst_gate);
    }
    more.push_back(gates.size() - 1);
    if (more.size() == used.size()) return curve.bezier();
    used = std::move(more);
  }
}

// Cuts `curve` so that `length` is left between its end and its former end.
void cut_end(std::vector<Point>& curve, double length) {
  const Point tip = curve.back();
  while (curve.size() > 4 && distance(curve[curve.size() - 4], tip) < length) {
    curve.resize(curve.size() - 3);
  }
  Point* const p = &curve[curve.size() - 4];
  double low = 0;
  double high = 1;
  const auto split = [&p](double t, Point* left) {
    const Point ab = between(p[0], p[1], t);
    const Point bc = between(p[1], p[2], t);
    const Point cd = between(p[2], p[3], t);
    left[0] = ab;
    left[1] = between(ab, bc, t);
    left[2] = between(left[1], between(bc, cd, t), t);
  };
  Point left[3];
  constexpr int kSteps = 24;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    split(middle, left);
    (distance(left[2], tip) > length ? low : high) = middle;
  }
  split(low, left);
  std::ranges::copy(left, p + 1);
}

class EdgeDrawer {
 public:
  EdgeDrawer(const PlacedLayers& placed, const LayoutOptions& options)
      : placed_(placed), finder_(placed, options) {}

  PlacedEdge draw(const LayoutEdge& edge, std::uint32_t index, bool is_turned) {
    const Chain& chain = placed_.layers.chains[index];
    const std::uint32_t first_segment = placed_.layers.first_segments[index];
    PlacedEdge out;
    out.curve = chain.empty() ? draw_straight(edge, is_turned) : draw_chain(chain, first_segment);
    out.label = find_label(edge, chain, out.curve);
    if (is_turned) std::ranges::reverse(out.curve);
    out.arrow_tip = out.curve.back();
    cut_end(out.curve, edge.arrow_length);
    return out;
  }

 private:
  [[nodiscard]] double middle_of(std::uint32_t slot) const {
    return placed_.rows[placed_.layers.slots[slot].layer].middle();
  }

  // From the bottom of the upper node to the top of the lower.
  std::vector<Point> draw_chain(const Chain& chain, std::size_t first_segment) {
    const Layers& layers = placed_.layers;
    gates_.clear();
    constexpr double kSame = 0.01;
    const auto add = [this](Gate gate, double y) {
      gate.y = y;
      if (gates_.empty() || y > gates_.back().y + kSame) gates_.push_back(gate);
    };
    const std::size_t last_segment = first_segment + chain.size() - 2;
    const double from = placed_.x[chain.front()] + placed_.ports.upper[first_segment];
    const double to = placed_.x[chain.back()] + placed_.ports.lower[last_segment];
    add({0, from, from}, middle_of(chain.front()) + layers.slots[chain.front()].height / 2);
    add(finder_.around(chain.front()), row_of(chain.front()).bottom);
    for (std::size_t i = 1; i + 1 < chain.size(); ++i) {
      const Gate gate = finder_.around(chain[i]);
      add(gate, row_of(chain[i]).top);
      add(gate, row_of(chain[i]).bottom);
    }
    const double end = middle_of(chain.back()) - layers.slots[chain.back()].height / 2;
    if (row_of(chain.back()).top + kSame < end)
      add(finder_.around(chain.back()), row_of(chain.back()).top);
    add({0, to, to}, end);
    return smooth(gates_, pull_taut(gates_));
  }

  // An edge that the budget of slots left out: past whatever is in its way.
  [[nodiscard]] std::vector<Point> draw_straight(const LayoutEdge& edge, bool is_turned) const {
    const std::uint32_t upper = is_turned ? edge.to : edge.from;
    const std::uint32_t lower = is_turned ? edge.from : edge.to;
    const auto& slots = placed_.layers.slots;
    const Point from = {placed_.x[upper], middle_of(upper) + slots[upper].height / 2};
    const Point to = {placed_.x[lower], middle_of(lower) - slots[lower].height / 2};
    return {from, between(from, to, 1.0 / 3), between(from, to, 2.0 / 3), to};
  }

  [[nodiscard]] Point find_label(const LayoutEdge& edge, const Chain& chain,
                                 const std::vector<Point>& curve) const {
    for (const std::uint32_t slot : chain) {
      if (placed_.layers.slots[slot].kind != SlotKind::Label) continue;
      return {placed_.x[slot] + edge.label_width / 2, middle_of(slot)};
    }
    const Point middle = between(curve.front(), curve.back(), 0.5);
    return {middle.x + edge.label_width / 2, middle.y};
  }

  [[nodiscard]] const Row& row_of(std::uint32_t slot) const {
    return placed_.rows[placed_.layers.slots[slot].layer];
  }

  const PlacedLayers& placed_;
  GateFinder finder_;
  std::vector<Gate> gates_;
};

}  // namespace

std::vector<PlacedEdge> draw_edges(const LayoutGraph& graph, const PlacedLayers& placed,
                                   const std::vector<bool>& turned, const LayoutOptions& options) {
  EdgeDrawer drawer(placed, options);
  std::vector<PlacedEdge> out;
  out.reserve(graph.edges.size());
  for (std::uint32_t i = 0; i < graph.edges.size(); ++i) {
    out.push_back(drawer.draw(graph.edges[i], i, turned[i]));
  }
  return out;
}

}  // namespace plumb::layout
