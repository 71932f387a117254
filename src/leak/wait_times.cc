// SPDX-License-Identifier: Apache-2.0
#include "leak/wait_times.h"

#include <algorithm>
#include <utility>

namespace plumb {
namespace {

std::uint32_t saturated(std::uint64_t number) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
}

// Adds goroutines that have waited as long.
void add_to(WaitCount& count, std::uint64_t goroutines) {
  count.goroutines = saturated(count.goroutines + std::uint64_t{saturated(goroutines)});
}

}  // namespace

void WaitTimes::add(std::uint64_t minutes, std::uint64_t goroutines) {
  if (goroutines == 0) return;
  if (!counts_.empty() && counts_.back().minutes == saturated(minutes)) {
    add_to(counts_.back(), goroutines);
    return;
  }
  counts_.push_back({saturated(minutes), saturated(goroutines)});
  // Goroutines come in any order of age: merging when the list has doubled keeps it short and the
  // cost of merging in proportion.
  if (counts_.size() > 2 * compacted_ + 64) compact();
}

void WaitTimes::take(std::vector<WaitCount>& waits) {
  if (empty()) {
    counts_ = std::move(waits);
    compacted_ = counts_.size();
  } else {
    for (const WaitCount& wait : waits) add(wait.minutes, wait.goroutines);
  }
  waits = {};
}

std::uint64_t WaitTimes::oldest() const {
  std::uint32_t oldest = 0;
  for (const WaitCount& count : counts_) oldest = std::max(oldest, count.minutes);
  return oldest;
}

std::uint64_t WaitTimes::count() const {
  std::uint64_t total = 0;
  for (const WaitCount& count : counts_) total += count.goroutines;
  return total;
}

std::uint64_t WaitTimes::at_rank(std::uint64_t rank) {
  compact();
  std::uint64_t passed = 0;
  for (const WaitCount& count : counts_) {
    passed += count.goroutines;
    if (passed > rank) return count.minutes;
  }
  return 0;
}

std::uint64_t WaitTimes::median() {
  return empty() ? 0 : at_rank((count() - 1) / 2);
}

double WaitTimes::quantile(double q) {
  const std::uint64_t last = count() - 1;
  const double place = q * static_cast<double>(last);
  const auto below = static_cast<std::uint64_t>(place);
  const auto low = static_cast<double>(at_rank(below));
  const auto high = static_cast<double>(at_rank(std::min(below + 1, last)));
  return low + (high - low) * (place - static_cast<double>(below));
}

void WaitTimes::compact() {
  if (compacted_ == counts_.size()) return;
  std::ranges::sort(counts_, {}, &WaitCount::minutes);
  std::size_t kept = 0;
  for (const WaitCount& count : counts_) {
    if (kept > 0 && counts_[kept - 1].minutes == count.minutes) {
      add_to(counts_[kept - 1], count.goroutines);
    } else {
      counts_[kept++] = count;
    }
  }
  counts_.resize(kept);
  compacted_ = kept;
}

}  // namespace plumb
