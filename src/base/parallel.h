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

/// Does both at the same time if `is_worthwhile` and the machine can.
///
/// Requires: neither touches what the other writes.
template <typename Work, typename OtherWork>
void do_two(bool is_worthwhile, Work&& work, OtherWork&& other_work) {
  if (!is_worthwhile || !has_two_cores()) {
    work();
    other_work();
    return;
  }
  std::thread other([&, cancellation = CancellationScope::current()] {
    const CancellationScope scope(cancellation);
    other_work();
  });
  work();
  other.join();
}

/// Calls `work(begin, end)` for the rows from 0 to `middle` and from `middle` to `count`, at the
/// same time if there are at least `worthwhile` rows. See do_two().
template <typename Work>
void for_two_parts(std::size_t middle, std::size_t count, std::size_t worthwhile, Work&& work) {
  do_two(
      count >= worthwhile, [&] { work(std::size_t{0}, middle); }, [&] { work(middle, count); });
}

}  // namespace plumb
