// SPDX-License-Identifier: Apache-2.0
// DedupTable: finds the row of a caller's vector that equals a candidate, by hash.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumb {

/// Open addressing over row numbers; the rows themselves stay with the caller. Not thread-safe.
class DedupTable {
 public:
  /// Makes room for `rows` rows in all.
  void reserve(std::size_t rows) {
    const std::size_t size = slots_for(rows);
    if (size > slots_.size()) grow(std::max({size, slots_.size() * 3 / 2, kLeastSlots}));
  }

  /// Brings what find_or_add() will look at into the cache.
  void prefetch(std::uint64_t hash) const {
    __builtin_prefetch(slots_.data() + place_of(static_cast<std::uint32_t>(hash)), 1);
  }

  /// Returns the row for which `equals(row)` holds among those added with this hash. If there is
  /// none, notes `next_row`, which the caller then appends, and returns it.
  template <typename Equals>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next_row, const Equals& equals) {
    if (slots_for(used_ + 1) > slots_.size()) grow(std::max(slots_.size() * 3 / 2, kLeastSlots));
    const auto short_hash = static_cast<std::uint32_t>(hash);
    Slot* slot = find_slot(short_hash);
    for (; slot->row != kFree; slot = next(slot)) {
      if (slot->hash == short_hash && equals(slot->row)) return slot->row;
    }
    *slot = {short_hash, next_row};
    ++used_;
    return next_row;
  }

  /// The same row, or kNoRow if there is none.
  static constexpr std::uint32_t kNoRow = UINT32_MAX;
  template <typename Equals>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const Equals& equals) const {
    if (slots_.empty()) return kNoRow;
    const auto short_hash = static_cast<std::uint32_t>(hash);
    for (std::size_t at = place_of(short_hash); slots_[at].row != kFree;
         at = at + 1 == slots_.size() ? 0 : at + 1) {
      if (slots_[at].hash == short_hash && equals(slots_[at].row)) return slots_[at].row;
    }
    return kNoRow;
  }

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;
  static constexpr std::size_t kLeastSlots = 64;
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t row = kFree;
  };

  // An eighth stays free.
  static constexpr std::size_t slots_for(std::size_t rows) { return rows + rows / 7 + 1; }

  // The part of all hashes that are less, of all slots.
  [[nodiscard]] std::size_t place_of(std::uint32_t hash) const {
    return std::uint64_t{hash} * slots_.size() >> 32;
  }

  Slot* find_slot(std::uint32_t hash) { return &slots_[place_of(hash)]; }
  Slot* next(Slot* slot) { return slot == &slots_.back() ? slots_.data() : slot + 1; }

  void grow(std::size_t size) {
    std::vector<Slot> old(size);
    old.swap(slots_);
    for (const Slot& row : old) {
      if (row.row == kFree) continue;
      Slot* slot = find_slot(row.hash);
      while (slot->row != kFree) slot = next(slot);
      *slot = row;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace plumb
