// SPDX-License-Identifier: Apache-2.0
#include "rt/after.h"

#include <plumb/rt/detail/waiter.h>

#include <thread>

#include "rt/scheduler.h"
#include "rt/start_task.h"
#include "rt/threads.h"

namespace plumb::rt::detail {

[[gnu::noinline]] std::shared_ptr<After> After::start(std::chrono::nanoseconds duration,
                                                      std::function<void()> f) {
  std::shared_ptr<After> after(new After);
  after->function_ = std::move(f);
  after->creator_ = current_task()->id.load(std::memory_order_relaxed);
  after->created_by_ = __builtin_return_address(0);
  after->self_ = after;
  after->timer_.fire = [](void* argument) { static_cast<After*>(argument)->fire(); };
  after->timer_.argument = after.get();
  after->timer_.when_ns = now_ns() + duration.count();
  Worker* const own = Worker::current();
  after->worker_ = own != nullptr ? own : &Scheduler::get().any_worker();
  after->worker_->arm(after->timer_);
  return after;
}

bool After::stop() {
  if (!worker_->stop(timer_)) return false;
  const std::shared_ptr<After> last = std::move(self_);
  return true;
}

// On the thread of the worker (or after shutdown(), of the scheduler), under the lock of its
// timers.
void After::fire() {
  const auto run = [self = std::move(self_)] { self->function_(); };
  if (Worker::current() == nullptr) {  // No worker is left to run a task.
    note_created_thread();
    std::thread([run] {
      const OwnThread is_own;
      run();
    }).detach();
    return;
  }
  using Run = std::remove_const_t<decltype(run)>;
  const NewTask fresh = make_task(sizeof(Run), run_closure<Run>);
  ::new (fresh.closure) Run(run);
  start_task_of(fresh, created_by_, creator_);
}

}  // namespace plumb::rt::detail
