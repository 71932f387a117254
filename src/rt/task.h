// SPDX-License-Identifier: Apache-2.0
// Task: what the runtime knows of one task. Lies at the upper end of the task's stack, in memory
// that is never given back, so that a reader on another thread may look at any task at any time and
// ask afterwards whether what it saw holds together (see `resumes`).
//
// Ownership: written by the worker that runs the task (its home); `next` also by whoever wakes it.
// Fields that other threads read are atomic, with plain loads and stores.

#pragma once

#include <plumb/rt/wait_reason.h>

#include <atomic>
#include <cstdint>

#include "rt/processor.h"
#include "rt/switch_context.h"

namespace plumb::rt::detail {

class Worker;
struct SelectClaim;
struct LabelSet;
struct TaskLocals;

enum class TaskState : std::uint8_t {
  Free,   ///< No task: the slot waits for the next one.
  Made,   ///< Taken, and its closure may be there. Not shown.
  Fresh,  ///< Created, has not run.
  Runnable,
  Running,
  Waiting,
  Ended,  ///< Will be Free when its worker has left its stack.
};

enum class TaskKind : std::uint8_t {
  Go,          ///< Made by go(), runs on a worker.
  Thread,      ///< A thread of the program.
  Scheduler,   ///< A worker's own stack; not shown.
  Registered,  ///< Of another framework: see registered.h.
};

/// What every switch and a leak scan need comes first: it lies in one line of the cache.
struct Task {
  Task* next = nullptr;  ///< In the queue that it is in.
  /// Counted up whenever the task starts to run or becomes another. A reader that finds the same
  /// even number before and after looking at a task that waits has seen what was there.
  std::atomic<std::uint64_t> resumes{0};
  std::atomic<TaskState> state{TaskState::Free};
  std::atomic<WaitReason> reason{WaitReason::None};
  std::atomic<bool> is_leaked{false};  ///< Proved by count that nothing can wake it.
  TaskKind kind = TaskKind::Go;
  TaskState next_state = TaskState::Free;  ///< To be published when its worker has left it.
  SwitchState switching;

  void (*body)(void*) = nullptr;
  void* closure = nullptr;
  TaskLocals* locals = nullptr;
  /// The worker that runs it; null until it has run, and for threads.
  std::atomic<Worker*> home{nullptr};
  std::atomic<const void*> object{nullptr};         ///< What it waits for.
  std::atomic<const SelectClaim*> select{nullptr};  ///< In a select without a timeout: its cases.
  std::atomic<std::int64_t> since_ns{0};  ///< Monotonic time (coarse) at which it began to wait.
  std::atomic<std::uint64_t> id{0};
  std::atomic<std::uint64_t> creator_id{0};  ///< 0: not known.
  std::atomic<void*> created_by{nullptr};    ///< The return address of its go().
  std::atomic<const LabelSet*> labels{nullptr};
  // Of a thread: its futex (ready() was called), its kernel id, and the registers with which it
  // waits.
  std::atomic<std::uint32_t> is_notified{0};
  std::atomic<int> tid{0};
  std::atomic<std::uintptr_t> parked_pc{0};
  std::atomic<std::uintptr_t> parked_sp{0};
  std::atomic<std::uintptr_t> parked_frame{0};
};

/// Says that what `task` was is over: before it runs, or becomes another.
inline void count_resume(Task& task) {
  task.resumes.store(task.resumes.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  keep_stores_in_order();
}

/// Monotonic, to the tick of the kernel's clock (1 to 4 ms), for the price of reading memory.
std::int64_t coarse_now_ns();
/// Monotonic, exact.
std::int64_t now_ns();

/// Singly linked. push() and pop(): first in, first out.
class TaskList {
 public:
  [[nodiscard]] bool empty() const { return head_ == nullptr; }
  [[nodiscard]] std::size_t size() const { return size_; }

  void push(Task* task) {
    task->next = nullptr;
    (tail_ != nullptr ? tail_->next : head_) = task;
    tail_ = task;
    ++size_;
  }

  void push_front(Task* task) {
    task->next = head_;
    head_ = task;
    if (tail_ == nullptr) tail_ = task;
    ++size_;
  }

  Task* pop() {
    Task* const task = head_;
    if (task == nullptr) return nullptr;
    head_ = task->next;
    if (head_ == nullptr) tail_ = nullptr;
    --size_;
    return task;
  }

 private:
  Task* head_ = nullptr;
  Task* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace plumb::rt::detail
