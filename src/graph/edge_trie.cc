// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_trie.h"

#include <algorithm>
#include <utility>

#include "base/dedup_table.h"
#include "base/release.h"
#include "graph/edge_table.h"

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

// Takes off what was counted twice.
void EdgeTrie::settle_repeats(const std::vector<bool>& kept) {
  for (const auto& [key, weight] : repeats_) {
    const std::uint32_t cell = key.front();
    const std::uint32_t caller = caller_of(cells_[cell], kept);
    const bool same_edge = std::any_of(key.begin() + 1, key.end(), [&](std::uint32_t earlier) {
      return caller_of(cells_[earlier], kept) == caller;
    });
    if (same_edge) weights_[cell] = subtract_wrapping(weights_[cell], weight);
    if (!same_edge) is_counted_[cell] = 1;
  }
}

std::optional<std::vector<Edge>> EdgeTrie::resolve(const std::vector<bool>& kept) {
  return resolve(kept, false);
}

// What is left of an edge tells whether it is there only once all of its cells are added up: ranks
// may have changed meanwhile, and a sample been taken off another cell than it was added to.
std::optional<std::vector<Edge>> EdgeTrie::resolve_left(const std::vector<bool>& kept) {
  std::optional<std::vector<Edge>> edges = resolve(kept, true);
  if (!edges) return std::nullopt;
  std::erase_if(*edges, [](const Edge& edge) { return edge.weight == 0; });
  sort_edges_by_ends(*edges);
  std::vector<Edge> inlined;
  std::vector<Edge> others;
  for (const Edge& edge : *edges) (edge.is_inlined ? inlined : others).push_back(edge);
  return add_edges(std::move(others), inlined);
}

// `inlined_apart`: two rows for an edge of both kinds.
std::optional<std::vector<Edge>> EdgeTrie::resolve(const std::vector<bool>& kept,
                                                   bool inlined_apart) {
  release(slots_);
  release(memos_);
  release(counted_);
  if (overflowed_) return std::nullopt;
  settle_repeats(kept);
  std::vector<Edge> edges;
  edges.reserve(cells_.size());
  DedupTable table;
  for (std::uint32_t i = 1; i < cells_.size(); ++i) {
    const std::uint32_t callee = node_of(cells_[i]);
    if (is_counted_[i] == 0 || !kept[callee]) continue;
    const std::uint32_t caller = caller_of(cells_[i], kept);
    if (caller == kNoCaller || caller == callee) continue;
    const auto next_row = static_cast<std::uint32_t>(edges.size());
    const std::uint64_t hash = hash_mix(std::uint64_t{caller} << 32 | callee, kHashSeed);
    const std::uint32_t row = table.find_or_add(hash, next_row, [&](std::uint32_t other) {
      const bool is_kind = !inlined_apart || edges[other].is_inlined == is_inlined(cells_[i]);
      return edges[other].caller == caller && edges[other].callee == callee && is_kind;
    });
    if (row == next_row) edges.push_back({.caller = caller, .callee = callee});
    Edge& edge = edges[row];
    edge.weight = add_wrapping(edge.weight, weights_[i]);
    edge.is_inlined = edge.is_inlined && is_inlined(cells_[i]);
  }
  return edges;
}

}  // namespace plumb
