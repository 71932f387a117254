// SPDX-License-Identifier: Apache-2.0
// The numbers by which an input calls the rows of a table ("location 17"). Ours are indices; pprof
// shows and writes those of the input.

#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace plumb {

/// Numbers of the rows of one table: 1, 2, 3, ... unless others were given.
class RowNumbers {
 public:
  RowNumbers() = default;
  /// `numbers`: of the first rows. Later ones follow the largest of them, as in pprof.
  explicit RowNumbers(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {
    for (const std::uint64_t number : numbers_) largest_ = std::max(largest_, number);
  }

  [[nodiscard]] std::uint64_t of(std::size_t index) const {
    return index < numbers_.size() ? numbers_[index] : largest_ + 1 + (index - numbers_.size());
  }

  /// True if row 0 has number 1, row 1 number 2, and so on.
  [[nodiscard]] bool are_usual() const { return numbers_.empty(); }

  [[nodiscard]] std::size_t memory_bytes() const { return numbers_.capacity() * 8; }

 private:
  std::vector<std::uint64_t> numbers_;
  std::uint64_t largest_ = 0;
};

}  // namespace plumb
