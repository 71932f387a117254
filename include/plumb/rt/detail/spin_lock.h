// SPDX-License-Identifier: Apache-2.0
// SpinLock: guards a few instructions, never a switch of tasks.

#pragma once

#include <atomic>

namespace plumb::rt::detail {

/// One byte. Gives its time slice away when the owner does not run.
class SpinLock {
 public:
  void lock() {
    if (!is_locked_.exchange(true, std::memory_order_acquire)) return;
    lock_slowly();
  }
  bool try_lock() { return !is_locked_.exchange(true, std::memory_order_acquire); }
  void unlock() { is_locked_.store(false, std::memory_order_release); }

 private:
  void lock_slowly();

  std::atomic<bool> is_locked_{false};
};

}  // namespace plumb::rt::detail
