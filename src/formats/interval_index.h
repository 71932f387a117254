// SPDX-License-Identifier: Apache-2.0
// IntervalIndex: which of many overlapping ranges of addresses, counted in their order, is the
// first that covers an address.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/profile.h"

namespace plumb {

/// A segment tree over the ranges between bounds that are known from the start. Not thread-safe.
class IntervalIndex {
 public:
  IntervalIndex() = default;
  explicit IntervalIndex(std::vector<std::uint64_t> bounds) : bounds_(std::move(bounds)) {
    std::ranges::sort(bounds_);
    bounds_.erase(std::unique(bounds_.begin(), bounds_.end()), bounds_.end());
    first_.assign(2 * bounds_.size(), kNone);
  }

  /// Adds range `index`: [start, limit), nothing unless start < limit. Complexity: O(log bounds).
  ///
  /// Requires: both are among the bounds.
  void add(std::uint64_t start, std::uint64_t limit, std::uint32_t index) {
    if (start >= limit) return;
    std::size_t left = slot_of(start) + bounds_.size();
    std::size_t right = slot_of(limit) + bounds_.size();
    for (; left < right; left /= 2, right /= 2) {
      if (left % 2 == 1) lower(left++, index);
      if (right % 2 == 1) lower(--right, index);
    }
  }

  /// The smallest index of a range that covers `address`; kNone if there is none.
  [[nodiscard]] std::uint32_t find(std::uint64_t address) const {
    const auto behind = std::ranges::upper_bound(bounds_, address);
    if (behind == bounds_.begin()) return kNone;
    std::uint32_t found = kNone;
    auto node = static_cast<std::size_t>(behind - bounds_.begin()) - 1 + bounds_.size();
    for (; node > 0; node /= 2) found = std::min(found, first_[node]);
    return found;
  }

 private:
  // The range from bounds_[i] to the next is leaf i + bounds_.size() of the tree.
  [[nodiscard]] std::size_t slot_of(std::uint64_t bound) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(bounds_, bound) - bounds_.begin());
  }
  void lower(std::size_t node, std::uint32_t index) {
    first_[node] = std::min(first_[node], index);
  }

  std::vector<std::uint64_t> bounds_;  // Sorted, each once.
  std::vector<std::uint32_t> first_;   // By node: of the ranges that cover it whole.
};

}  // namespace plumb
