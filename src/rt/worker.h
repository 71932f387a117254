// SPDX-License-Identifier: Apache-2.0
// Worker: one thread that runs tasks, one after the other.
//
// A task that has run belongs to its worker for good. It is woken by putting it into the worker's
// queue: from the worker's own thread into `ready_`, from elsewhere into `inbox_`, which the worker
// empties. That is why a task may be woken as soon as it is in the queue of what it waits for: its
// own worker cannot resume it before it has left its stack.

#pragma once

#include <plumb/rt/detail/spin_lock.h>

#include <atomic>
#include <cstdint>

#include "rt/poller.h"
#include "rt/stack_slabs.h"
#include "rt/task.h"
#include "rt/timers.h"

namespace plumb::rt::detail {

class Scheduler;

// What other threads write stands apart from what only its own does.
class alignas(64) Worker {  // NOLINT(clang-analyzer-optin.performance.Padding)
 public:
  Worker(Scheduler& scheduler, unsigned index);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// The worker of the calling thread, or null.
  static Worker* current();

  /// The life of the thread.
  void run();

  // For the thread of the worker.

  [[nodiscard]] Task* task() const { return task_; }
  /// Leaves the current task, which becomes `next_state`; returns when it is resumed.
  void leave(TaskState next_state);
  void push_ready(Task* task);
  /// Says what time it is: about when the current task began to run.
  void note_time(std::int64_t coarse_ns) {
    switched_ns_.store(coarse_ns, std::memory_order_relaxed);
  }
  Task* take_slot();
  std::uint64_t take_id();
  void count_created() { add_one(created_); }
  Poller& poller() { return poller_; }

  // For any thread.

  /// Puts a task of this worker that waits into its queue.
  void post(Task* task);
  /// Puts a task that has not run into the queue from which others may take it.
  void push_fresh(Task* task);
  [[nodiscard]] bool has_fresh() const { return fresh_count_.load(std::memory_order_relaxed) != 0; }
  /// Interrupts its sleep; false if it does not sleep.
  bool wake();
  /// Interrupts its sleep to look for fresh tasks elsewhere; false if it does not sleep.
  bool wake_to_search();
  void arm(Timer& timer);
  bool stop(Timer& timer) { return timers_.stop(timer); }
  /// Fires what is due in place of its thread, which has ended; returns when the next is due.
  std::int64_t fire_due();
  [[nodiscard]] bool has_timers() { return timers_.next_ns() != Timers::kNever; }
  [[nodiscard]] unsigned index() const { return index_; }
  [[nodiscard]] int tid() const { return tid_.load(std::memory_order_relaxed); }
  /// The task it is in, null for none: to be looked at as any task of another thread.
  [[nodiscard]] Task* running() const { return running_.load(std::memory_order_acquire); }
  /// Since when it has run one task without a pause, while others wait for it; 0: it has not.
  [[nodiscard]] std::int64_t stalled_since_ns() const;
  [[nodiscard]] std::uint64_t created() const { return created_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t ended() const { return ended_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t switches() const { return switches_.load(std::memory_order_relaxed); }

 private:
  static void enter_task(boost::context::detail::transfer_t from);
  void resume(Task* task);
  void finish_switch(boost::context::detail::transfer_t from);
  void recycle(Task* task);
  Task* pick();
  Task* pick_fresh();
  Task* steal();
  void empty_inbox();
  void look_around();
  void sleep();
  [[nodiscard]] bool has_work() const;
  void end_search(bool has_found);
  /// Only its own thread writes such a counter.
  static void add_one(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  Scheduler& scheduler_;
  const unsigned index_;
  Task* task_ = nullptr;  // Runs; the scheduler's own between tasks.
  Task own_;              // The stack of the thread.
  TaskList ready_;
  TaskList slots_;
  std::uint32_t picks_ = 0;
  std::uint64_t next_id_ = 0;
  std::uint64_t last_id_ = 0;  // Behind the ids that it has taken for itself.
  Poller poller_;

  alignas(64) std::atomic<Task*> inbox_{nullptr};  // The last posted first.
  std::atomic<bool> is_asleep_{false};
  std::atomic<bool> is_searcher_{false};
  std::atomic<Task*> running_{nullptr};
  std::atomic<std::int64_t> switched_ns_{0};
  std::atomic<std::uint64_t> switches_{0};
  std::atomic<std::uint64_t> created_{0};
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<int> tid_{0};

  alignas(64) SpinLock fresh_lock_;
  TaskList fresh_;  // Guarded by fresh_lock_.
  std::atomic<std::size_t> fresh_count_{0};
  Timers timers_;
};

}  // namespace plumb::rt::detail
