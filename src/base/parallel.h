// SPDX-License-Identifier: Apache-2.0
// Work on large tables by two threads.

#pragma once

#include <cstddef>
#include <thread>

#include "base/cancellation.h"
#include "base/cpu.h"

namespace plumb {

/// Of samples, or of their stacks: for fewer, a thread costs more than it saves.
inline constexpr std::size_t kSamplesWorthAThread = 50'000;

/// Calls `work(begin, end)` for the rows from 0 to `middle` and from `middle` to `count`, at the
/// same time if there are at least `worthwhile` rows and the machine can do two things at once.
///
/// Requires: the two calls touch nothing that the other writes.
template <typename Work>
void for_two_parts(std::size_t middle, std::size_t count, std::size_t worthwhile, Work&& work) {
  if (count < worthwhile || !has_two_cores()) {
    work(std::size_t{0}, middle);
    work(middle, count);
    return;
  }
  std::thread other([&, cancellation = CancellationScope::current()] {
    const CancellationScope scope(cancellation);
    work(middle, count);
  });
  work(std::size_t{0}, middle);
  other.join();
}

}  // namespace plumb
