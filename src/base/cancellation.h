// SPDX-License-Identifier: Apache-2.0
// Work that is called off while it runs.
//
// Loops over many things ask is_cancelled() now and then, and end early if it is so. What they give
// then is valid but of no use: whoever called the work off throws it away.

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace plumb {

/// Whether some work is to go on. Thread-safe, if the question is.
class Cancellation {
 public:
  /// `is_unwanted` is asked by those who work, every few milliseconds and on any of their threads,
  /// until it is true for the first time.
  explicit Cancellation(std::function<bool()> is_unwanted) : is_unwanted_(std::move(is_unwanted)) {}
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  /// True for ever once the work was called off, and somebody noticed.
  [[nodiscard]] bool is_cancelled() const { return is_cancelled_; }

  /// Asks, if it is time to ask again.
  bool ask();

 private:
  const std::function<bool()> is_unwanted_;
  std::atomic<bool> is_cancelled_{false};
  std::atomic<std::int64_t> next_ns_{0};
};

/// While one lives, what its thread does is work that `cancellation` may call off; null: that
/// nobody does. They nest.
class CancellationScope {
 public:
  explicit CancellationScope(Cancellation* cancellation)
      : before_(std::exchange(current_, cancellation)) {}
  ~CancellationScope() { current_ = before_; }
  CancellationScope(const CancellationScope&) = delete;
  CancellationScope& operator=(const CancellationScope&) = delete;

  /// Of this thread; null: nobody calls its work off.
  static Cancellation* current() { return current_; }

 private:
  static inline thread_local Cancellation* current_ = nullptr;  // NOLINT: named as a member.

  Cancellation* const before_;
};

/// True if the work of this thread was called off. Takes as long as reading a clock.
inline bool is_cancelled() {
  Cancellation* const current = CancellationScope::current();
  return current != nullptr && current->ask();
}

/// Work of a loop between two questions: rows of a table.
inline constexpr std::size_t kRowsBetweenQuestions = 4096;

/// is_cancelled(), asked before every few thousandth row.
inline bool is_cancelled_at(std::size_t row) {
  return row % kRowsBetweenQuestions == 0 && is_cancelled();
}

}  // namespace plumb
