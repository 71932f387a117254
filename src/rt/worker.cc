// SPDX-License-Identifier: Apache-2.0
#include "rt/worker.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <mutex>

#include "rt/scheduler.h"
#include "rt/task_body.h"
#include "rt/threads.h"

namespace plumb::rt::detail {
namespace {

constexpr std::uint64_t kIdBlock = 16;
constexpr std::uint32_t kPicksBetweenLooks = 32;  // At timers and descriptors.
constexpr std::uint32_t kPicksBetweenClocks = 8;
constexpr std::int64_t kStalledNs = 100'000'000;

thread_local Worker* this_worker = nullptr;

}  // namespace

std::int64_t coarse_now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

Worker::Worker(Scheduler& scheduler, unsigned index) : scheduler_(scheduler), index_(index) {
  own_.kind = TaskKind::Scheduler;
}

Worker* Worker::current() {
  return this_worker;
}

void Worker::run() {
  this_worker = this;
  const OwnThread is_own;
  tid_.store(static_cast<int>(syscall(SYS_gettid)), std::memory_order_relaxed);
  find_stack_of_thread(own_.switching);
  own_.switching.thread_exceptions = exceptions_of_thread();
#if defined(PLUMB_RT_TSAN)
  own_.switching.fiber = __tsan_get_current_fiber();
#endif
  task_ = &own_;
  for (;;) {
    Task* task = pick();
    if (task == nullptr) task = steal();
    end_search(task != nullptr);
    if (task != nullptr) {
      own_.next_state = TaskState::Waiting;
      resume(task);
    } else if (scheduler_.is_stopping()) {
      break;
    } else {
      sleep();
    }
  }
  this_worker = nullptr;
}

void Worker::leave(TaskState next_state) {
  task_->next_state = next_state;
  Task* const next = pick();
  if (next == task_) return;  // It has been woken already.
  resume(next != nullptr ? next : &own_);
}

void Worker::resume(Task* task) {
  Task* const from = task_;
  task_ = task;
  const bool is_shown = task->kind == TaskKind::Go;
  if (is_shown) {
    task->home.store(this, std::memory_order_relaxed);
    count_resume(*task);
    task->state.store(TaskState::Running, std::memory_order_release);
  }
  running_.store(is_shown ? task : nullptr, std::memory_order_release);
  add_one(switches_);
  const Leaving leaving = from->next_state == TaskState::Ended ? Leaving::ForEver : Leaving::ForNow;
  const auto transfer = switch_stacks(from->switching, task->switching, leaving, from);
  arrived(from->switching);
  finish_switch(transfer);
}

// Runs on the stack that was switched to: only now is the other one complete.
void Worker::finish_switch(boost::context::detail::transfer_t from) {
  Task* const left = static_cast<Task*>(from.data);
  left->switching.context.store(from.fctx, std::memory_order_relaxed);
  if (left->next_state == TaskState::Ended) {
    recycle(left);
  } else {
    left->state.store(left->next_state, std::memory_order_release);
  }
}

void Worker::enter_task(boost::context::detail::transfer_t from) {
  Worker* const worker = this_worker;
  arrived(worker->task_->switching);
  worker->finish_switch(from);
  run_body(*worker->task_);
  worker->leave(TaskState::Ended);
}

void Worker::recycle(Task* task) {
  task->state.store(TaskState::Free, std::memory_order_release);
  count_resume(*task);
  task->home.store(nullptr, std::memory_order_relaxed);
  retire_stack(task->switching);
  add_one(ended_);
  slots_.push_front(task);
  if (slots_.size() > 2 * StackSlabs::kBatch) scheduler_.slabs().give(slots_, StackSlabs::kBatch);
}

Task* Worker::take_slot() {
  if (slots_.empty()) scheduler_.slabs().take(slots_, StackSlabs::kBatch);
  return slots_.pop();
}

std::uint64_t Worker::take_id() {
  if (next_id_ == last_id_) {
    next_id_ = scheduler_.take_ids(kIdBlock);
    last_id_ = next_id_ + kIdBlock;
  }
  return next_id_++;
}

void Worker::push_ready(Task* task) {
  if (task == task_) {  // On its way out.
    task->next_state = TaskState::Runnable;
  } else {
    task->state.store(TaskState::Runnable, std::memory_order_release);
  }
  ready_.push(task);
}

void Worker::post(Task* task) {
  Task* head = inbox_.load(std::memory_order_relaxed);
  do {
    task->next = head;
  } while (!inbox_.compare_exchange_weak(head, task, std::memory_order_seq_cst,
                                         std::memory_order_relaxed));
  if (is_asleep_.load(std::memory_order_seq_cst)) wake();
}

void Worker::empty_inbox() {
  Task* posted = inbox_.exchange(nullptr, std::memory_order_acquire);
  Task* first = nullptr;  // In the order of posting.
  while (posted != nullptr) {
    Task* const next = posted->next;
    posted->next = first;
    first = posted;
    posted = next;
  }
  while (first != nullptr) {
    Task* const next = first->next;
    push_ready(first);
    first = next;
  }
}

void Worker::push_fresh(Task* task) {
  prepare_stack(task->switching, task->closure, &Worker::enter_task);
  {
    const std::scoped_lock lock(fresh_lock_);
    fresh_.push(task);
    fresh_count_.store(fresh_.size(), std::memory_order_seq_cst);
  }
  scheduler_.wake_one();
}

Task* Worker::pick_fresh() {
  const std::scoped_lock lock(fresh_lock_);
  Task* const task = fresh_.pop();
  fresh_count_.store(fresh_.size(), std::memory_order_relaxed);
  return task;
}

// Those that have run come first, but cannot keep new ones away.
Task* Worker::pick() {
  if (++picks_ % kPicksBetweenClocks == 0) note_time(coarse_now_ns());
  if (picks_ % kPicksBetweenLooks == 0) look_around();
  if (inbox_.load(std::memory_order_relaxed) != nullptr) empty_inbox();
  const bool is_turn_of_fresh = picks_ % 4 == 0 || ready_.empty();
  if (is_turn_of_fresh && has_fresh()) {
    Task* const task = pick_fresh();
    if (task != nullptr) return task;
  }
  return ready_.pop();
}

// Takes half of what another worker has not got to, and returns the first.
Task* Worker::steal() {
  const auto& workers = scheduler_.workers();
  for (std::size_t i = 1; i < workers.size(); ++i) {
    Worker& victim = *workers[(index_ + i) % workers.size()];
    if (!victim.has_fresh()) continue;
    TaskList stolen;
    {
      const std::scoped_lock lock(victim.fresh_lock_);
      const std::size_t count = (victim.fresh_.size() + 1) / 2;
      for (std::size_t taken = 0; taken < count; ++taken) stolen.push(victim.fresh_.pop());
      victim.fresh_count_.store(victim.fresh_.size(), std::memory_order_relaxed);
    }
    Task* const task = stolen.pop();
    if (task == nullptr) continue;
    const std::scoped_lock lock(fresh_lock_);
    while (!stolen.empty()) fresh_.push(stolen.pop());
    fresh_count_.store(fresh_.size(), std::memory_order_relaxed);
    return task;
  }
  return nullptr;
}

void Worker::look_around() {
  if (!timers_.empty()) timers_.fire_due(now_ns());
  if (poller_.has_waiters()) poller_.wait(0);
}

bool Worker::has_work() const {
  return !ready_.empty() || inbox_.load(std::memory_order_seq_cst) != nullptr ||
         scheduler_.has_fresh() || scheduler_.is_stopping();
}

void Worker::sleep() {
  is_asleep_.store(true, std::memory_order_seq_cst);
  scheduler_.note_idle(*this, true);
  // What was queued before is seen here; who queues something later sees that we sleep.
  const std::int64_t next_ns = timers_.next_ns();
  std::int64_t timeout_ns = Poller::kNoLimit;
  if (next_ns != Timers::kNever) timeout_ns = std::max<std::int64_t>(0, next_ns - now_ns());
  if (has_work()) timeout_ns = 0;
  poller_.wait(timeout_ns);
  scheduler_.note_idle(*this, false);
  is_asleep_.store(false, std::memory_order_relaxed);
  if (!timers_.empty()) timers_.fire_due(now_ns());
}

bool Worker::wake() {
  if (!is_asleep_.exchange(false, std::memory_order_seq_cst)) return false;
  poller_.wake();
  return true;
}

bool Worker::wake_to_search() {
  is_searcher_.store(true, std::memory_order_seq_cst);
  return wake();
}

void Worker::end_search(bool has_found) {
  if (!is_searcher_.load(std::memory_order_relaxed)) return;
  is_searcher_.store(false, std::memory_order_relaxed);
  scheduler_.end_search();
  if (has_found && scheduler_.has_fresh()) scheduler_.wake_one();
}

void Worker::arm(Timer& timer) {
  const bool is_first = timers_.arm(timer);
  if (is_first && this_worker != this) wake();
  if (scheduler_.is_stopping()) scheduler_.keep_time();
}

std::int64_t Worker::fire_due() {
  timers_.fire_due(now_ns());
  return timers_.next_ns();
}

std::int64_t Worker::stalled_since_ns() const {
  const std::int64_t since = switched_ns_.load(std::memory_order_relaxed);
  if (running() == nullptr || coarse_now_ns() - since < kStalledNs) return 0;
  const bool is_waited_for = inbox_.load(std::memory_order_relaxed) != nullptr || has_fresh();
  return is_waited_for ? since : 0;
}

}  // namespace plumb::rt::detail
