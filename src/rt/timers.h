// SPDX-License-Identifier: Apache-2.0
// Timers: what a worker does at a given time. A binary heap that knows where each timer is.

#pragma once

#include <plumb/rt/detail/spin_lock.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumb::rt::detail {

/// Owned by whoever armed it; must outlive being armed.
struct Timer {
  static constexpr std::size_t kIdle = SIZE_MAX;

  /// Called once on the thread of the timer's worker (after shutdown() on one of the scheduler),
  /// under the lock of its timers: short, and without arming or stopping timers.
  void (*fire)(void* argument) = nullptr;
  void* argument = nullptr;
  std::int64_t when_ns = 0;    ///< Monotonic.
  std::int64_t period_ns = 0;  ///< 0: fires once.
  std::size_t index = kIdle;
};

/// Thread-safe.
class Timers {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  /// Returns true if it is now the first to fire. Requires: `timer` is not armed.
  bool arm(Timer& timer);
  /// Afterwards the timer does not fire, and is not firing. False if it had fired.
  bool stop(Timer& timer);
  /// Fires what is due at `now_ns`.
  void fire_due(std::int64_t now_ns);
  /// When the first fires.
  [[nodiscard]] std::int64_t next_ns();
  [[nodiscard]] bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }

 private:
  void place(std::size_t index, Timer* timer);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void remove(std::size_t index);

  SpinLock lock_;
  std::vector<Timer*> heap_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace plumb::rt::detail
