// SPDX-License-Identifier: Apache-2.0
// EvenChoice: a few of many things that come one after the other, evenly spread over all of them.
//
//   up to 512    every one
//   513          the 1st, 3rd, 5th ... of those so far, and of those to come
//   1025         the 1st, 5th, 9th ...

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plumb {

/// Holds at most kMost of them, and no fewer than half as many once there are.
template <typename T>
class EvenChoice {
 public:
  void add(const T& item) {
    if ((seen_++ & ((std::uint64_t{1} << shift_) - 1)) != 0) return;
    if (items_.size() == kMost) thin_out();
    items_.push_back(item);
  }

  [[nodiscard]] std::span<const T> items() const { return items_; }
  /// Each of them stands for 1 << shift() of all.
  [[nodiscard]] std::uint32_t shift() const { return shift_; }

  static constexpr std::size_t kMost = 512;

 private:
  void thin_out() {
    for (std::size_t i = 0; i < kMost / 2; ++i) items_[i] = items_[2 * i];
    items_.resize(kMost / 2);
    ++shift_;
  }

  std::vector<T> items_;
  std::uint64_t seen_ = 0;
  std::uint32_t shift_ = 0;
};

}  // namespace plumb
