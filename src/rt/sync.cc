// SPDX-License-Identifier: Apache-2.0
#include <plumb/rt/panic.h>
#include <plumb/rt/sync.h>

#include <mutex>

#include "rt/contention.h"

namespace plumb::rt {
namespace {

using detail::Waiter;
using detail::WaitQueue;

// Wakes a chain of waiters, in order. Each may be gone as soon as it is woken.
void wake_chain(Waiter* waiter) {
  while (waiter != nullptr) {
    Waiter* const next = waiter->next_to_wake;
    detail::ready(waiter->task);
    waiter = next;
  }
}

/// Collects waiters that were taken out of a queue.
class Chain {
 public:
  void add(Waiter* waiter) {
    waiter->next_to_wake = nullptr;
    (last_ != nullptr ? last_->next_to_wake : first_) = waiter;
    last_ = waiter;
  }
  [[nodiscard]] Waiter* first() const { return first_; }

 private:
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

bool wants_mutex_profile() {
  return detail::mutex_profile_fraction.load(std::memory_order_relaxed) > 0;
}

// Knows when it began to wait, if the mutex profile wants to know.
struct TimedWaiter : Waiter {
  std::int64_t since_ns = wants_mutex_profile() ? detail::now_ns() : 0;
};

// How long all in the queue have waited together since they were last asked: each time is charged
// to one who held them up, and not again to the next.
std::int64_t take_waited_ns(const WaitQueue& queue) {
  if (!wants_mutex_profile()) return 0;
  const std::int64_t now = detail::now_ns();
  std::int64_t sum = 0;
  for (Waiter* waiter = queue.front(); waiter != nullptr; waiter = waiter->next) {
    std::int64_t& since = static_cast<TimedWaiter*>(waiter)->since_ns;
    if (since == 0) continue;
    sum += now - since;
    since = now;
  }
  return sum;
}

}  // namespace

void mutex::lock() {
  lock_.lock();
  if (!is_locked_) {
    is_locked_ = true;
    lock_.unlock();
    return;
  }
  TimedWaiter waiter;
  waiter.task = detail::current_task();
  queue_.push(waiter);
  lock_.unlock();
  const detail::BlockedTime blocked;
  detail::park(waiter.task, WaitReason::MutexLock, this);
}

bool mutex::try_lock() {
  const std::scoped_lock lock(lock_);
  if (is_locked_) return false;
  is_locked_ = true;
  return true;
}

void mutex::unlock() {
  lock_.lock();
  if (!is_locked_) {
    lock_.unlock();
    detail::panic("sync: unlock of unlocked mutex");
  }
  const std::int64_t waited = take_waited_ns(queue_);
  Waiter* const next = queue_.take();
  is_locked_ = next != nullptr;
  lock_.unlock();
  if (next == nullptr) return;
  detail::ready(next->task);
  detail::record_held(waited);
}

void rwmutex::lock() {
  lock_.lock();
  if (!is_written_ && readers_ == 0) {
    is_written_ = true;
    lock_.unlock();
    return;
  }
  TimedWaiter waiter;
  waiter.task = detail::current_task();
  waiter.case_index = 1;
  queue_.push(waiter);
  lock_.unlock();
  const detail::BlockedTime blocked;
  detail::park(waiter.task, WaitReason::RwMutexLock, this);
}

bool rwmutex::try_lock() {
  const std::scoped_lock lock(lock_);
  if (is_written_ || readers_ != 0) return false;
  is_written_ = true;
  return true;
}

void rwmutex::lock_shared() {
  lock_.lock();
  if (!is_written_ && queue_.empty()) {
    ++readers_;
    lock_.unlock();
    return;
  }
  TimedWaiter waiter;
  waiter.task = detail::current_task();
  queue_.push(waiter);
  lock_.unlock();
  const detail::BlockedTime blocked;
  detail::park(waiter.task, WaitReason::RwMutexRLock, this);
}

bool rwmutex::try_lock_shared() {
  const std::scoped_lock lock(lock_);
  if (is_written_ || !queue_.empty()) return false;
  ++readers_;
  return true;
}

// To the next in the queue: one writer, or all readers before the next writer.
void rwmutex::hand_over(Waiter*& woken) {
  Chain chain;
  while (queue_.front() != nullptr) {
    const bool is_writer = queue_.front()->case_index == 1;
    if (is_writer && (readers_ != 0 || is_written_)) break;
    if (!is_writer && is_written_) break;
    chain.add(queue_.take());
    if (is_writer) {
      is_written_ = true;
    } else {
      ++readers_;
    }
  }
  woken = chain.first();
}

void rwmutex::unlock() {
  Waiter* woken = nullptr;
  lock_.lock();
  if (!is_written_) {
    lock_.unlock();
    detail::panic("sync: Unlock of unlocked RWMutex");
  }
  const std::int64_t waited = take_waited_ns(queue_);
  is_written_ = false;
  hand_over(woken);
  lock_.unlock();
  wake_chain(woken);
  if (waited > 0) detail::record_held(waited);
}

void rwmutex::unlock_shared() {
  Waiter* woken = nullptr;
  lock_.lock();
  if (readers_ == 0) {
    lock_.unlock();
    detail::panic("sync: RUnlock of unlocked RWMutex");
  }
  std::int64_t waited = 0;
  if (--readers_ == 0) {
    waited = take_waited_ns(queue_);
    hand_over(woken);
  }
  lock_.unlock();
  wake_chain(woken);
  if (waited > 0) detail::record_held(waited);
}

void cond::enqueue(Waiter& waiter) {
  waiter.task = detail::current_task();
  const std::scoped_lock lock(lock_);
  queue_.push(waiter);
}

void cond::sleep(Waiter& waiter) {
  const detail::BlockedTime blocked;
  detail::park(waiter.task, WaitReason::CondWait, this);
}

void cond::notify_one() {
  lock_.lock();
  Waiter* const waiter = queue_.take();
  lock_.unlock();
  if (waiter != nullptr) detail::ready(waiter->task);
}

void cond::notify_all() {
  Chain chain;
  lock_.lock();
  while (Waiter* const waiter = queue_.take()) chain.add(waiter);
  lock_.unlock();
  wake_chain(chain.first());
}

void wait_group::add(std::int64_t delta) {
  Chain chain;
  lock_.lock();
  count_ += delta;
  const bool is_negative = count_ < 0;
  if (is_negative) count_ -= delta;
  if (count_ == 0) {
    while (Waiter* const waiter = queue_.take()) chain.add(waiter);
  }
  lock_.unlock();
  if (is_negative) detail::panic("sync: negative WaitGroup counter");
  wake_chain(chain.first());
}

void wait_group::wait() {
  lock_.lock();
  if (count_ == 0) {
    lock_.unlock();
    return;
  }
  Waiter waiter;
  waiter.task = detail::current_task();
  queue_.push(waiter);
  lock_.unlock();
  const detail::BlockedTime blocked;
  detail::park(waiter.task, WaitReason::WaitGroupWait, this);
}

void semaphore::acquire(std::int64_t count) {
  if (count < 0) detail::panic("semaphore: acquire of a negative count");
  lock_.lock();
  if (queue_.empty() && permits_ >= count) {
    permits_ -= count;
    lock_.unlock();
    return;
  }
  Waiter waiter;
  waiter.task = detail::current_task();
  waiter.value = &count;
  queue_.push(waiter);
  lock_.unlock();
  const detail::BlockedTime blocked;
  detail::park(waiter.task, WaitReason::Semaphore, this);
}

bool semaphore::try_acquire(std::int64_t count) {
  if (count < 0) detail::panic("semaphore: acquire of a negative count");
  const std::scoped_lock lock(lock_);
  if (!queue_.empty() || permits_ < count) return false;
  permits_ -= count;
  return true;
}

void semaphore::release(std::int64_t count) {
  if (count < 0) detail::panic("semaphore: release of a negative count");
  Chain chain;
  lock_.lock();
  permits_ += count;
  while (queue_.front() != nullptr) {
    const std::int64_t needed = *static_cast<const std::int64_t*>(queue_.front()->value);
    if (needed > permits_) break;
    permits_ -= needed;
    chain.add(queue_.take());
  }
  lock_.unlock();
  wake_chain(chain.first());
}

}  // namespace plumb::rt
