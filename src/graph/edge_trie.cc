// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_trie.h"

#include <algorithm>
#include <unordered_map>

namespace plumb {

EdgeTrie::EdgeTrie(std::uint32_t max_cells) : max_cells_(max_cells), slots_(1024) {
  cells_.reserve(slots_.size());
  cells_.emplace_back();
}

EdgeTrie::Place EdgeTrie::place_of(std::uint32_t context, std::uint32_t node, bool inlined) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t hash =
      hash_mix((std::uint64_t{context} << 32 | node) ^ kHashSeed, inlined ? 1 : 0);
  const std::uint32_t tag = static_cast<std::uint32_t>(hash >> 32) & ~kIndexMask;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const std::uint32_t slot = slots_[at];
    if (slot == 0) return {at, tag};
    if ((slot & ~kIndexMask) != tag) continue;
    const Cell& cell = cells_[slot & kIndexMask];
    if (cell.context == context && cell.node == node && (cell.inlined != 0) == inlined) {
      return {at, tag};
    }
  }
}

std::uint32_t EdgeTrie::find_slow(std::uint32_t node, bool inlined) {
  const Place place = place_of(context_, node, inlined);
  if (slots_[place.slot] != 0) return slots_[place.slot] & kIndexMask;
  if (cells_.size() > max_cells_) {
    overflowed_ = true;
    return 0;
  }
  const auto index = static_cast<std::uint32_t>(cells_.size());
  // Address space, not memory: growing by copies would need both.
  if (index == cells_.capacity()) cells_.reserve(std::min(max_cells_ + 1, std::uint32_t{1} << 20));
  cells_.push_back({.context = context_, .node = node, .inlined = inlined ? 1U : 0U});
  slots_[place.slot] = place.tag | index;
  if (cells_.size() * 4 > slots_.size() * 3) grow();
  return index;
}

void EdgeTrie::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::uint32_t i = 1; i < cells_.size(); ++i) {
    const Place place = place_of(cells_[i].context, cells_[i].node, cells_[i].inlined != 0);
    slots_[place.slot] = place.tag | i;
  }
}

// The node has been in this stack before, so the sample may have been counted for the same pair:
// for certain by the cell that differs in `inlined` only (then false is returned), and perhaps,
// once contexts are resolved, by one with another context, which is noted.
bool EdgeTrie::note_repeat(std::uint32_t index, std::int64_t weight) {
  const Cell& cell = cells_[index];
  RepeatKey key{index};
  for (const std::uint32_t earlier : counted_) {
    if (cells_[earlier].node != cell.node) continue;
    if (cells_[earlier].context == cell.context) return false;
    key.push_back(earlier);
  }
  if (key.size() == 1) return true;
  if (repeats_.size() >= max_cells_ / 8) overflowed_ = true;
  if (overflowed_) return true;
  Repeats& repeats = repeats_[std::move(key)];
  repeats.weight = add_wrapping(repeats.weight, weight);
  ++repeats.samples;
  return true;
}

std::uint32_t EdgeTrie::caller_of(const Cell& cell, const std::vector<bool>& kept) const {
  std::uint32_t context = cell.context;
  while ((context & kCellBit) != 0) {
    const Cell& outer = cells_[context & ~kCellBit];
    if (kept[outer.node]) return outer.node;
    context = outer.context;
  }
  return context == 0 ? kNoCaller : context - 1;
}

std::optional<std::vector<Edge>> EdgeTrie::resolve(const std::vector<bool>& kept) const {
  if (overflowed_ || epoch_ == UINT32_MAX) return std::nullopt;
  std::vector<std::uint32_t> callers(cells_.size(), kNoCaller);
  for (std::size_t i = 1; i < cells_.size(); ++i) {
    if (kept[cells_[i].node]) callers[i] = caller_of(cells_[i], kept);
    if (callers[i] == cells_[i].node) callers[i] = kNoCaller;
  }
  std::unordered_map<std::uint32_t, Repeats> uncounted;  // Few cells have any.
  for (const auto& [key, repeats] : repeats_) {
    const std::uint32_t cell = key.front();
    const bool same_edge = std::any_of(key.begin() + 1, key.end(), [&](std::uint32_t earlier) {
      return callers[earlier] == callers[cell];
    });
    if (!same_edge) continue;
    Repeats& sum = uncounted[cell];
    sum.weight = add_wrapping(sum.weight, repeats.weight);
    sum.samples += repeats.samples;
  }
  std::vector<Edge> edges;
  std::unordered_map<std::uint64_t, std::size_t> known;
  for (std::uint32_t i = 1; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const auto found = uncounted.find(i);
    const Repeats minus = found == uncounted.end() ? Repeats{} : found->second;
    if (callers[i] == kNoCaller || cell.samples == minus.samples) continue;
    const auto [it, is_new] =
        known.try_emplace(std::uint64_t{callers[i]} << 32 | cell.node, edges.size());
    if (is_new) edges.push_back({.caller = callers[i], .callee = cell.node});
    Edge& edge = edges[it->second];
    edge.weight = add_wrapping(edge.weight, subtract_wrapping(cell.weight, minus.weight));
    edge.is_inlined = edge.is_inlined && cell.inlined != 0;
  }
  return edges;
}

}  // namespace plumb
