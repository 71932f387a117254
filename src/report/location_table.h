// SPDX-License-Identifier: Apache-2.0
// LocationTable: the functions of the locations of a profile that streams by.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/release.h"
#include "graph/edge_trie.h"

namespace plumb {

/// The functions of each location, by the ids of the input, and what EdgeTrie remembers of each
/// line.
///
/// Most locations have one line: their entry is its function. The others have a list, all in one
/// place in memory: walking a stack is a matter of cache misses.
class LocationTable {
 public:
  static constexpr std::uint32_t kUnset = UINT32_MAX;
  static constexpr std::uint32_t kManyBit = 0x80000000;

  /// False if the id is not dense enough for a table, or stands there twice.
  bool add(std::uint32_t id, std::span<const std::uint32_t> functions) {
    if (functions.empty() || id > 2 * std::uint64_t{count_} + 4096) return false;
    if (id >= entries_.size()) grow(id);
    if (entries_[id] != kUnset) return false;
    ++count_;
    if (functions.size() == 1) {
      entries_[id] = functions[0];
      return functions[0] < kManyBit;
    }
    if (lists_.size() + functions.size() >= kManyBit / 2) return false;
    entries_[id] = kManyBit | static_cast<std::uint32_t>(lists_.size());
    lists_.insert(lists_.end(), {static_cast<std::uint32_t>(functions.size()), 0, 0});
    lists_.insert(lists_.end(), functions.begin(), functions.end());
    list_memos_.resize(lists_.size());
    return true;
  }

  /// By location id: kUnset, a function, or kManyBit | the place of a list.
  [[nodiscard]] std::span<const std::uint32_t> entries() const { return entries_; }
  EdgeTrie::Memo* memos() { return memos_.data(); }  // By location id, as entries().

  /// A location with several lines.
  struct List {
    std::uint32_t* words;  // Count, weight (two words), functions from the innermost.
    EdgeTrie::Memo* memos;

    [[nodiscard]] std::uint32_t count() const { return words[0]; }
    [[nodiscard]] std::uint32_t function(std::uint32_t line) const { return words[3 + line]; }
    [[nodiscard]] EdgeTrie::Memo& memo(std::uint32_t line) const { return memos[line]; }
    // At least what the samples with this location weigh.
    [[nodiscard]] std::int64_t weight() const {
      std::int64_t weight = 0;
      std::memcpy(&weight, words + 1, sizeof weight);
      return weight;
    }
    void set_weight(std::int64_t weight) const { std::memcpy(words + 1, &weight, sizeof weight); }
  };
  List list(std::uint32_t entry) {
    const std::uint32_t at = entry & ~kManyBit;
    return {lists_.data() + at, list_memos_.data() + at};
  }

  /// Calls `visit(List)` for each list.
  template <typename Visit>
  void for_each_list(Visit&& visit) {
    for (std::uint32_t at = 0; at < lists_.size(); at += 3 + lists_[at]) visit(list(at));
  }

  void forget_memos() {
    memos_.assign(entries_.size(), {});
    list_memos_.assign(lists_.size(), {});
  }
  /// There are none until forget_memos().
  void drop_memos() {
    release(memos_);
    release(list_memos_);
  }

 private:
  void grow(std::uint32_t id) {
    const std::size_t size = std::max<std::size_t>(id + 1, entries_.size() * 2);
    entries_.resize(size, kUnset);
    memos_.resize(size);
  }

  std::vector<std::uint32_t> entries_;
  std::vector<EdgeTrie::Memo> memos_;
  std::vector<std::uint32_t> lists_;
  std::vector<EdgeTrie::Memo> list_memos_;  // As lists_; used from the place of each list on.
  std::uint32_t count_ = 0;
};

}  // namespace plumb
