// SPDX-License-Identifier: Apache-2.0
#include "layout/alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace plumb::layout {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Of segments sorted by their upper end, the longest choice whose lower ends rise as well.
std::vector<std::uint32_t> longest_rising(const Layers& layers,
                                          const std::vector<std::uint32_t>& segments) {
  const auto lower = [&](std::uint32_t i) {
    return layers.slots[layers.segments[segments[i]].lower].position;
  };
  std::vector<std::uint32_t> tails;  // Index of the last one of the best choice of each length.
  std::vector<std::uint32_t> before(segments.size(), kNone);
  for (std::uint32_t i = 0; i < segments.size(); ++i) {
    const auto place = std::ranges::lower_bound(tails, lower(i), {}, lower);
    if (place != tails.begin()) before[i] = *(place - 1);
    if (place == tails.end()) {
      tails.push_back(i);
    } else {
      *place = i;
    }
  }
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t i = tails.empty() ? kNone : tails.back(); i != kNone; i = before[i]) {
    chosen.push_back(segments[i]);
  }
  return chosen;
}

// By segment: it crosses a straight one, which has the right of way.
std::vector<bool> find_blocked_segments(const Layers& layers, const std::vector<bool>& straight) {
  std::vector<bool> blocked(layers.segments.size());
  std::vector<std::uint32_t> before_upper;  // Straight segments left of each place.
  std::vector<std::uint32_t> before_lower;
  for (std::uint32_t layer = 0; layer + 1 < layers.layers.size(); ++layer) {
    before_upper.assign(layers.layers[layer].size() + 1, 0);
    before_lower.assign(layers.layers[layer + 1].size() + 1, 0);
    const auto each_segment = [&](const auto& visit) {
      for (const std::uint32_t slot : layers.layers[layer]) {
        for (const std::uint32_t i : layers.below(slot)) {
          const Segment& segment = layers.segments[i];
          visit(i, layers.slots[segment.upper].position, layers.slots[segment.lower].position);
        }
      }
    };
    each_segment([&](std::uint32_t i, std::uint32_t upper, std::uint32_t lower) {
      if (!straight[i]) return;
      ++before_upper[upper + 1];
      ++before_lower[lower + 1];
    });
    std::partial_sum(before_upper.begin(), before_upper.end(), before_upper.begin());
    std::partial_sum(before_lower.begin(), before_lower.end(), before_lower.begin());
    each_segment([&](std::uint32_t i, std::uint32_t upper, std::uint32_t lower) {
      if (!straight[i]) blocked[i] = before_upper[upper] != before_lower[lower];
    });
  }
  return blocked;
}

struct Direction {
  bool is_down;   // Slots align with those above them, else with those below.
  bool is_right;  // Of two middle neighbours the left one is tried first.
};

// By slot: the slot that stands for its block, the slots that get the same x.
std::vector<std::uint32_t> find_blocks(const Layers& layers, const std::vector<bool>& blocked,
                                       Direction direction) {
  std::vector<std::uint32_t> roots(layers.slots.size());
  std::iota(roots.begin(), roots.end(), 0U);
  struct Neighbour {
    std::uint32_t position;
    std::uint32_t slot;
    std::uint32_t segment;
  };
  std::vector<Neighbour> neighbours;
  const std::size_t count = layers.layers.size();
  for (std::size_t step = 1; step < count; ++step) {
    const auto& layer = layers.layers[direction.is_down ? step : count - 1 - step];
    std::int64_t limit = direction.is_right ? -1 : INT64_MAX;  // Blocks must not cross.
    for (std::size_t k = 0; k < layer.size(); ++k) {
      const std::uint32_t slot = layer[direction.is_right ? k : layer.size() - 1 - k];
      neighbours.clear();
      for (const std::uint32_t i : direction.is_down ? layers.above(slot) : layers.below(slot)) {
        const Segment& segment = layers.segments[i];
        const std::uint32_t other = direction.is_down ? segment.upper : segment.lower;
        neighbours.push_back({layers.slots[other].position, other, i});
      }
      if (neighbours.empty()) continue;
      std::ranges::sort(neighbours, [](const Neighbour& a, const Neighbour& b) {
        return std::pair(a.position, a.segment) < std::pair(b.position, b.segment);
      });
      std::array middles = {(neighbours.size() - 1) / 2, neighbours.size() / 2};
      if (!direction.is_right) std::swap(middles[0], middles[1]);
      for (const std::size_t middle : middles) {
        const Neighbour& n = neighbours[middle];
        const bool is_free = direction.is_right ? n.position > limit : n.position < limit;
        if (blocked[n.segment] || !is_free) continue;
        roots[slot] = roots[n.slot];
        limit = n.position;
        break;
      }
    }
  }
  return roots;
}

// Two blocks next to each other somewhere.
struct Neighbours {
  std::uint32_t left;
  std::uint32_t right;
  std::int64_t distance;
};

// Blocks as far to one side as they can be; then each moves back towards its neighbour.
class Compaction {
 public:
  Compaction(const Layers& layers, const Distances& distances,
             const std::vector<std::uint32_t>& roots)
      : roots_(roots) {
    for (const auto& layer : layers.layers) {
      for (std::size_t i = 1; i < layer.size(); ++i) {
        pairs_.push_back(
            {roots[layer[i - 1]], roots[layer[i]], distances.between(layer[i - 1], layer[i])});
      }
    }
    index_pairs();
    sort_blocks();
  }

  std::vector<std::int64_t> run(bool to_left) {
    std::vector<std::int64_t> x(roots_.size());
    push(x, to_left, false);
    push(x, !to_left, true);
    for (std::size_t slot = 0; slot < x.size(); ++slot) x[slot] = x[roots_[slot]];
    return x;
  }

 private:
  void index_pairs() {
    starts_.assign(roots_.size() + 1, 0);
    for (const Neighbours& pair : pairs_) ++starts_[pair.left + 1];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    by_left_.resize(pairs_.size());
    std::vector<std::uint32_t> ends(starts_.begin(), starts_.end() - 1);
    for (std::uint32_t i = 0; i < pairs_.size(); ++i) by_left_[ends[pairs_[i].left]++] = i;
  }

  // Blocks after everything left of them.
  void sort_blocks() {
    std::vector<std::uint32_t> waits(roots_.size());
    for (const Neighbours& pair : pairs_) ++waits[pair.right];
    for (std::uint32_t block = 0; block < roots_.size(); ++block) {
      if (roots_[block] == block && waits[block] == 0) sorted_.push_back(block);
    }
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
      for (std::uint32_t k = starts_[sorted_[i]]; k < starts_[sorted_[i] + 1]; ++k) {
        const std::uint32_t right = pairs_[by_left_[k]].right;
        if (--waits[right] == 0) sorted_.push_back(right);
      }
    }
  }

  // Sets blocks beside those that stand on their left side (or right side). `only_away`: blocks
  // without such neighbours stay, and none moves the other way.
  void push(std::vector<std::int64_t>& x, bool to_left, bool only_away) {
    constexpr std::int64_t kFree = INT64_MAX;
    std::vector<std::int64_t> bounds(x.size(), kFree);  // Times -1 if towards the right.
    const std::int64_t sign = to_left ? -1 : 1;
    const auto settle = [&](std::uint32_t block) {
      // bounds is the smallest of sign * (neighbour + distance): nearest to the neighbours.
      if (bounds[block] == kFree) return;
      const std::int64_t bound = sign * bounds[block];
      const bool is_better = to_left ? bound < x[block] : bound > x[block];
      if (!only_away || is_better) x[block] = bound;
    };
    const auto visit = [&](const Neighbours& pair) {
      if (to_left) {
        bounds[pair.right] = std::min(bounds[pair.right], -(x[pair.left] + pair.distance));
      } else {
        bounds[pair.left] = std::min(bounds[pair.left], x[pair.right] - pair.distance);
      }
    };
    if (to_left) {
      for (const std::uint32_t block : sorted_) {
        settle(block);
        for (std::uint32_t k = starts_[block]; k < starts_[block + 1]; ++k) {
          visit(pairs_[by_left_[k]]);
        }
      }
      return;
    }
    for (std::size_t i = sorted_.size(); i-- > 0;) {
      const std::uint32_t block = sorted_[i];
      for (std::uint32_t k = starts_[block]; k < starts_[block + 1]; ++k) {
        visit(pairs_[by_left_[k]]);
      }
      settle(block);
    }
  }

  const std::vector<std::uint32_t>& roots_;
  std::vector<Neighbours> pairs_;
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> by_left_;
  std::vector<std::uint32_t> sorted_;
};

struct Alignment {
  std::vector<std::int64_t> x;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool to_left = false;
};

}  // namespace

std::vector<bool> find_straight_segments(const Layers& layers) {
  std::vector<bool> straight(layers.segments.size());
  std::vector<std::uint32_t> inner;
  for (const auto& layer : layers.layers) {
    inner.clear();
    for (const std::uint32_t slot : layer) {
      if (layers.slots[slot].is_node()) continue;
      const std::uint32_t segment = layers.below(slot).front();
      if (layers.is_inner(layers.segments[segment])) inner.push_back(segment);
    }
    for (const std::uint32_t segment : longest_rising(layers, inner)) straight[segment] = true;
  }
  return straight;
}

Distances::Distances(const Layers& layers, const LayoutOptions& options)
    : layers_(layers), node_gap_(options.node_gap), edge_gap_(options.edge_gap) {}

std::int64_t Distances::between(std::uint32_t left, std::uint32_t right) const {
  const Slot& a = layers_.slots[left];
  const Slot& b = layers_.slots[right];
  const double gap = a.is_node() && b.is_node() ? node_gap_ : edge_gap_;
  return static_cast<std::int64_t>(std::ceil(a.right + b.left + gap));
}

std::vector<std::int64_t> align_slots(const Layers& layers, const std::vector<bool>& straight,
                                      const Distances& distances) {
  const std::vector<bool> blocked = find_blocked_segments(layers, straight);
  constexpr std::array kDirections = {Direction{true, true}, Direction{true, false},
                                      Direction{false, true}, Direction{false, false}};
  std::vector<Alignment> alignments;
  for (const Direction direction : kDirections) {
    const auto roots = find_blocks(layers, blocked, direction);
    Alignment alignment;
    alignment.to_left = direction.is_right;
    alignment.x = Compaction(layers, distances, roots).run(alignment.to_left);
    const auto [least, most] = std::ranges::minmax_element(alignment.x);
    alignment.least = *least;
    alignment.most = *most;
    alignments.push_back(std::move(alignment));
  }
  const Alignment& narrowest = *std::ranges::min_element(
      alignments, {}, [](const Alignment& a) { return a.most - a.least; });
  std::array<std::int64_t, kDirections.size()> shifts{};
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    const Alignment& a = alignments[i];
    shifts[i] = a.to_left ? narrowest.least - a.least : narrowest.most - a.most;
  }
  // The mean of the two middle ones keeps all distances that each of the four keeps.
  std::vector<std::int64_t> x(layers.slots.size());
  for (std::size_t slot = 0; slot < x.size(); ++slot) {
    std::array<std::int64_t, kDirections.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = alignments[i].x[slot] + shifts[i];
    std::ranges::sort(all);
    x[slot] = (all[1] + all[2]) >> 1;
  }
  return x;
}

}  // namespace plumb::layout
