// SPDX-License-Identifier: Apache-2.0
#include <plumb/rt/chan.h>
#include <plumb/rt/panic.h>

#include <mutex>
#include <new>

#include "rt/contention.h"
#include "rt/leak_count.h"

namespace plumb::rt::detail {

ChanCore* ChanCore::make(const ElementOps& ops, std::size_t capacity) {
  auto* const core = new ChanCore(ops, capacity);
  if (capacity == 0) return core;
  const std::size_t most = (SIZE_MAX / 2) / (ops.size_bytes != 0 ? ops.size_bytes : 1);
  if (capacity > most) {
    core->release();
    panic("makechan: size out of range");
  }
  core->elements_ = ::operator new (capacity* ops.size_bytes, std::align_val_t{ops.alignment});
  return core;
}

ChanCore::~ChanCore() {
  for (; size_ > 0; --size_) {
    ops_.destroy(element(first_));
    first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
  }
  if (elements_ != nullptr) ::operator delete (elements_, std::align_val_t{ops_.alignment});
}

void ChanCore::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void* ChanCore::element(std::size_t index) {
  return static_cast<char*>(elements_) + index * ops_.size_bytes;
}

void ChanCore::push_element(void* value) {
  const std::size_t behind = first_ + size_;
  ops_.move(element(behind < capacity_ ? behind : behind - capacity_), value);
  ++size_;
}

void ChanCore::pop_element(void* storage) {
  void* const from = element(first_);
  ops_.move(storage, from);
  ops_.destroy(from);
  first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
  --size_;
}

Outcome ChanCore::send_now(void* value, Task*& woken) {
  if (is_closed_) return Outcome::Closed;
  Waiter* const receiver = receive_queue_.take();
  if (receiver != nullptr) {
    ops_.move(receiver->value, value);
    receiver->is_done = true;
    woken = receiver->task;
    return Outcome::Done;
  }
  if (size_ == capacity_) return Outcome::WouldBlock;
  push_element(value);
  return Outcome::Done;
}

// Senders wait only while the buffer is full: the oldest element goes out, and theirs comes in.
Outcome ChanCore::receive_now(void* storage, Task*& woken) {
  const bool is_buffered = size_ > 0;
  if (is_buffered) pop_element(storage);
  Waiter* const sender = is_closed_ ? nullptr : send_queue_.take();
  if (sender != nullptr) {
    if (is_buffered) {
      push_element(sender->value);
    } else {
      ops_.move(storage, sender->value);
    }
    sender->is_done = true;
    woken = sender->task;
    return Outcome::Done;
  }
  if (is_buffered) return Outcome::Done;
  return is_closed_ ? Outcome::Closed : Outcome::WouldBlock;
}

Outcome ChanCore::try_send(void* value) {
  Task* woken = nullptr;
  lock_.lock();
  const Outcome outcome = send_now(value, woken);
  lock_.unlock();
  if (woken != nullptr) ready(woken);
  return outcome;
}

Outcome ChanCore::try_receive(void* storage) {
  Task* woken = nullptr;
  lock_.lock();
  const Outcome outcome = receive_now(storage, woken);
  lock_.unlock();
  if (woken != nullptr) ready(woken);
  return outcome;
}

void ChanCore::send(void* value) {
  Task* woken = nullptr;
  lock_.lock();
  const Outcome outcome = send_now(value, woken);
  if (outcome == Outcome::Done) {
    lock_.unlock();
    if (woken != nullptr) ready(woken);
    return;
  }
  if (outcome == Outcome::Closed) {
    lock_.unlock();
    panic("send on closed channel");
  }
  Waiter waiter;
  waiter.task = current_task();
  waiter.value = value;
  send_queue_.push(waiter);
  const bool is_leak = is_abandoned(End::Receive);
  lock_.unlock();
  if (is_leak) report_leak(*waiter.task, this, WaitReason::ChanSend);
  {
    const BlockedTime blocked;
    park(waiter.task, WaitReason::ChanSend, this);
  }
  if (!waiter.is_done) panic("send on closed channel");
}

bool ChanCore::receive(void* storage) {
  Task* woken = nullptr;
  lock_.lock();
  const Outcome outcome = receive_now(storage, woken);
  if (outcome != Outcome::WouldBlock) {
    lock_.unlock();
    if (woken != nullptr) ready(woken);
    return outcome == Outcome::Done;
  }
  Waiter waiter;
  waiter.task = current_task();
  waiter.value = storage;
  receive_queue_.push(waiter);
  const bool is_leak = is_abandoned(End::Send);
  lock_.unlock();
  if (is_leak) report_leak(*waiter.task, this, WaitReason::ChanReceive);
  {
    const BlockedTime blocked;
    park(waiter.task, WaitReason::ChanReceive, this);
  }
  return waiter.is_done;
}

// Everybody who waits goes on: receivers with nothing, senders to panic. Their waiters lie on their
// stacks, so that they are woken after the last look at them.
void ChanCore::close() {
  Waiter* first = nullptr;
  lock_.lock();
  if (is_closed_) {
    lock_.unlock();
    panic("close of closed channel");
  }
  is_closed_ = true;
  for (WaitQueue* const queue : {&receive_queue_, &send_queue_}) {
    while (Waiter* const waiter = queue->take()) {
      waiter->next_to_wake = first;
      first = waiter;
    }
  }
  lock_.unlock();
  Waiter* in_order = nullptr;
  while (first != nullptr) {
    Waiter* const next = first->next_to_wake;
    first->next_to_wake = in_order;
    in_order = first;
    first = next;
  }
  while (in_order != nullptr) {
    Waiter* const next = in_order->next_to_wake;
    ready(in_order->task);
    in_order = next;
  }
}

std::size_t ChanCore::size() {
  const std::scoped_lock lock(lock_);
  return size_;
}

void ChanCore::split() {
  is_split_.store(true);
}

void ChanCore::add_end(End end) {
  (end == End::Send ? senders_ : receivers_).fetch_add(1);
}

void ChanCore::drop_end(End end) {
  if ((end == End::Send ? senders_ : receivers_).fetch_sub(1) == 1) report_abandoned(*this, end);
}

void wait_for_ever(WaitReason reason) {
  Task* const task = current_task();
  report_leak(*task, nullptr, reason);
  for (;;) park(task, reason, nullptr);
}

void panic_closed() {
  panic("send on closed channel");
}

void chan_close(ChanCore* core) {
  if (core == nullptr) panic("close of nil channel");
  core->close();
}

}  // namespace plumb::rt::detail
