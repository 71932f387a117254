// SPDX-License-Identifier: Apache-2.0
#include "rt/timers.h"

#include <mutex>

namespace plumb::rt::detail {

void Timers::place(std::size_t index, Timer* timer) {
  heap_[index] = timer;
  timer->index = index;
}

void Timers::sift_up(std::size_t index) {
  Timer* const timer = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (heap_[parent]->when_ns <= timer->when_ns) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, timer);
}

void Timers::sift_down(std::size_t index) {
  Timer* const timer = heap_[index];
  for (;;) {
    std::size_t child = index * 2 + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->when_ns < heap_[child]->when_ns) ++child;
    if (timer->when_ns <= heap_[child]->when_ns) break;
    place(index, heap_[child]);
    index = child;
  }
  place(index, timer);
}

void Timers::remove(std::size_t index) {
  heap_[index]->index = Timer::kIdle;
  Timer* const last = heap_.back();
  heap_.pop_back();
  count_.store(heap_.size(), std::memory_order_relaxed);
  if (index == heap_.size()) return;
  place(index, last);
  sift_up(index);
  sift_down(last->index);
}

bool Timers::arm(Timer& timer) {
  const std::scoped_lock lock(lock_);
  heap_.push_back(&timer);
  count_.store(heap_.size(), std::memory_order_relaxed);
  sift_up(heap_.size() - 1);
  return timer.index == 0;
}

bool Timers::stop(Timer& timer) {
  const std::scoped_lock lock(lock_);
  if (timer.index == Timer::kIdle) return false;
  remove(timer.index);
  return true;
}

void Timers::fire_due(std::int64_t now_ns) {
  const std::scoped_lock lock(lock_);
  while (!heap_.empty() && heap_.front()->when_ns <= now_ns) {
    Timer* const timer = heap_.front();
    if (timer->period_ns > 0) {
      // Times that were missed altogether are passed over.
      const std::int64_t missed = (now_ns - timer->when_ns) / timer->period_ns;
      timer->when_ns += (missed + 1) * timer->period_ns;
      sift_down(0);
    } else {
      remove(0);
    }
    timer->fire(timer->argument);
  }
}

std::int64_t Timers::next_ns() {
  const std::scoped_lock lock(lock_);
  return heap_.empty() ? kNever : heap_.front()->when_ns;
}

}  // namespace plumb::rt::detail
