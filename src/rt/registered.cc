// SPDX-License-Identifier: Apache-2.0
#include "rt/registered.h"

#include <plumb/rt/detail/spin_lock.h>
#include <plumb/rt/detail/waiter.h>
#include <plumb/rt/register.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "rt/own_stack.h"
#include "rt/scheduler.h"
#include "rt/task_locals.h"
#include "rt/thread_task.h"

namespace plumb::rt {
namespace detail {
namespace {

struct Chunk {
  static constexpr std::size_t kTasks = 64;
  std::array<RegisteredTask, kTasks> tasks{};
  Chunk* next = nullptr;
};

/// All of them. Thread-safe.
class Registry {
 public:
  static Registry& get() {
    static Registry* const the_one = new Registry;  // Tasks may end after static objects have.
    return *the_one;
  }

  RegisteredTask* take() {
    count_.fetch_add(1, std::memory_order_relaxed);
    const std::scoped_lock lock(lock_);
    if (free_.empty()) add_chunk();
    return static_cast<RegisteredTask*>(free_.pop());
  }

  void give(RegisteredTask* task) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    const std::scoped_lock lock(lock_);
    free_.push_front(task);
  }

  [[nodiscard]] const Chunk* chunks() const { return chunks_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  void add_chunk() {
    auto* const chunk = new Chunk;
    for (RegisteredTask& task : chunk->tasks) {
      task.kind = TaskKind::Registered;
      free_.push(&task);
    }
    chunk->next = chunks_.load(std::memory_order_relaxed);
    chunks_.store(chunk, std::memory_order_release);
  }

  SpinLock lock_;
  TaskList free_;  // Guarded by lock_.
  std::atomic<Chunk*> chunks_{nullptr};
  std::atomic<std::size_t> count_{0};
};

thread_local RegisteredTask* running_here = nullptr;

int kernel_id() {
  thread_local const int tid = static_cast<int>(syscall(SYS_gettid));
  return tid;
}

void leave_thread(RegisteredTask& task) {
  if (running_here == &task) running_here = task.previous.load(std::memory_order_relaxed);
}

void run_here(RegisteredTask& task) {
  count_resume(task);
  task.tid.store(kernel_id(), std::memory_order_relaxed);
  task.state.store(TaskState::Running, std::memory_order_release);
  task.reason.store(WaitReason::None, std::memory_order_relaxed);
  if (running_here != &task) task.previous.store(running_here, std::memory_order_relaxed);
  running_here = &task;
}

void wait_here(RegisteredTask& task, const wait_info& why) {
  leave_thread(task);
  task.reason.store(why.reason, std::memory_order_relaxed);
  task.object.store(why.object, std::memory_order_relaxed);
  task.since_ns.store(coarse_now_ns(), std::memory_order_relaxed);
  task.state.store(TaskState::Waiting, std::memory_order_release);
}

void push_place(RegisteredTask& task, const void* place) {
  const std::uint32_t depth = task.depth.load(std::memory_order_relaxed);
  task.places[depth % RegisteredTask::kMaxPlaces].store(place, std::memory_order_relaxed);
  task.depth.store(depth + 1, std::memory_order_relaxed);
}

}  // namespace

std::size_t RegisteredTask::copy_places(std::span<std::uintptr_t> pcs) const {
  const std::uint32_t deepest = depth.load(std::memory_order_relaxed);
  const std::size_t count = std::min({std::size_t{deepest}, kMaxPlaces, pcs.size()});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = (deepest - 1 - i) % kMaxPlaces;
    pcs[i] = reinterpret_cast<std::uintptr_t>(places[at].load(std::memory_order_relaxed));
  }
  return count;
}

void for_each_registered(const std::function<void(const RegisteredTask&)>& visit) {
  for (const Chunk* chunk = Registry::get().chunks(); chunk != nullptr; chunk = chunk->next) {
    for (const RegisteredTask& task : chunk->tasks) visit(task);
  }
}

std::size_t registered_count() {
  return Registry::get().count();
}

}  // namespace detail

[[gnu::noinline]] task_origin origin_here() {
  return origin_at(__builtin_return_address(0));
}

task_origin origin_at(const void* place) {
  task_origin origin;
  origin.created_by = place;
  if (detail::running_here != nullptr) {
    origin.creator = detail::running_here->id.load(std::memory_order_relaxed);
  } else if (detail::Worker::current() != nullptr) {
    origin.creator = current_id();
  } else if (const detail::Task* const thread = detail::find_thread_task(); thread != nullptr) {
    origin.creator = thread->id.load(std::memory_order_relaxed);
  }
  return origin;
}

task_id task_ref::id() const {
  return task_ != nullptr ? task_->id.load(std::memory_order_relaxed) : 0;
}

task_ref task_ref::current() noexcept {
  return task_ref(detail::running_here);
}

void task_ref::start() const noexcept {
  if (task_ != nullptr) detail::run_here(*task_);
}

void task_ref::resume() const noexcept {
  if (task_ == nullptr) return;
  detail::run_here(*task_);
  const std::uint32_t depth = task_->depth.load(std::memory_order_relaxed);
  if (depth > 0) task_->depth.store(depth - 1, std::memory_order_relaxed);
}

void task_ref::suspend(const wait_info& why, const void* place) const noexcept {
  if (task_ == nullptr) return;
  detail::push_place(*task_, place);
  detail::wait_here(*task_, why);
}

void task_ref::suspend_stack(const wait_info& why) const {
  if (task_ == nullptr) return;
  const std::vector<std::uintptr_t> stack = detail::own_stack();
  task_->depth.store(0, std::memory_order_relaxed);
  const std::size_t count = std::min(stack.size(), detail::RegisteredTask::kMaxPlaces);
  for (std::size_t i = count; i > 0; --i) {
    detail::push_place(*task_, reinterpret_cast<const void*>(stack[i - 1]));
  }
  detail::wait_here(*task_, why);
}

void task_ref::ready() const noexcept {
  if (task_ != nullptr) task_->state.store(detail::TaskState::Runnable, std::memory_order_release);
}

registered_task::registered_task(const task_origin& origin, labels with) {
  task_ = detail::Registry::get().take();
  detail::count_resume(*task_);
  task_->depth.store(0, std::memory_order_relaxed);
  task_->previous.store(nullptr, std::memory_order_relaxed);
  task_->tid.store(0, std::memory_order_relaxed);
  task_->reason.store(WaitReason::None, std::memory_order_relaxed);
  task_->object.store(nullptr, std::memory_order_relaxed);
  task_->since_ns.store(detail::coarse_now_ns(), std::memory_order_relaxed);
  task_->created_by.store(const_cast<void*>(origin.created_by), std::memory_order_relaxed);
  task_->creator_id.store(origin.creator, std::memory_order_relaxed);
  if (with.size() > 0) detail::set_labels(*task_, with);
  task_->id.store(detail::Scheduler::take_ids(1), std::memory_order_relaxed);
  task_->state.store(detail::TaskState::Fresh, std::memory_order_release);
}

registered_task::~registered_task() {
  if (task_ == nullptr) return;
  detail::leave_thread(*task_);
  task_->state.store(detail::TaskState::Free, std::memory_order_release);
  detail::count_resume(*task_);
  detail::drop_labels(*task_);
  detail::Registry::get().give(task_);
}

registered_thread::registered_thread(const task_origin& origin, registered_task::labels with) {
  detail::Task& task = *detail::current_task();
  task.creator_id.store(origin.creator, std::memory_order_relaxed);
  task.created_by.store(const_cast<void*>(origin.created_by), std::memory_order_relaxed);
  previous_labels_ = detail::push_labels(with);
}

registered_thread::~registered_thread() {
  detail::pop_labels(static_cast<const detail::LabelSet*>(previous_labels_));
}

// Its caller is inlined into the function that waits: that one's registers are as this one found
// them, and stay as long as it waits.
[[gnu::noinline]] void waiting::begin(const wait_info& why) {
  detail::Task& task = *detail::current_task();
  if (task.kind != detail::TaskKind::Thread) return;
  const auto* const frame = static_cast<const std::uintptr_t*>(__builtin_frame_address(0));
  detail::begin_waiting(task, why.reason, why.object,
                        {frame[1] - 1, reinterpret_cast<std::uintptr_t>(frame + 2), frame[0]});
}

waiting::~waiting() {
  detail::Task& task = *detail::current_task();
  if (task.kind == detail::TaskKind::Thread) detail::end_waiting(task);
}

}  // namespace plumb::rt
