// SPDX-License-Identifier: Apache-2.0
// Scheduler: all workers, all tasks, all threads that take part. There is one in a process; it is
// made by the first who needs it and never destroyed, because tasks may run until the process ends.

#pragma once

#include <plumb/rt/go.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "rt/stack_slabs.h"
#include "rt/task.h"
#include "rt/worker.h"

namespace plumb::rt::detail {

class Scheduler {
 public:
  /// Started with the defaults unless it has been started.
  static Scheduler& get();
  /// Null if nothing has started it.
  static Scheduler* find();
  static bool start(const options& with);

  [[nodiscard]] StackSlabs& slabs() { return slabs_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
  /// A worker for what comes from a thread that is none.
  Worker& any_worker();

  /// The first of `count` ids.
  static std::uint64_t take_ids(std::uint64_t count);
  /// Those of go() that have not ended. May be a little too high while tasks come and go.
  [[nodiscard]] std::size_t go_count() const;
  /// A thread that is no worker has made a task.
  void count_created() { created_elsewhere_.fetch_add(1, std::memory_order_release); }
  [[nodiscard]] std::size_t thread_count();

  /// A worker has no work from now on, or has some again.
  void note_idle(const Worker& worker, bool is_idle);
  /// Somebody should look for fresh tasks.
  void wake_one();
  /// The searcher that wake_one() woke has found something, or given up.
  void end_search() { is_searching_.store(false, std::memory_order_seq_cst); }
  [[nodiscard]] bool has_fresh() const;

  // Threads of the program.
  void add_thread(Task* task);
  void remove_thread(Task* task);
  /// Calls visit(Task&) for each of them, which stay while it runs.
  template <typename Visit>
  void for_each_thread(Visit&& visit) {
    const std::scoped_lock lock(threads_mutex_);
    for (Task* const task : threads_) visit(*task);
  }

  /// See plumb::rt::shutdown().
  std::size_t shutdown(std::int64_t grace_ns);
  [[nodiscard]] bool is_stopping() const { return is_stopping_.load(std::memory_order_seq_cst); }
  /// A timer has been armed while the workers end, or later: a thread fires it in their place.
  void keep_time();

 private:
  explicit Scheduler(const options& with);
  void spawn_workers();
  [[nodiscard]] bool has_timers() const;
  void fire_timers();

  StackSlabs slabs_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_of_workers_;
  std::atomic<std::uint64_t> created_elsewhere_{0};
  std::atomic<std::uint64_t> idle_{0};  // A bit for each worker.
  std::atomic<bool> is_searching_{false};
  std::atomic<bool> is_stopping_{false};
  std::atomic<unsigned> turn_{0};
  std::mutex threads_mutex_;
  std::vector<Task*> threads_;
  std::mutex timers_mutex_;  // Of what follows: for when the workers have ended.
  std::condition_variable timer_armed_;
  bool is_time_kept_ = false;
};

}  // namespace plumb::rt::detail
