// SPDX-License-Identifier: Apache-2.0
// DedupTable: finds the row of a caller's vector that equals a candidate, by hash.

#pragma once

#include <cstdint>
#include <vector>

namespace plumb {

/// Open addressing over row numbers; the rows themselves stay with the caller. Not thread-safe.
class DedupTable {
 public:
  /// Returns the row for which `equals(row)` holds among those added with this hash. If there is
  /// none, notes `next_row`, which the caller then appends, and returns it.
  template <typename Equals>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next_row, const Equals& equals) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].row != kFree; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == hash && equals(slots_[at].row)) return slots_[at].row;
    }
    slots_[at] = {hash, next_row};
    ++used_;
    return next_row;
  }

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t row = kFree;
  };

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.row == kFree) continue;
      std::size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].row != kFree) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;  // A power of two of them, at most half full.
  std::size_t used_ = 0;
};

}  // namespace plumb
