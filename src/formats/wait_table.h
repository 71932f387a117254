// SPDX-License-Identifier: Apache-2.0
// WaitTable: how many goroutines of one group waited how many minutes, exactly.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "model/goroutine_dump.h"

namespace plumb {

/// An open hash table of 8 bytes a slot. Counts saturate. Not thread-safe.
class WaitTable {
 public:
  /// Counts one goroutine. Returns by how many bytes the table grew.
  std::size_t add(std::uint32_t minutes) {
    if (minutes == 0) {
      if (zeroes_ != UINT32_MAX) ++zeroes_;
      return 0;
    }
    const std::size_t grown = used_ * 4 >= slots_.size() * 3 ? grow() : 0;
    Slot& slot = find(minutes);
    if (slot.minutes == 0) {
      slot.minutes = minutes;
      ++used_;
    }
    if (slot.count != UINT32_MAX) ++slot.count;
    return grown;
  }

  /// Asks the memory for the place where add() will count `minutes`.
  void prefetch(std::uint32_t minutes) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[place_of(minutes)], 1);
  }

  /// By minutes, ascending.
  [[nodiscard]] std::vector<WaitCount> sorted() const;

 private:
  struct Slot {
    std::uint32_t minutes = 0;  // 0: free.
    std::uint32_t count = 0;
  };

  [[nodiscard]] std::size_t place_of(std::uint32_t minutes) const {
    return hash_mix(minutes, kHashSeed) & (slots_.size() - 1);
  }
  Slot& find(std::uint32_t minutes) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = place_of(minutes);
    while (slots_[at].minutes != minutes && slots_[at].minutes != 0) at = (at + 1) & mask;
    return slots_[at];
  }
  std::size_t grow();

  std::uint32_t zeroes_ = 0;
  std::vector<Slot> slots_;  // A power of two of them, or none.
  std::size_t used_ = 0;
};

}  // namespace plumb
