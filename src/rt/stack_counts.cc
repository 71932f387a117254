// SPDX-License-Identifier: Apache-2.0
#include "rt/stack_counts.h"

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"

namespace plumb::rt::detail {
namespace {

std::uint64_t hash_of(std::span<const std::uintptr_t> pcs, const Labels& labels) {
  std::uint64_t hash = kHashSeed;
  for (const std::uintptr_t pc : pcs) hash = hash_mix(hash, pc);
  for (const auto& [key, value] : labels) {
    hash = hash_bytes(value, hash_bytes(key, hash));
  }
  return hash;
}

}  // namespace

bool StackCounts::is_equal(const Record& record, std::span<const std::uintptr_t> pcs,
                           const Labels& labels) const {
  return std::ranges::equal(this->pcs(record), pcs) && record.labels == labels;
}

void StackCounts::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    std::size_t at = hashes_[i] & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

void StackCounts::add(std::span<const std::uintptr_t> pcs, const Labels* labels) {
  static const Labels no_labels;
  const Labels& given = labels != nullptr ? *labels : no_labels;
  const std::uint64_t hash = hash_of(pcs, given);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  ++total_;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t index = slots_[at] - 1;
    if (hashes_[index] != hash || !is_equal(records_[index], pcs, given)) continue;
    ++records_[index].count;
    return;
  }
  slots_[at] = static_cast<std::uint32_t>(records_.size() + 1);
  hashes_.push_back(hash);
  records_.push_back(
      {1, static_cast<std::uint32_t>(pcs_.size()), static_cast<std::uint32_t>(pcs.size()), given});
  pcs_.insert(pcs_.end(), pcs.begin(), pcs.end());
  if (records_.size() * 2 > slots_.size()) grow();
}

std::vector<const StackCounts::Record*> StackCounts::sorted() const {
  std::vector<std::pair<std::string, const Record*>> keyed;
  for (const Record& record : records_) {
    keyed.emplace_back(record_text(pcs(record), record.labels), &record);
  }
  std::ranges::sort(keyed, [](const auto& a, const auto& b) {
    if (a.second->count != b.second->count) return a.second->count > b.second->count;
    return a.first < b.first;
  });
  std::vector<const Record*> sorted;
  sorted.reserve(keyed.size());
  for (const auto& entry : keyed) sorted.push_back(entry.second);
  return sorted;
}

std::string record_text(std::span<const std::uintptr_t> pcs, const Labels& labels) {
  std::string text = "@";
  for (const std::uintptr_t pc : pcs) text += " 0x" + to_hex(pc);
  if (labels.empty()) return text;
  text += "\n# labels: {";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) text += ", ";
    text += go_quoted(labels[i].first) + ':' + go_quoted(labels[i].second);
  }
  return text + '}';
}

}  // namespace plumb::rt::detail
