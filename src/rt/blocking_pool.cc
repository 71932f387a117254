// SPDX-License-Identifier: Apache-2.0
// blocking(f): threads that may block, for tasks that must.

#include <plumb/rt/detail/waiter.h>
#include <plumb/rt/go.h>
#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "rt/threads.h"
#include "rt/worker.h"

namespace plumb::rt::detail {
namespace {

struct Call {
  void (*call)(void*);
  void* argument;
  Task* task;
};

/// Makes a thread whenever all have something to do, up to a limit; one without work for a while
/// ends. Thread-safe.
class BlockingPool {
 public:
  static constexpr std::size_t kMaxThreads = 512;
  static constexpr std::chrono::seconds kIdleLimit{10};

  static BlockingPool& get() {
    static BlockingPool* const pool = new BlockingPool;  // Its threads may outlive main().
    return *pool;
  }

  void add(const Call& call) {
    const std::scoped_lock lock(mutex_);
    calls_.push_back(call);
    if (calls_.size() <= idle_ || threads_ == kMaxThreads) {
      changed_.notify_one();
      return;
    }
    ++threads_;
    std::thread thread([this] { work(); });
    pthread_setname_np(thread.native_handle(), "plumb-rt-block");
    thread.detach();
  }

 private:
  void work() {
    const OwnThread is_own;  // What it does is the doing of a task, which is shown.
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      const bool has_call = changed_.wait_for(lock, kIdleLimit, [&] { return !calls_.empty(); });
      --idle_;
      if (!has_call) break;
      const Call call = calls_.front();
      calls_.pop_front();
      lock.unlock();
      call.call(call.argument);
      ready(call.task);
      lock.lock();
    }
    --threads_;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Call> calls_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
};

}  // namespace

void call_blocking(void (*call)(void*), void* argument) {
  if (Worker::current() == nullptr) return call(argument);
  Task* const task = current_task();
  BlockingPool::get().add({call, argument, task});
  park(task, WaitReason::Syscall, nullptr);
}

}  // namespace plumb::rt::detail
