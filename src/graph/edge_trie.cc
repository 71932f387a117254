// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_trie.h"

#include <algorithm>
#include <bit>

namespace plumb {

EdgeTrie::EdgeTrie(std::uint32_t max_cells)
    : max_cells_(max_cells), slots_(1024), memos_(256), memo_shift_(56) {
  reserve(slots_.size());
  add_cell(0);
}

void EdgeTrie::reserve(std::size_t count) {
  cells_.reserve(count);
  weights_.reserve(count);
  is_counted_.reserve(count);
}

void EdgeTrie::add_cell(Key key) {
  cells_.push_back(key);
  weights_.push_back(0);
  is_counted_.push_back(0);
}

EdgeTrie::Place EdgeTrie::place_of(Key key) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t hash = hash_mix(key ^ kHashSeed, 0);
  const std::uint32_t tag = static_cast<std::uint32_t>(hash >> 32) & ~kIndexMask;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const std::uint32_t slot = slots_[at];
    if (slot == 0) return {at, tag};
    if ((slot & ~kIndexMask) == tag && cells_[slot & kIndexMask] == key) return {at, tag};
  }
}

std::uint32_t EdgeTrie::find_slow(Key key) {
  const Place place = place_of(key);
  if (slots_[place.slot] != 0) return slots_[place.slot] & kIndexMask;
  if (cells_.size() > max_cells_) {
    overflowed_ = true;
    return 0;
  }
  const auto index = static_cast<std::uint32_t>(cells_.size());
  // Address space, not memory: growing by copies would need both.
  if (index == cells_.capacity()) reserve(std::min(max_cells_ + 1, std::uint32_t{1} << 20));
  add_cell(key);
  slots_[place.slot] = place.tag | index;
  if (cells_.size() * 4 > slots_.size() * 3) grow();
  return index;
}

void EdgeTrie::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::uint32_t i = 1; i < cells_.size(); ++i) {
    const Place place = place_of(cells_[i]);
    slots_[place.slot] = place.tag | i;
  }
  if (memos_.size() >= kMostMemos) return;
  memos_.assign(memos_.size() * 2, {});
  --memo_shift_;
}

// The node has been in this stack before, so the sample may have been counted for the same pair:
// for certain by the cell that differs in `inlined` only (then false is returned), and perhaps,
// once contexts are resolved, by one with another context, which is noted.
bool EdgeTrie::note_repeat(std::uint32_t index, std::int64_t weight) {
  const Key cell = cells_[index];
  RepeatKey key{index};
  for (const std::uint32_t earlier : counted_) {
    if (node_of(cells_[earlier]) != node_of(cell)) continue;
    if (context_of(cells_[earlier]) == context_of(cell)) return false;
    key.push_back(earlier);
  }
  if (key.size() == 1) {
    is_counted_[index] = 1;
    return true;
  }
  if (repeats_.size() >= max_cells_ / 8) overflowed_ = true;
  if (overflowed_) return true;
  std::int64_t& weights = repeats_[std::move(key)];
  weights = add_wrapping(weights, weight);
  return true;
}

std::uint32_t EdgeTrie::caller_of(Key cell, const std::vector<bool>& kept) const {
  std::uint32_t context = context_of(cell);
  while ((context & kCellBit) != 0) {
    const Key outer = cells_[context & ~kCellBit];
    if (kept[node_of(outer)]) return node_of(outer);
    context = context_of(outer);
  }
  return context == 0 ? kNoCaller : context - 1;
}

std::optional<std::vector<Edge>> EdgeTrie::resolve(const std::vector<bool>& kept) const {
  if (overflowed_) return std::nullopt;
  std::vector<std::uint32_t> callers(cells_.size(), kNoCaller);
  for (std::size_t i = 1; i < cells_.size(); ++i) {
    const std::uint32_t node = node_of(cells_[i]);
    if (kept[node]) callers[i] = caller_of(cells_[i], kept);
    if (callers[i] == node) callers[i] = kNoCaller;
  }
  std::vector<std::uint8_t> is_counted = is_counted_;
  std::vector<std::int64_t> weights = weights_;
  for (const auto& [key, weight] : repeats_) {
    const std::uint32_t cell = key.front();
    const bool same_edge = std::any_of(key.begin() + 1, key.end(), [&](std::uint32_t earlier) {
      return callers[earlier] == callers[cell];
    });
    if (same_edge) weights[cell] = subtract_wrapping(weights[cell], weight);
    if (!same_edge) is_counted[cell] = 1;
  }
  std::vector<Edge> edges;
  edges.reserve(cells_.size());
  std::vector<std::uint32_t> ends(std::bit_ceil(2 * cells_.size()));  // Open addressing; 0: free.
  const auto find = [&](std::uint32_t caller, std::uint32_t callee) -> Edge& {
    const std::size_t mask = ends.size() - 1;
    std::size_t at = hash_mix(std::uint64_t{caller} << 32 | callee, kHashSeed) & mask;
    for (; ends[at] != 0; at = (at + 1) & mask) {
      Edge& edge = edges[ends[at] - 1];
      if (edge.caller == caller && edge.callee == callee) return edge;
    }
    ends[at] = static_cast<std::uint32_t>(edges.size() + 1);
    return edges.emplace_back(Edge{.caller = caller, .callee = callee});
  };
  for (std::uint32_t i = 1; i < cells_.size(); ++i) {
    if (callers[i] == kNoCaller || is_counted[i] == 0) continue;
    Edge& edge = find(callers[i], node_of(cells_[i]));
    edge.weight = add_wrapping(edge.weight, weights[i]);
    edge.is_inlined = edge.is_inlined && is_inlined(cells_[i]);
  }
  return edges;
}

}  // namespace plumb
