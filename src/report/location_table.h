// SPDX-License-Identifier: Apache-2.0
// The functions of the locations of a profile that streams by, in two tables: one on the thread
// that reads, one on the thread that adds up. Walking stacks is a matter of cache misses, and so
// the table of all locations stands in the cache of one core, and the sums in that of the other.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace plumb {

/// What is known of a location in 32 bits: its function, if it has one line, or kListBit, the
/// number of lines and the place of their list in LineLists. The number stands in the list, too,
/// but a loop that has to fetch it from there waits for it.
namespace location_entry {
inline constexpr std::uint32_t kUnknown = UINT32_MAX;
inline constexpr std::uint32_t kListBit = 0x80000000;
inline constexpr std::uint32_t kPlaceBits = 28;
inline constexpr std::uint32_t kPlaceMask = (1U << kPlaceBits) - 1;
inline constexpr std::uint32_t kMostLines = 7;  ///< So many or more.

inline std::uint32_t line_count(std::uint32_t entry) {
  return entry >> kPlaceBits & kMostLines;
}
}  // namespace location_entry

/// Entries by the ids of the input.
class LocationTable {
 public:
  /// False if the id is not dense enough for a table, or stands there twice. A location of several
  /// functions is for LineLists::add() too, in the same order.
  bool add(std::uint32_t id, std::span<const std::uint32_t> functions) {
    if (id == 0 || functions.empty() || id > 2 * std::uint64_t{count_} + 4096) return false;
    if (id >= entries_.size()) {
      entries_.resize(std::max<std::size_t>(id + 1, entries_.size() * 2), location_entry::kUnknown);
    }
    if (entries_[id] != location_entry::kUnknown) return false;
    ++count_;
    if (functions.size() == 1) {
      entries_[id] = functions[0];
      return functions[0] < location_entry::kListBit;
    }
    if (list_words_ + functions.size() >= location_entry::kPlaceMask / 2) return false;
    const auto count = static_cast<std::uint32_t>(
        std::min<std::size_t>(functions.size(), location_entry::kMostLines));
    entries_[id] = location_entry::kListBit | count << location_entry::kPlaceBits | list_words_;
    list_words_ += kListHeadWords + static_cast<std::uint32_t>(functions.size());
    return true;
  }

  /// Makes entries of the ids.
  void look_up(std::span<std::uint32_t> ids) const {
    for (std::uint32_t& id : ids) {
      id = id < entries_.size() ? entries_[id] : location_entry::kUnknown;
    }
  }

  static constexpr std::uint32_t kListHeadWords = 3;

 private:
  std::vector<std::uint32_t> entries_;
  std::uint32_t count_ = 0;
  std::uint32_t list_words_ = 0;  // Of all lists so far.
};

/// The lines of the locations that have several.
class LineLists {
 public:
  struct List {
    std::uint32_t* words;  // Count, weight (two words), functions from the innermost.

    [[nodiscard]] std::uint32_t count() const { return words[0]; }
    [[nodiscard]] std::uint32_t function(std::uint32_t line) const {
      return words[LocationTable::kListHeadWords + line];
    }
    // At least what the samples with this location weigh.
    [[nodiscard]] std::int64_t weight() const {
      std::int64_t weight = 0;
      std::memcpy(&weight, words + 1, sizeof weight);
      return weight;
    }
    void set_weight(std::int64_t weight) const { std::memcpy(words + 1, &weight, sizeof weight); }
  };

  void add(std::span<const std::uint32_t> functions) {
    words_.insert(words_.end(), {static_cast<std::uint32_t>(functions.size()), 0, 0});
    words_.insert(words_.end(), functions.begin(), functions.end());
  }

  /// Requires: an entry with kListBit, other than kUnknown, of a location that was added.
  List list(std::uint32_t entry) { return {words_.data() + (entry & location_entry::kPlaceMask)}; }

  /// Calls `visit(List)` for each list.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t at = 0; at < words_.size();
         at += LocationTable::kListHeadWords + words_[at]) {
      visit(List{words_.data() + at});
    }
  }

 private:
  std::vector<std::uint32_t> words_;
};

}  // namespace plumb
