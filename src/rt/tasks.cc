// SPDX-License-Identifier: Apache-2.0
// go(), yield(), sleep and what else a task does with itself.

#include <plumb/rt/detail/waiter.h>
#include <plumb/rt/go.h>
#include <plumb/rt/panic.h>
#include <sched.h>

#include <exception>
#include <string>

#include "rt/registered.h"
#include "rt/report_panic.h"
#include "rt/scheduler.h"
#include "rt/start_task.h"
#include "rt/task_body.h"
#include "rt/task_locals.h"
#include "rt/thread_task.h"

namespace plumb::rt {

std::string_view to_string(WaitReason reason) {
  switch (reason) {
    case WaitReason::None:
      return "";
    case WaitReason::ChanReceive:
      return "chan receive";
    case WaitReason::ChanReceiveNil:
      return "chan receive (nil chan)";
    case WaitReason::ChanSend:
      return "chan send";
    case WaitReason::ChanSendNil:
      return "chan send (nil chan)";
    case WaitReason::Select:
      return "select";
    case WaitReason::SelectNoCases:
      return "select (no cases)";
    case WaitReason::MutexLock:
      return "sync.Mutex.Lock";
    case WaitReason::RwMutexLock:
      return "sync.RWMutex.Lock";
    case WaitReason::RwMutexRLock:
      return "sync.RWMutex.RLock";
    case WaitReason::WaitGroupWait:
      return "sync.WaitGroup.Wait";
    case WaitReason::CondWait:
      return "sync.Cond.Wait";
    case WaitReason::Semaphore:
      return "semacquire";
    case WaitReason::Sleep:
      return "sleep";
    case WaitReason::IoWait:
      return "IO wait";
    case WaitReason::Syscall:
      return "syscall";
    case WaitReason::Coroutine:
      return "coroutine";
  }
  return "";
}

namespace detail {
namespace {

// What it must not have from the last one that lived in its slot.
void initialize(Task& task) {
  task.is_leaked.store(false, std::memory_order_relaxed);
  task.reason.store(WaitReason::None, std::memory_order_relaxed);
  task.object.store(nullptr, std::memory_order_relaxed);
  task.select.store(nullptr, std::memory_order_relaxed);
  task.since_ns.store(coarse_now_ns(), std::memory_order_relaxed);
}

}  // namespace

void panic(const char* message) {
  throw panic_error(message);
}

void SpinLock::lock_slowly() {
  constexpr int kSpins = 100;
  for (;;) {
    for (int i = 0; i < kSpins; ++i) {
      if (!is_locked_.load(std::memory_order_relaxed) && try_lock()) return;
      pause_in_loop();
    }
    sched_yield();
  }
}

Task* current_task() {
  Worker* const worker = Worker::current();
  return worker != nullptr ? worker->task() : thread_task();
}

void park(Task* self, WaitReason reason, const void* object) {
  if (self->kind == TaskKind::Thread) return park_thread(self, reason, object);
  self->reason.store(reason, std::memory_order_relaxed);
  self->object.store(object, std::memory_order_relaxed);
  const std::int64_t now = coarse_now_ns();
  self->since_ns.store(now, std::memory_order_relaxed);
  Worker* const home = self->home.load(std::memory_order_relaxed);
  home->note_time(now);
  home->leave(TaskState::Waiting);
  self->reason.store(WaitReason::None, std::memory_order_relaxed);
}

void ready(Task* task) {
  if (task->kind == TaskKind::Thread) return ready_thread(task);
  Worker* const home = task->home.load(std::memory_order_relaxed);
  if (home == Worker::current()) {
    home->push_ready(task);
  } else {
    home->post(task);
  }
}

NewTask make_task(std::size_t closure_bytes, void (*body)(void*)) {
  Scheduler& scheduler = Scheduler::get();
  Worker* const worker = Worker::current();
  if (scheduler.is_stopping() && worker == nullptr) panic("go called after shutdown");
  Task* const task = worker != nullptr ? worker->take_slot() : scheduler.slabs().take();
  constexpr std::uintptr_t kAlignment = 64;
  const auto high = reinterpret_cast<std::uintptr_t>(task->switching.stack_high);
  task->closure = reinterpret_cast<void*>((high - closure_bytes) & ~(kAlignment - 1));
  task->body = body;
  // Before the closure is made: what is moved into it is nowhere else.
  task->state.store(TaskState::Made, std::memory_order_release);
  return {task, task->closure};
}

void abandon_task(NewTask fresh) noexcept {
  fresh.task->state.store(TaskState::Free, std::memory_order_release);
  TaskList one;
  one.push(fresh.task);
  Scheduler::get().slabs().give(one, 1);
}

[[gnu::noinline]] task_id start_task(NewTask fresh) {
  const Task& creator = *current_task();
  if (creator.labels.load(std::memory_order_relaxed) != nullptr) {
    inherit_labels(*fresh.task, creator);
  }
  return start_task_of(fresh, __builtin_return_address(0),
                       creator.id.load(std::memory_order_relaxed));
}

task_id start_task_of(NewTask fresh, void* created_by, std::uint64_t creator_id) {
  Task& task = *fresh.task;
  initialize(task);
  task.created_by.store(created_by, std::memory_order_relaxed);
  task.creator_id.store(creator_id, std::memory_order_relaxed);
  Worker* const worker = Worker::current();
  Scheduler& scheduler = Scheduler::get();
  const task_id id = worker != nullptr ? worker->take_id() : scheduler.take_ids(1);
  task.id.store(id, std::memory_order_relaxed);
  if (worker != nullptr) {
    worker->count_created();
  } else {
    scheduler.count_created();
  }
  task.state.store(TaskState::Fresh, std::memory_order_release);
  (worker != nullptr ? *worker : scheduler.any_worker()).push_fresh(&task);
  return id;
}

void run_body(Task& task) noexcept {
  try {
    task.body(task.closure);
    drop_locals(task);
  } catch (...) {
    report_uncaught(task);
    std::rethrow_exception(std::current_exception());  // Out of here: ends the process.
  }
  drop_labels(task);
}

bool is_outermost_function(std::uintptr_t function_start) {
  return function_start == reinterpret_cast<std::uintptr_t>(&run_body);
}

}  // namespace detail

bool start(const options& with) {
  return detail::Scheduler::start(with);
}

std::size_t shutdown(std::chrono::nanoseconds grace) {
  detail::Scheduler* const scheduler = detail::Scheduler::find();
  return scheduler != nullptr ? scheduler->shutdown(grace.count()) : 0;
}

std::size_t task_count() {
  static_cast<void>(detail::current_task());
  detail::Scheduler& scheduler = detail::Scheduler::get();
  return scheduler.go_count() + scheduler.thread_count() + detail::registered_count();
}

task_id current_id() {
  return detail::current_task()->id.load(std::memory_order_relaxed);
}

void yield() {
  detail::Worker* const worker = detail::Worker::current();
  if (worker == nullptr) {
    sched_yield();
    return;
  }
  worker->push_ready(worker->task());
  worker->leave(detail::TaskState::Runnable);
}

void sleep_for(std::chrono::nanoseconds duration) {
  if (duration.count() <= 0) return yield();
  detail::Task* const task = detail::current_task();
  detail::Timer timer;
  timer.fire = [](void* argument) { detail::ready(static_cast<detail::Task*>(argument)); };
  timer.argument = task;
  timer.when_ns = detail::now_ns() + duration.count();
  detail::Worker* const worker = detail::Worker::current();
  (worker != nullptr ? *worker : detail::Scheduler::get().any_worker()).arm(timer);
  detail::park(task, WaitReason::Sleep, nullptr);
}

}  // namespace plumb::rt
