// SPDX-License-Identifier: Apache-2.0
#include "rt/thread_task.h"

#include <linux/futex.h>
#include <plumb/rt/detail/waiter.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "rt/scheduler.h"
#include "rt/task_locals.h"
#include "rt/threads.h"
#include "rt/unwind.h"

namespace plumb::rt::detail {
namespace {

/// Ends with its thread.
struct ThreadTask {
  ThreadTask() : task(std::make_unique<Task>()) {
    task->kind = TaskKind::Thread;
    find_stack_of_thread(task->switching);
    task->id.store(Scheduler::get().take_ids(1), std::memory_order_relaxed);
    task->tid.store(static_cast<int>(syscall(SYS_gettid)), std::memory_order_relaxed);
    task->state.store(TaskState::Running, std::memory_order_release);
    Scheduler::get().add_thread(task.get());
  }
  ~ThreadTask() {
    Scheduler::get().remove_thread(task.get());
    drop_locals(*task);
    drop_labels(*task);
  }
  ThreadTask(const ThreadTask&) = delete;
  ThreadTask& operator=(const ThreadTask&) = delete;

  std::unique_ptr<Task> task;
  OwnThread is_shown;
};

thread_local Task* this_thread = nullptr;

void store_registers(Task& self, const SavedRegisters& registers) {
  self.parked_pc.store(registers.pc, std::memory_order_relaxed);
  self.parked_sp.store(registers.sp, std::memory_order_relaxed);
  self.parked_frame.store(registers.frame, std::memory_order_relaxed);
}

}  // namespace

Task* thread_task() {
  if (this_thread == nullptr) {
    thread_local ThreadTask made;
    this_thread = made.task.get();
  }
  return this_thread;
}

Task* find_thread_task() {
  return this_thread;
}

// The registers of the caller, which must wait in the same call.
[[gnu::always_inline]] inline void note_registers(Task& self) {
  store_registers(self, registers_here());
}

void begin_waiting(Task& self, WaitReason reason, const void* object,
                   const SavedRegisters& registers) {
  self.reason.store(reason, std::memory_order_relaxed);
  self.object.store(object, std::memory_order_relaxed);
  self.since_ns.store(coarse_now_ns(), std::memory_order_relaxed);
  store_registers(self, registers);
  self.state.store(TaskState::Waiting, std::memory_order_release);
}

void end_waiting(Task& self) {
  count_resume(self);
  self.state.store(TaskState::Running, std::memory_order_release);
  self.reason.store(WaitReason::None, std::memory_order_relaxed);
  self.is_leaked.store(false, std::memory_order_relaxed);
}

[[gnu::noinline]] void park_thread(Task* self, WaitReason reason, const void* object) {
  self->reason.store(reason, std::memory_order_relaxed);
  self->object.store(object, std::memory_order_relaxed);
  self->since_ns.store(coarse_now_ns(), std::memory_order_relaxed);
  note_registers(*self);
  self->state.store(TaskState::Waiting, std::memory_order_release);
  while (self->is_notified.exchange(0, std::memory_order_acquire) == 0) {
    syscall(SYS_futex, &self->is_notified, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }
  end_waiting(*self);
}

[[gnu::noinline]] int poll_in_thread(Task* self, pollfd& wanted) {
  self->reason.store(WaitReason::IoWait, std::memory_order_relaxed);
  self->object.store(nullptr, std::memory_order_relaxed);
  self->since_ns.store(coarse_now_ns(), std::memory_order_relaxed);
  note_registers(*self);
  self->state.store(TaskState::Waiting, std::memory_order_release);
  const int count = poll(&wanted, 1, -1);
  const int code = errno;
  end_waiting(*self);
  errno = code;
  return count;
}

// The thread may go on, and its task be gone, as soon as it is notified: the address is only the
// name of a queue in the kernel then.
void ready_thread(Task* task) {
  std::atomic<std::uint32_t>* const futex = &task->is_notified;
  futex->store(1, std::memory_order_release);
  syscall(SYS_futex, futex, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace plumb::rt::detail
