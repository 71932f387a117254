// SPDX-License-Identifier: Apache-2.0
#include "graph/call_tree.h"

#include "base/checked.h"
#include "base/hash.h"

namespace plumb {

CallTree::CallTree(const Profile& profile, const NodeTable& table, const Weights& weights)
    : table_(table), slots_(1024) {
  for_each_weighed(profile, weights,
                   [&](std::size_t, std::span<const LocationId> stack, Weight weight) {
                     add_sample(stack, weight.value, weight.divisor);
                   });
}

void CallTree::add_sample(std::span<const LocationId> stack, std::int64_t value,
                          std::int64_t divisor) {
  std::uint32_t parent = kNoParent;
  for (std::size_t i = stack.size(); i-- > 0;) {
    const auto nodes = table_.of(stack[i]);
    for (std::size_t line = nodes.size(); line-- > 0;) {
      parent = find_or_add(parent, nodes[line]);
      Row& row = rows_[parent];
      row.sums.cum = add_wrapping(row.sums.cum, value);
      row.sums.cum_divisor = add_wrapping(row.sums.cum_divisor, divisor);
      row.is_inlined = row.is_inlined && line + 1 != nodes.size();
    }
  }
  if (parent == kNoParent) return;
  Node& leaf = rows_[parent].sums;
  leaf.flat = add_wrapping(leaf.flat, value);
  leaf.flat_divisor = add_wrapping(leaf.flat_divisor, divisor);
}

void CallTree::find_path(std::span<const LocationId> stack,
                         std::vector<std::uint32_t>& path) const {
  path.clear();
  std::uint32_t parent = kNoParent;
  for (std::size_t i = stack.size(); i-- > 0;) {
    const auto nodes = table_.of(stack[i]);
    for (std::size_t line = nodes.size(); line-- > 0;) {
      const std::uint32_t found = slots_[slot_of(parent, nodes[line])];
      if (found == 0) return;
      parent = found - 1;
      path.push_back(parent);
    }
  }
}

std::uint32_t CallTree::find_or_add(std::uint32_t parent, std::uint32_t info) {
  const std::size_t slot = slot_of(parent, info);
  if (slots_[slot] != 0) return slots_[slot] - 1;
  const auto index = static_cast<std::uint32_t>(rows_.size());
  rows_.push_back({.parent = parent, .info = info, .sums = {}});
  slots_[slot] = index + 1;
  if (rows_.size() * 2 > slots_.size()) grow();
  return index;
}

std::size_t CallTree::slot_of(std::uint32_t parent, std::uint32_t info) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_mix(std::uint64_t{parent} << 32 | info, kHashSeed) & mask;
  while (slots_[slot] != 0) {
    const Row& row = rows_[slots_[slot] - 1];
    if (row.parent == parent && row.info == info) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void CallTree::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::uint32_t i = 0; i < rows_.size(); ++i) {
    slots_[slot_of(rows_[i].parent, rows_[i].info)] = i + 1;
  }
}

}  // namespace plumb
