// SPDX-License-Identifier: Apache-2.0
// Time on channels: ticker and after(), as in Go's package time.

#pragma once

#include <plumb/rt/chan.h>

#include <chrono>
#include <memory>

namespace plumb::rt {

using time_point = std::chrono::steady_clock::time_point;

namespace detail {
struct TickerState;
}

/// Sends the time on its channel every `period`; drops what is not received in time. Stops when it
/// is destroyed. Its channel is never closed. Thread-safe.
class ticker {
 public:
  /// Panics unless `period` is positive.
  explicit ticker(std::chrono::nanoseconds period);
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;
  ~ticker();

  [[nodiscard]] const chan<time_point>& channel() const;
  void stop();

 private:
  std::unique_ptr<detail::TickerState> state_;
};

/// A channel on which the time is sent once, in `duration`.
chan<time_point> after(std::chrono::nanoseconds duration);

}  // namespace plumb::rt
