// SPDX-License-Identifier: Apache-2.0
// Waiter: one task in the queue of one object; a select has one for each of its cases. Lies on the
// stack of the waiting task.

#pragma once

#include <plumb/rt/wait_reason.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace plumb::rt::detail {

struct Task;

struct CaseState;

/// What the waiters of one select share: whoever sets `claimed` first wakes it.
struct SelectClaim {
  std::atomic<bool> claimed{false};
  std::uint32_t winner = 0;  ///< Index of the case that won; written by the claimer.
  const CaseState* cases = nullptr;
  std::size_t case_count = 0;
  bool is_endless = false;  ///< No timeout.
};

struct Waiter;

/// A link of a queue, which must not look like a pointer: that a task is in a queue is no reason to
/// think that somebody will wake it (see src/rt/leak_scan.h).
class WaiterLink {
 public:
  WaiterLink() = default;
  WaiterLink(Waiter* waiter)  // NOLINT(google-explicit-constructor)
      : inverted_(~reinterpret_cast<std::uintptr_t>(waiter)) {}
  operator Waiter*() const {  // NOLINT(google-explicit-constructor)
    return reinterpret_cast<Waiter*>(~inverted_);
  }
  Waiter* operator->() const { return *this; }

 private:
  std::uintptr_t inverted_ = ~std::uintptr_t{0};
};

struct Waiter {
  WaiterLink next;
  WaiterLink previous;
  Waiter* next_to_wake = nullptr;  ///< Of those that were taken out of a queue together.
  Task* task = nullptr;
  void* value = nullptr;         ///< What is sent, or the storage to receive into.
  SelectClaim* claim = nullptr;  ///< Null unless in a select.
  std::uint32_t case_index = 0;  ///< In the select.
  bool is_done = false;          ///< The value moved (or the lock was handed over).
  bool is_queued = false;

  /// True if the caller may complete this waiter and wake its task.
  bool try_claim() {
    if (claim == nullptr) return true;
    if (claim->claimed.exchange(true, std::memory_order_acq_rel)) return false;
    claim->winner = case_index;
    return true;
  }
};

/// First come, first served. Guarded by the lock of its object.
class WaitQueue {
 public:
  [[nodiscard]] bool empty() const { return head_ == nullptr; }
  [[nodiscard]] Waiter* front() const { return head_; }

  void push(Waiter& waiter) {
    waiter.next = nullptr;
    waiter.previous = tail_;
    (tail_ != nullptr ? tail_->next : head_) = WaiterLink(&waiter);
    tail_ = &waiter;
    waiter.is_queued = true;
  }

  void remove(Waiter& waiter) {
    (waiter.previous != nullptr ? waiter.previous->next : head_) = waiter.next;
    (waiter.next != nullptr ? waiter.next->previous : tail_) = waiter.previous;
    waiter.is_queued = false;
  }

  /// The first waiter that can still be claimed, taken out and claimed; null if there is none.
  Waiter* take() {
    while (head_ != nullptr) {
      Waiter* const waiter = head_;
      remove(*waiter);
      if (waiter->try_claim()) return waiter;
    }
    return nullptr;
  }

 private:
  WaiterLink head_;
  WaiterLink tail_;
};

/// The task that runs on this thread. A thread that is none of the runtime's workers gets one of
/// its own, so that it may use everything that tasks may.
Task* current_task();

/// Blocks `self`, the current task, until ready() is called for it. Every park() is ended by
/// exactly one ready(), which may come first.
void park(Task* self, WaitReason reason, const void* object);

/// Lets a task go on that is or will be in park(). Thread-safe.
void ready(Task* task);

}  // namespace plumb::rt::detail
