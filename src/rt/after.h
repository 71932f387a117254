// SPDX-License-Identifier: Apache-2.0
// After: a task that starts later, unless it is stopped before.

#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "rt/timers.h"

namespace plumb::rt::detail {

class Worker;

/// Thread-safe.
class After {
 public:
  /// Runs `f` as a task of the caller's in `duration`.
  static std::shared_ptr<After> start(std::chrono::nanoseconds duration, std::function<void()> f);
  /// False if the task has been started.
  bool stop();

  After(const After&) = delete;
  After& operator=(const After&) = delete;

 private:
  After() = default;
  void fire();

  Timer timer_;
  Worker* worker_ = nullptr;
  std::function<void()> function_;
  std::shared_ptr<After> self_;  // While it is armed.
  std::uint64_t creator_ = 0;
  void* created_by_ = nullptr;
};

}  // namespace plumb::rt::detail
