// SPDX-License-Identifier: Apache-2.0
#include "base/cancellation.h"

#include <chrono>

namespace plumb {

bool Cancellation::ask() {
  constexpr std::int64_t kPauseNs = 10'000'000;
  if (is_cancelled_) return true;
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::int64_t next = next_ns_;
  if (now < next || !next_ns_.compare_exchange_strong(next, now + kPauseNs)) return false;
  if (is_unwanted_()) is_cancelled_ = true;
  return is_cancelled_;
}

}  // namespace plumb
