// SPDX-License-Identifier: Apache-2.0
// When the goroutines of a group were made, and how long they have waited: what the verdict asks of
// all of them at once.

#pragma once

#include <cstddef>
#include <cstdint>

#include "leak/goroutine_index.h"

namespace plumb {

/// Of the ids of a group, each divided by the newest of all: 0 is the start of the program, 1 now.
/// Fractions are quantiles. All 0 without ids.
struct AgeShape {
  std::size_t count = 0;
  double first = 0;
  double tenth = 0;
  double middle = 0;
  double ninetieth = 0;
  double last = 0;
  double largest_gap = 0;  ///< Between one and the next.
};

/// Of the waits of a group, in minutes. Fractions are quantiles. All 0 without ids.
struct WaitShape {
  std::uint64_t shortest = 0;
  double tenth = 0;
  double middle = 0;
  std::uint64_t median = 0;  ///< That of one goroutine: of two in the middle the longer one.
  std::uint64_t longest = 0;
};

/// Complexity: linear; n log n where goroutines of several processes are in the group.
AgeShape age_shape_of(const GoroutineIndex& goroutines, std::uint32_t group,
                      std::uint64_t newest_id);

/// Complexity: linear. Takes memory in proportion to the distinct minutes.
WaitShape wait_shape_of(const GoroutineIndex& goroutines, std::uint32_t group);

}  // namespace plumb
