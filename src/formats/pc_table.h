// SPDX-License-Identifier: Apache-2.0
// PcTable: from program counters to small indices, for the inner loop of a reader.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "model/profile.h"

namespace plumb {

/// A hash table with open addressing, at most a quarter full: finds mostly hit at once. Not
/// thread-safe.
class PcTable {
 public:
  PcTable() : slots_(kFirstSlots) {}

  /// The index of `pc`, or kNone.
  [[nodiscard]] std::uint32_t find(std::uint64_t pc) const { return slots_[slot_of(pc)].index; }

  /// Fetches the memory that find(pc) will read.
  void prefetch(std::uint64_t pc) const {
    __builtin_prefetch(&slots_[hash_mix(pc, kHashSeed) & (slots_.size() - 1)]);
  }

  /// Requires: `pc` is not in the table; `index` is not kNone.
  void insert(std::uint64_t pc, std::uint32_t index) {
    if (++used_ * 4 > slots_.size()) grow();
    slots_[slot_of(pc)] = {pc, index};
  }

  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint64_t pc = 0;
    std::uint32_t index = kNone;  // kNone: free.
  };
  static constexpr std::size_t kFirstSlots = 1024;

  [[nodiscard]] std::size_t slot_of(std::uint64_t pc) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash_mix(pc, kHashSeed) & mask;
    while (slots_[slot].pc != pc && slots_[slot].index != kNone) slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.index != kNone) slots_[slot_of(slot.pc)] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace plumb
