// SPDX-License-Identifier: Apache-2.0
// SlotIndex: which task's stack a word points into.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "rt/pages.h"
#include "rt/stack_slabs.h"

namespace plumb::rt::detail {

/// Of the slots that there are when it is built.
class SlotIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// False without memory. May be called again.
  bool build(const StackSlabs& slabs) {
    slot_bytes_ = slabs.slot_bytes();
    size_ = slabs.used();
    count_ = 0;
    const std::size_t per_slab = StackSlabs::kSlabBytes / slot_bytes_;
    if (!sorted_.allocate(size_ / per_slab + 1)) return false;
    slabs.for_each_slab([&](std::uintptr_t start) {
      if (count_ < sorted_.size()) {
        sorted_[count_] = {start, static_cast<std::uint32_t>(count_ * per_slab)};
        ++count_;
      }
    });
    std::sort(sorted_.data(), sorted_.data() + count_,
              [](const Slab& a, const Slab& b) { return a.start < b.start; });
    if (count_ == 0) return true;
    low_ = sorted_[0].start;
    bytes_ = sorted_[count_ - 1].start + StackSlabs::kSlabBytes - low_;
    return true;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// The slot that `word` points into, or kNone. Guard pages are no part of a slot.
  [[nodiscard]] std::uint32_t find(std::uintptr_t word) const {
    return word - low_ < bytes_ ? find_slab(word) : kNone;
  }

  /// Calls visit(AddressRange) for each slab, the lowest first.
  template <typename Visit>
  void for_each_slab(Visit visit) const {
    for (std::size_t i = 0; i < count_; ++i) {
      visit(AddressRange{sorted_[i].start, sorted_[i].start + StackSlabs::kSlabBytes});
    }
  }
  [[nodiscard]] AddressRange pages() const { return sorted_.range(); }

 private:
  struct Slab {
    std::uintptr_t start = 0;
    std::uint32_t first_slot = 0;
  };

  [[nodiscard]] std::uint32_t find_slab(std::uintptr_t word) const {
    const Slab* const begin = sorted_.data();
    const Slab* const behind =
        std::upper_bound(begin, begin + count_, word,
                         [](std::uintptr_t value, const Slab& slab) { return value < slab.start; });
    if (behind == begin) return kNone;
    const Slab& slab = *(behind - 1);
    const std::uintptr_t offset = word - slab.start;
    if (offset >= StackSlabs::kSlabBytes || offset % slot_bytes_ < StackSlabs::kPageBytes) {
      return kNone;
    }
    const std::size_t slot = slab.first_slot + offset / slot_bytes_;
    return slot < size_ ? static_cast<std::uint32_t>(slot) : kNone;
  }

  Pages<Slab> sorted_;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
  std::size_t slot_bytes_ = 1;
  std::uintptr_t low_ = 0;
  std::uintptr_t bytes_ = 0;
};

}  // namespace plumb::rt::detail
