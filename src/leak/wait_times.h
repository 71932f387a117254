// SPDX-License-Identifier: Apache-2.0
// How long the goroutines of a group have waited: a histogram of whole minutes.

#pragma once

#include <cstdint>
#include <vector>

#include "model/goroutine_dump.h"

namespace plumb {

/// Collects waits in any order. Memory is proportional to the distinct minutes.
class WaitTimes {
 public:
  /// Adds `goroutines` that have waited `minutes`. Both saturate, as those of WaitCount do.
  void add(std::uint64_t minutes, std::uint64_t goroutines);

  /// Adds those of a table, by minutes, ascending, which becomes empty.
  void take(std::vector<WaitCount>& waits);

  [[nodiscard]] bool empty() const { return counts_.empty(); }
  [[nodiscard]] std::uint64_t oldest() const;

  [[nodiscard]] std::uint64_t count() const;

  /// The minutes of one goroutine: `rank` others waited no longer. Requires: `rank` < count().
  [[nodiscard]] std::uint64_t at_rank(std::uint64_t rank);

  /// The minutes of the middle goroutine; of the two in the middle, the one that waited less. 0 if
  /// there is none.
  [[nodiscard]] std::uint64_t median();

  /// The minutes that the fraction `q` waited less than. Requires: not empty.
  [[nodiscard]] double quantile(double q);

 private:
  void compact();

  std::vector<WaitCount> counts_;  // The first compacted_ ascending and distinct, then as added.
  std::size_t compacted_ = 0;
};

}  // namespace plumb
