// SPDX-License-Identifier: Apache-2.0
// What tasks use to wait for each other besides channels: as Go's package sync, with its wait
// reasons. None of them belongs to a task: any may unlock what another has locked, as in Go.
//
// All wake in the order of waiting. All can be used with std::lock_guard, std::unique_lock and
// std::shared_lock. Destroying one that somebody waits for is an error of the program.

#pragma once

#include <plumb/rt/detail/spin_lock.h>
#include <plumb/rt/detail/waiter.h>
#include <plumb/rt/go.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace plumb::rt {

/// sync.Mutex. Handed over to the one who waits longest. Not recursive.
class mutex {
 public:
  mutex() = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  void lock();
  bool try_lock();
  /// Panics if it is not locked.
  void unlock();

 private:
  detail::SpinLock lock_;
  bool is_locked_ = false;
  detail::WaitQueue queue_;
};

/// sync.RWMutex: many readers or one writer. Who comes after a waiting writer waits for it.
class rwmutex {
 public:
  rwmutex() = default;
  rwmutex(const rwmutex&) = delete;
  rwmutex& operator=(const rwmutex&) = delete;

  void lock();
  bool try_lock();
  /// Panics if it is not locked for writing.
  void unlock();
  void lock_shared();
  bool try_lock_shared();
  /// Panics if it is not locked for reading.
  void unlock_shared();

 private:
  void hand_over(detail::Waiter*& woken);

  detail::SpinLock lock_;
  bool is_written_ = false;
  std::uint32_t readers_ = 0;
  detail::WaitQueue queue_;  // case_index of a waiter: 1 for writers.
};

/// sync.Cond, to be used with a mutex of any kind: wait() in a loop that tests what is waited for.
class cond {
 public:
  cond() = default;
  cond(const cond&) = delete;
  cond& operator=(const cond&) = delete;

  /// Unlocks `locked`, waits for a notify, locks it again.
  template <typename Lock>
  void wait(Lock& locked) {
    detail::Waiter waiter;
    enqueue(waiter);
    locked.unlock();
    sleep(waiter);
    locked.lock();
  }
  template <typename Lock, typename Test>
  void wait(Lock& locked, Test test) {
    while (!test()) wait(locked);
  }
  void notify_one();
  void notify_all();

 private:
  void enqueue(detail::Waiter& waiter);
  void sleep(detail::Waiter& waiter);

  detail::SpinLock lock_;
  detail::WaitQueue queue_;
};

/// sync.WaitGroup.
class wait_group {
 public:
  explicit wait_group(std::int64_t count = 0) : count_(count) {}
  wait_group(const wait_group&) = delete;
  wait_group& operator=(const wait_group&) = delete;

  /// Panics if the counter becomes negative.
  void add(std::int64_t delta = 1);
  void done() { add(-1); }
  /// Waits until the counter is 0.
  void wait();

  /// Runs `f()` as a task that is counted.
  template <typename F>
  [[gnu::always_inline]] inline void go(F f) {
    add();
    rt::go([this, f = std::move(f)]() mutable {
      struct Done {
        wait_group& group;
        ~Done() { group.done(); }
      } const done{*this};
      f();
    });
  }

 private:
  detail::SpinLock lock_;
  std::int64_t count_;
  detail::WaitQueue queue_;
};

/// A number of permits. Dumps show who waits for one as "semacquire".
class semaphore {
 public:
  explicit semaphore(std::int64_t permits) : permits_(permits) {}
  semaphore(const semaphore&) = delete;
  semaphore& operator=(const semaphore&) = delete;

  /// Takes `count` permits at once; later ones do not overtake.
  void acquire(std::int64_t count = 1);
  bool try_acquire(std::int64_t count = 1);
  void release(std::int64_t count = 1);

 private:
  detail::SpinLock lock_;
  std::int64_t permits_;
  detail::WaitQueue queue_;  // `value` of a waiter points at the count it needs.
};

/// sync.Once: the first call runs its function, the others wait until it has run. An exception
/// counts as having run, as a panic does in Go.
class once {
 public:
  template <typename F>
  void call(F&& f) {
    if (is_done_.load(std::memory_order_acquire)) return;
    mutex_.lock();
    struct Finish {
      once& self;
      bool is_ours;
      ~Finish() {
        if (is_ours) self.is_done_.store(true, std::memory_order_release);
        self.mutex_.unlock();
      }
    } const finish{*this, !is_done_.load(std::memory_order_relaxed)};
    if (finish.is_ours) std::forward<F>(f)();
  }

 private:
  std::atomic<bool> is_done_{false};
  mutex mutex_;
};

}  // namespace plumb::rt
