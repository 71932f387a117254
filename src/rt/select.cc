// SPDX-License-Identifier: Apache-2.0
// select: one of several channel operations, at random if several can happen.
//
// As in Go: all channels are locked, in the order of their addresses, so that looking at all cases
// and queueing for all of them is one step. Whoever comes to serve a queued case claims the whole
// select first; the other cases are taken out when the task runs again.

#include <plumb/rt/detail/chan_core.h>
#include <plumb/rt/panic.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <span>
#include <vector>

#include "rt/contention.h"
#include "rt/leak_count.h"
#include "rt/random.h"
#include "rt/scheduler.h"

namespace plumb::rt::detail {
namespace {

/// An order of cases; of a few without allocation.
class CaseOrder {
 public:
  explicit CaseOrder(std::size_t count) : size_(count) {
    if (count > few_.size()) many_.resize(count);
  }
  std::uint16_t& operator[](std::size_t i) { return span()[i]; }
  std::span<std::uint16_t> span() {
    return many_.empty() ? std::span(few_).first(size_) : std::span(many_);
  }
  void assign(std::span<const std::uint16_t> from) {
    size_ = from.size();
    if (!many_.empty()) many_.resize(size_);
    std::ranges::copy(from, span().begin());
  }

 private:
  std::array<std::uint16_t, 16> few_;  // Not set before it is used.
  std::vector<std::uint16_t> many_;
  std::size_t size_;
};

struct Timeout {
  SelectClaim* claim = nullptr;
  Task* task = nullptr;
};

constexpr std::uint32_t kTimedOut = UINT32_MAX;

void fire_timeout(void* argument) {
  const Timeout& timeout = *static_cast<Timeout*>(argument);
  if (timeout.claim->claimed.exchange(true, std::memory_order_acq_rel)) return;
  timeout.claim->winner = kTimedOut;
  ready(timeout.task);
}

}  // namespace

class Selection {
 public:
  explicit Selection(std::span<CaseState> cases)
      : cases_(cases), lock_order_(cases.size()), poll_order_(cases.size()) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (cases[i].chan != nullptr) lock_order_[count++] = static_cast<std::uint16_t>(i);
    }
    order_ = lock_order_.span().first(count);
    std::ranges::sort(order_, {}, [&](std::uint16_t i) { return cases_[i].chan; });
  }

  int run(bool has_default, std::int64_t timeout_ns) {
    Task* woken = nullptr;
    lock_all();
    const int now = try_all(woken);
    if (now >= 0 || has_default || timeout_ns == 0) {
      unlock_all();
      if (woken != nullptr) ready(woken);
      if (now >= 0) check_open(cases_[static_cast<std::size_t>(now)]);
      return now;
    }
    Task* const self = current_task();
    queue_all(self, timeout_ns < 0);
    unlock_all();
    wait(self, timeout_ns);
    lock_all();
    for (const std::uint16_t i : order_) leave_queue(cases_[i]);
    unlock_all();
    if (claim_.winner == kTimedOut) return -1;
    CaseState& winner = cases_[claim_.winner];
    winner.has_value = winner.waiter.is_done;
    check_open(winner);
    return static_cast<int>(claim_.winner);
  }

 private:
  static void check_open(const CaseState& one) {
    if (one.end == End::Send && !one.has_value) panic("send on closed channel");
  }

  void lock_all() {
    const ChanCore* last = nullptr;
    for (const std::uint16_t i : order_) {
      ChanCore* const chan = cases_[i].chan;
      if (chan != last) chan->lock_.lock();
      last = chan;
    }
  }

  void unlock_all() {
    const ChanCore* last = nullptr;
    for (const std::uint16_t i : order_) {
      ChanCore* const chan = cases_[i].chan;
      if (chan != last) chan->lock_.unlock();
      last = chan;
    }
  }

  // In random order, which is drawn while it is walked.
  int try_all(Task*& woken) {
    poll_order_.assign(order_);
    const std::span<std::uint16_t> order = poll_order_.span();
    for (std::size_t n = 0; n < order.size(); ++n) {
      std::swap(order[n], order[n + random_below(order.size() - n)]);
      CaseState& one = cases_[order[n]];
      const Outcome outcome = one.end == End::Send ? one.chan->send_now(one.value, woken)
                                                   : one.chan->receive_now(one.value, woken);
      if (outcome == Outcome::WouldBlock) continue;
      one.has_value = outcome == Outcome::Done;
      return order[n];
    }
    return -1;
  }

  void queue_all(Task* self, bool is_endless) {
    claim_.cases = cases_.data();
    claim_.case_count = cases_.size();
    claim_.is_endless = is_endless;
    for (const std::uint16_t i : order_) {
      CaseState& one = cases_[i];
      one.waiter = {};
      one.waiter.task = self;
      one.waiter.value = one.value;
      one.waiter.claim = &claim_;
      one.waiter.case_index = i;
      queue_of(one).push(one.waiter);
    }
  }

  static WaitQueue& queue_of(const CaseState& one) {
    return one.end == End::Send ? one.chan->send_queue_ : one.chan->receive_queue_;
  }

  static void leave_queue(CaseState& one) {
    if (one.waiter.is_queued) queue_of(one).remove(one.waiter);
  }

  void wait(Task* self, std::int64_t timeout_ns) {
    const WaitReason reason =
        order_.empty() && timeout_ns < 0 ? WaitReason::SelectNoCases : WaitReason::Select;
    const BlockedTime blocked;
    if (timeout_ns < 0) {
      if (are_abandoned(cases_.data(), cases_.size())) report_leak(*self, object(), reason);
      self->select.store(&claim_, std::memory_order_relaxed);
      park(self, reason, object());
      self->select.store(nullptr, std::memory_order_relaxed);
      return;
    }
    Timeout timeout{&claim_, self};
    Timer timer;
    timer.fire = fire_timeout;
    timer.argument = &timeout;
    timer.when_ns = now_ns() + timeout_ns;
    Worker* const own = Worker::current();
    Worker& worker = own != nullptr ? *own : Scheduler::get().any_worker();
    worker.arm(timer);
    park(self, reason, object());
    worker.stop(timer);
  }

  [[nodiscard]] const void* object() const {
    return order_.empty() ? nullptr : cases_[order_.front()].chan;
  }

  std::span<CaseState> cases_;
  std::span<std::uint16_t> order_;  // Cases with a channel, by its address.
  CaseOrder lock_order_;
  CaseOrder poll_order_;
  SelectClaim claim_;
};

int select(CaseState* cases, std::size_t count, bool has_default, std::int64_t timeout_ns) {
  if (count > UINT16_MAX) panic("select: too many cases");
  return Selection({cases, count}).run(has_default, timeout_ns);
}

}  // namespace plumb::rt::detail
