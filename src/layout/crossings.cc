// SPDX-License-Identifier: Apache-2.0
// Source: Gansner et al. (see layout.h), section 3; counting as in Barth, Juenger, Mutzel, "Simple
// and Efficient Bilayer Cross Counting" (2002).

#include "layout/crossings.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace plumb::layout {
namespace {

// A segment as seen from one of its ends.
struct Link {
  std::uint32_t slot;    // The other end.
  std::uint32_t weight;  // What crossing it costs, times what the other costs.
};

// A number of the neighbouring layer and the weight of the segment that leads there.
struct End {
  std::uint32_t position;
  std::uint32_t weight;
};

enum class Side : std::uint8_t { Above, Below };

// The same numbers on every machine: Knuth's MMIX generator, its upper bits.
class Shuffler {
 public:
  explicit Shuffler(std::uint64_t seed) : state_(seed) {}

  std::uint32_t below(std::uint32_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(((state_ >> 33U) * limit) >> 31U);
  }

 private:
  std::uint64_t state_;
};

using Order = std::vector<std::vector<std::uint32_t>>;

class Ordering {
 public:
  Ordering(const Layers& layers, Effort& effort);

  std::uint64_t count();
  /// Orders `start` well; returns the crossings of the outcome, which order() then has.
  std::uint64_t improve(Order start);
  [[nodiscard]] const Order& order() const { return order_; }

  /// Slots in the order in which a walk from one side of the graph meets them. Of what lies ahead
  /// of a slot the longest branch comes in the middle, or everything in any order by `shuffler`.
  Order walk(Side from, Shuffler* shuffler) const;

 private:
  struct Links {
    std::vector<std::uint32_t> starts;
    std::vector<Link> links;
    std::vector<End> ends;  // Where the links lead, sorted; of the layer loaded last.

    [[nodiscard]] std::span<const Link> at(std::uint32_t slot) const {
      return {links.data() + starts[slot], links.data() + starts[slot + 1]};
    }
    [[nodiscard]] std::span<const End> ends_of(std::uint32_t slot) const {
      return {ends.data() + starts[slot], ends.data() + starts[slot + 1]};
    }
  };

  static Links collect_links(const Layers& layers, Side side);
  std::vector<std::uint32_t> measure_branches(Side from) const;
  void set_order(Order order);
  std::uint64_t count_below(std::size_t layer);
  void load_ends(std::size_t layer, Links& links);
  void sort_by_median(std::size_t layer, Side side, bool equal_turn);
  std::optional<double> median(std::uint32_t slot, const Links& links);
  void sweep(Side from, bool equal_turn);
  void exchange_neighbours(bool exchange_equal);
  bool exchange_in_layer(std::size_t layer, bool exchange_equal);
  bool try_exchange(std::vector<std::uint32_t>& order, std::uint32_t place, bool exchange_equal);

  Effort& effort_;
  Links above_;
  Links below_;
  Order order_;
  std::vector<std::uint32_t> positions_;
  std::vector<std::uint64_t> sums_;     // Scratch of count_below().
  std::vector<std::uint32_t> scratch_;  // Of median().
};

Ordering::Ordering(const Layers& layers, Effort& effort)
    : effort_(effort),
      above_(collect_links(layers, Side::Above)),
      below_(collect_links(layers, Side::Below)),
      positions_(layers.slots.size()) {
  set_order(layers.layers);
}

Ordering::Links Ordering::collect_links(const Layers& layers, Side side) {
  Links out;
  out.starts.push_back(0);
  for (std::uint32_t slot = 0; slot < layers.slots.size(); ++slot) {
    for (const std::uint32_t i : side == Side::Above ? layers.above(slot) : layers.below(slot)) {
      const Segment& segment = layers.segments[i];
      // Two long edges that cross halfway cannot both be straight.
      const std::uint32_t weight = layers.is_inner(segment) ? 2 : 1;
      out.links.push_back({side == Side::Above ? segment.upper : segment.lower, weight});
    }
    out.starts.push_back(static_cast<std::uint32_t>(out.links.size()));
  }
  out.ends.resize(out.links.size());
  return out;
}

void Ordering::set_order(Order order) {
  order_ = std::move(order);
  for (const auto& layer : order_) {
    for (std::uint32_t i = 0; i < layer.size(); ++i) positions_[layer[i]] = i;
  }
}

// Fills in the ends of all slots of `layer`.
void Ordering::load_ends(std::size_t layer, Links& links) {
  for (const std::uint32_t slot : order_[layer]) {
    const std::uint32_t first = links.starts[slot];
    const std::uint32_t last = links.starts[slot + 1];
    for (std::uint32_t i = first; i < last; ++i) {
      links.ends[i] = {positions_[links.links[i].slot], links.links[i].weight};
    }
    if (last - first > 1) {
      std::sort(links.ends.begin() + first, links.ends.begin() + last,
                [](const End& a, const End& b) { return a.position < b.position; });
    }
    effort_.spend(last - first + 1);
  }
}

// Crossings between a layer and the one below it: for each segment, from left to right, the weight
// of those before it that end further right. `sums_` is a binary indexed tree over where they end.
std::uint64_t Ordering::count_below(std::size_t layer) {
  const std::size_t width = order_[layer + 1].size();
  sums_.assign(width + 1, 0);
  std::uint64_t total = 0;
  std::uint64_t crossings = 0;
  load_ends(layer, below_);
  for (const std::uint32_t slot : order_[layer]) {
    for (const End& end : below_.ends_of(slot)) {
      std::uint64_t not_further = 0;
      for (std::size_t i = end.position + 1; i > 0; i &= i - 1) not_further += sums_[i];
      crossings += end.weight * (total - not_further);
      for (std::size_t i = end.position + 1; i <= width; i += i & (~i + 1)) {
        sums_[i] += end.weight;
      }
      total += end.weight;
    }
  }
  return crossings;
}

std::uint64_t Ordering::count() {
  std::uint64_t crossings = 0;
  for (std::size_t layer = 0; layer + 1 < order_.size(); ++layer) crossings += count_below(layer);
  return crossings;
}

// The middle of the neighbours' positions; between two, nearer to the side where they are closer
// together.
std::optional<double> Ordering::median(std::uint32_t slot, const Links& links) {
  scratch_.clear();
  for (const Link& link : links.at(slot)) scratch_.push_back(positions_[link.slot]);
  effort_.spend(scratch_.size() + 1);
  const std::size_t count = scratch_.size();
  if (count == 0) return std::nullopt;
  if (count == 1) return scratch_[0];
  std::ranges::sort(scratch_);
  const std::size_t middle = count / 2;
  if (count % 2 == 1) return scratch_[middle];
  const double low = scratch_[middle - 1];
  const double high = scratch_[middle];
  const double left = low - scratch_.front();
  const double right = scratch_.back() - high;
  if (count == 2 || left + right == 0) return (low + high) / 2;
  return (low * right + high * left) / (left + right);
}

// Sorts a layer by the medians on one side; slots without a neighbour there keep their places.
void Ordering::sort_by_median(std::size_t layer, Side side, bool equal_turn) {
  struct Placed {
    double median;
    std::uint32_t tie;
    std::uint32_t slot;
  };
  std::vector<Placed> placed;
  std::vector<std::uint32_t> free_places;
  auto& order = order_[layer];
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    const auto middle = median(order[i], side == Side::Above ? above_ : below_);
    if (!middle) continue;
    const auto tie = static_cast<std::uint32_t>(equal_turn ? order.size() - i : i);
    placed.push_back({*middle, tie, order[i]});
    free_places.push_back(i);
  }
  std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
    return a.median != b.median ? a.median < b.median : a.tie < b.tie;
  });
  for (std::size_t i = 0; i < placed.size(); ++i) {
    order[free_places[i]] = placed[i].slot;
    positions_[placed[i].slot] = free_places[i];
  }
}

void Ordering::sweep(Side from, bool equal_turn) {
  const std::size_t count = order_.size();
  for (std::size_t i = 1; i < count; ++i) {
    sort_by_median(from == Side::Above ? i : count - 1 - i, from, equal_turn);
  }
}

// What segments to `left` and `right` cross if `left` stands left of `right`.
std::int64_t crossings_of(std::span<const End> left, std::span<const End> right) {
  std::int64_t crossings = 0;
  std::int64_t passed = 0;  // Weight of right's ends before the current end of left.
  std::size_t next = 0;
  for (const End& end : left) {
    while (next < right.size() && right[next].position < end.position) {
      passed += right[next++].weight;
    }
    crossings += passed * end.weight;
  }
  return crossings;
}

// Exchanges the slots at `place` and before it if that helps; returns whether it does.
bool Ordering::try_exchange(std::vector<std::uint32_t>& order, std::uint32_t place,
                            bool exchange_equal) {
  const std::uint32_t left = order[place - 1];
  const std::uint32_t right = order[place];
  const auto above_left = above_.ends_of(left);
  const auto above_right = above_.ends_of(right);
  const auto below_left = below_.ends_of(left);
  const auto below_right = below_.ends_of(right);
  effort_.spend(above_left.size() + above_right.size() + below_left.size() + below_right.size());
  const std::int64_t now =
      crossings_of(above_left, above_right) + crossings_of(below_left, below_right);
  if (now == 0) return false;
  const std::int64_t then =
      crossings_of(above_right, above_left) + crossings_of(below_right, below_left);
  if (then > now || (then == now && !exchange_equal)) return false;
  order[place - 1] = right;
  order[place] = left;
  positions_[right] = place - 1;
  positions_[left] = place;
  return then < now;
}

bool Ordering::exchange_in_layer(std::size_t layer, bool exchange_equal) {
  auto& order = order_[layer];
  load_ends(layer, above_);
  load_ends(layer, below_);
  bool has_improved = false;
  for (std::uint32_t place = 1; place < order.size(); ++place) {
    has_improved = try_exchange(order, place, exchange_equal) || has_improved;
  }
  return has_improved;
}

void Ordering::exchange_neighbours(bool exchange_equal) {
  constexpr int kMostRounds = 8;
  // Only where something changed since, or next to it, there may be more to gain.
  std::vector<bool> is_due(order_.size(), true);
  std::vector<bool> is_due_next(order_.size());
  for (int round = 0; round < kMostRounds && !effort_.is_spent(); ++round) {
    bool has_improved = false;
    is_due_next.assign(order_.size(), false);
    for (std::size_t layer = 0; layer < order_.size(); ++layer) {
      if (!is_due[layer] || !exchange_in_layer(layer, exchange_equal)) continue;
      has_improved = true;
      is_due_next[layer] = true;
      if (layer > 0) is_due_next[layer - 1] = true;
      if (layer + 1 < order_.size()) is_due[layer + 1] = is_due_next[layer + 1] = true;
    }
    if (!has_improved) return;
    is_due.swap(is_due_next);
  }
}

std::uint64_t Ordering::improve(Order start) {
  constexpr int kMostSweeps = 24;
  constexpr int kSweepsWithoutGain = 6;
  set_order(std::move(start));
  Order best = order_;
  std::uint64_t best_count = count();
  int without_gain = 0;
  for (int i = 0; i < kMostSweeps && without_gain < kSweepsWithoutGain; ++i) {
    if (best_count == 0 || effort_.is_spent()) break;
    sweep(i % 2 == 0 ? Side::Above : Side::Below, i % 4 >= 2);
    exchange_neighbours(i % 4 < 2);
    const std::uint64_t now = count();
    ++without_gain;
    if (now >= best_count) continue;
    without_gain = 0;
    best_count = now;
    best = order_;
  }
  set_order(std::move(best));
  return best_count;
}

// By slot: layers that can be passed from it on, away from `from`.
std::vector<std::uint32_t> Ordering::measure_branches(Side from) const {
  const Links& ahead = from == Side::Above ? below_ : above_;
  std::vector<std::uint32_t> lengths(positions_.size());
  const std::size_t count = order_.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::uint32_t slot : order_[from == Side::Above ? count - 1 - i : i]) {
      for (const Link& link : ahead.at(slot)) {
        lengths[slot] = std::max(lengths[slot], lengths[link.slot] + 1);
      }
    }
  }
  return lengths;
}

// The longest branch to the middle, the others to its right and left in turn.
void centre_longest(std::vector<std::uint32_t>& slots, const std::vector<std::uint32_t>& lengths) {
  std::ranges::stable_sort(slots, std::greater<>(),
                           [&](std::uint32_t slot) { return lengths[slot]; });
  std::vector<std::uint32_t> left;
  std::vector<std::uint32_t> right;
  for (std::size_t i = 0; i < slots.size(); ++i) (i % 2 == 0 ? right : left).push_back(slots[i]);
  std::ranges::reverse_copy(left, slots.begin());
  std::ranges::copy(right, slots.begin() + static_cast<std::ptrdiff_t>(left.size()));
}

Order Ordering::walk(Side from, Shuffler* shuffler) const {
  const Links& ahead = from == Side::Above ? below_ : above_;
  const Links& behind = from == Side::Above ? above_ : below_;
  const std::vector<std::uint32_t> lengths = measure_branches(from);
  std::vector<std::uint32_t> layer_of(positions_.size());
  for (std::uint32_t layer = 0; layer < order_.size(); ++layer) {
    for (const std::uint32_t slot : order_[layer]) layer_of[slot] = layer;
  }
  Order out(order_.size());
  std::vector<bool> is_met(positions_.size());
  std::vector<std::uint32_t> stack;
  std::vector<std::uint32_t> next;
  for (std::uint32_t source = 0; source < positions_.size(); ++source) {
    if (behind.at(source).empty()) stack.push_back(source);
    while (!stack.empty()) {
      const std::uint32_t slot = stack.back();
      stack.pop_back();
      if (is_met[slot]) continue;
      is_met[slot] = true;
      out[layer_of[slot]].push_back(slot);
      next.clear();
      for (const Link& link : ahead.at(slot)) next.push_back(link.slot);
      if (shuffler == nullptr) {
        centre_longest(next, lengths);
      } else {
        for (std::uint32_t i = 1; i < next.size(); ++i) {
          std::swap(next[i], next[shuffler->below(i + 1)]);
        }
      }
      stack.insert(stack.end(), next.rbegin(), next.rend());
    }
  }
  return out;
}

}  // namespace

void order_layers(Layers& layers, Effort& effort) {
  constexpr int kMostStarts = 6;
  Ordering ordering(layers, effort);
  Order best = ordering.walk(Side::Above, nullptr);
  std::uint64_t best_count = UINT64_MAX;
  const std::uint64_t effort_before = effort.left();
  Shuffler shuffler(1);
  for (int i = 0; i < kMostStarts && best_count > 0; ++i) {
    // Later starts cost about as much as the first.
    const std::uint64_t cost = i == 0 ? 0 : (effort_before - effort.left()) / i;
    if (effort.is_spent() || effort.left() < cost) break;
    const Side from = i % 2 == 0 ? Side::Above : Side::Below;
    const std::uint64_t now = ordering.improve(ordering.walk(from, i < 2 ? nullptr : &shuffler));
    if (now >= best_count) continue;
    best_count = now;
    best = ordering.order();
  }
  layers.layers = std::move(best);
  for (std::uint32_t layer = 0; layer < layers.layers.size(); ++layer) layers.number(layer);
}

std::uint64_t count_crossings(const Layers& layers) {
  Effort effort(UINT64_MAX);
  return Ordering(layers, effort).count();
}

}  // namespace plumb::layout
