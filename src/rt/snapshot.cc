// SPDX-License-Identifier: Apache-2.0
#include "rt/snapshot.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "rt/outside_threads.h"
#include "rt/registered.h"
#include "rt/scheduler.h"
#include "rt/thread_capture.h"
#include "rt/unwind.h"

namespace plumb::rt::detail {
namespace {

class Snapshot {
 public:
  Snapshot(WithStacks with_stacks, const std::function<void(const TaskView&)>& visit)
      : with_stacks_(with_stacks), visit_(visit) {}

  void run() {
    const std::scoped_lock lock(mutex_);
    const LabelReaders labels_stay;
    Scheduler* const scheduler = Scheduler::find();
    if (scheduler != nullptr) scheduler->for_each_thread([&](const Task& task) { look_at(task); });
    outside().for_each([&](int tid, const OutsideThread& thread) { look_at(tid, thread); });
    if (scheduler != nullptr) scheduler->slabs().for_each([&](const Task& task) { look_at(task); });
    for_each_registered([&](const RegisteredTask& task) { look_at(task); });
  }

 private:
  static constexpr int kTries = 4;

  static bool is_shown(TaskState state) {
    return state != TaskState::Free && state != TaskState::Made && state != TaskState::Ended;
  }

  // A task that changes all the time while it is looked at is running, in the end.
  void look_at(const Task& task) {
    for (int i = 0; i < kTries; ++i) {
      if (!read(task)) continue;
      if (is_shown(view_.state)) visit_(view_);
      return;
    }
    view_.state = TaskState::Running;
    view_.has_stack = false;
    view_.pcs = {};
    if (view_.id != 0) visit_(view_);
  }

  // A thread that is none of ours.
  void look_at(int tid, const OutsideThread& thread) {
    view_ = {};
    view_.id = thread.id;
    view_.kind = TaskKind::Thread;
    view_.state = TaskState::Running;
    view_.labels = &thread.labels;
    if (with_stacks_ == WithStacks::Yes) {
      read_sleeping(tid);
    } else {
      view_.is_in_kernel = registers_in_kernel(tid).has_value();
    }
    visit_(view_);
  }

  // False if it does not sleep.
  bool read_sleeping(int tid) {
    const auto sleeping = outside().look_at(tid);
    if (!sleeping) return false;
    const std::size_t count =
        unwinder().unwind(sleeping->registers, sleeping->stack, pcs_, Unwinder::First::IsExact);
    view_.pcs = std::span(pcs_).first(count);
    view_.is_interrupted = true;
    view_.is_in_kernel = true;
    view_.has_stack = true;
    return true;
  }

  // False if the task ran, or became another one, in between.
  bool read(const Task& task) {
    const std::uint64_t before = task.resumes.load(std::memory_order_acquire);
    view_ = {};
    view_.state = task.state.load(std::memory_order_acquire);
    if (!is_shown(view_.state)) return true;
    read_fields(task);
    if (with_stacks_ == WithStacks::Yes) {
      if (!read_stack(task)) return false;
    } else if (view_.kind == TaskKind::Thread && view_.state == TaskState::Running) {
      view_.is_in_kernel = registers_in_kernel(task.tid.load()).has_value();
    }
    keep_loads_in_order();
    return task.resumes.load(std::memory_order_relaxed) == before &&
           task.state.load(std::memory_order_relaxed) == view_.state;
  }

  void read_fields(const Task& task) {
    view_.id = task.id.load(std::memory_order_relaxed);
    view_.creator_id = task.creator_id.load(std::memory_order_relaxed);
    view_.created_by = reinterpret_cast<std::uintptr_t>(task.created_by.load());
    view_.kind = task.kind;
    view_.labels = task.labels.load(std::memory_order_seq_cst);
    if (view_.state != TaskState::Waiting && view_.state != TaskState::Fresh) return;
    const std::int64_t since = task.since_ns.load(std::memory_order_relaxed);
    view_.waited_ns = std::max<std::int64_t>(0, now_ns_ - since);
    if (view_.state != TaskState::Waiting) return;
    view_.reason = task.reason.load(std::memory_order_relaxed);
    view_.object = task.object.load(std::memory_order_relaxed);
    view_.is_leaked = task.is_leaked.load(std::memory_order_relaxed);
  }

  bool read_stack(const Task& task) {
    switch (view_.state) {
      case TaskState::Fresh:
        view_.has_stack = true;
        return true;
      case TaskState::Waiting:
      case TaskState::Runnable:
        return read_waiting(task);
      case TaskState::Running:
        if (task.kind == TaskKind::Registered) return read_registered(task);
        return task.kind == TaskKind::Thread ? read_thread(task)
                                             : read_running(task, tid_of_home(task));
      default:
        return true;
    }
  }

  bool read_waiting(const Task& task) {
    if (task.kind == TaskKind::Thread) return read_parked_thread(task);
    if (task.kind == TaskKind::Go) return read_parked(task);
    view_.pcs = std::span(pcs_).first(static_cast<const RegisteredTask&>(task).copy_places(pcs_));
    view_.has_stack = true;
    return true;
  }

  // The stack is that of the thread that runs it.
  bool read_registered(const Task& task) {
    const int tid = task.tid.load(std::memory_order_relaxed);
    return read_sleeping(tid) || read_running(task, tid);
  }

  // From `registers` up to the end of the task's stack, where it lies.
  void unwind(const Task& task, const SavedRegisters& registers, Unwinder::First first) {
    const StackBytes stack = {registers.sp,
                              reinterpret_cast<std::uintptr_t>(task.switching.stack_high), 0};
    const std::size_t count = unwinder().unwind(registers, stack, pcs_, first);
    view_.pcs = std::span(pcs_).first(count);
    view_.is_interrupted = first == Unwinder::First::IsExact;
    view_.has_stack = true;
  }

  bool read_parked_thread(const Task& task) {
    const SavedRegisters registers = {task.parked_pc.load(std::memory_order_relaxed),
                                      task.parked_sp.load(std::memory_order_relaxed),
                                      task.parked_frame.load(std::memory_order_relaxed)};
    unwind(task, registers, Unwinder::First::IsExact);
    return true;
  }

  // A signal could end the system call that a thread of the program sleeps in.
  bool read_thread(const Task& task) {
    const int tid = task.tid.load(std::memory_order_relaxed);
    const auto registers = registers_in_kernel(tid);
    if (!registers) return read_running(task, tid);
    view_.is_in_kernel = true;
    unwind(task, *registers, Unwinder::First::IsExact);
    return true;
  }

  bool read_parked(const Task& task) {
    const void* const context = task.switching.context.load(std::memory_order_relaxed);
    const StackBytes stack = {reinterpret_cast<std::uintptr_t>(task.switching.stack_low),
                              reinterpret_cast<std::uintptr_t>(task.switching.stack_high), 0};
    const auto at = reinterpret_cast<std::uintptr_t>(context);
    if (at < stack.low || at + kContextBytes > stack.high) return false;
    unwind(task, read_saved(context), Unwinder::First::IsReturnAddress);
    return true;
  }

  static int tid_of_home(const Task& task) {
    const Worker* const home = task.home.load(std::memory_order_relaxed);
    return home != nullptr ? home->tid() : 0;
  }

  bool read_running(const Task& task, int tid) {
    const auto captured = ThreadCapture::capture(tid);
    if (!captured) return true;  // Has no stack, then.
    const std::uintptr_t sp = captured->registers.sp;
    if (task.kind == TaskKind::Go &&
        (sp < reinterpret_cast<std::uintptr_t>(task.switching.stack_low) ||
         sp >= reinterpret_cast<std::uintptr_t>(task.switching.stack_high))) {
      return false;
    }
    const std::size_t count =
        unwinder().unwind(captured->registers, captured->stack, pcs_, Unwinder::First::IsExact);
    view_.pcs = std::span(pcs_).first(count);
    view_.is_interrupted = true;
    view_.has_stack = true;
    return true;
  }

  // Guarded by mutex_, as all is that a snapshot uses; what it has learnt stays.
  static Unwinder& unwinder() {
    static Unwinder* const the_one = new Unwinder;
    return *the_one;
  }

  static OutsideThreads& outside() {
    static OutsideThreads* const the_one = new OutsideThreads;
    return *the_one;
  }

  static std::mutex mutex_;  // NOLINT(readability-identifier-naming)

  const WithStacks with_stacks_;
  const std::function<void(const TaskView&)>& visit_;
  const std::int64_t now_ns_ = coarse_now_ns();
  TaskView view_;
  std::array<std::uintptr_t, kMaxFrames> pcs_;
};

std::mutex Snapshot::mutex_;

}  // namespace

void visit_tasks(WithStacks with_stacks, const std::function<void(const TaskView&)>& visit) {
  Snapshot(with_stacks, visit).run();
}

}  // namespace plumb::rt::detail
