// SPDX-License-Identifier: Apache-2.0
#include "rt/leak_count.h"

#include <plumb/rt/leak.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/strings.h"
#include "rt/leak_scan.h"
#include "rt/symbolizer.h"
#include "rt/task.h"

namespace plumb::rt {
namespace detail {
namespace {

using Callback = std::function<void(const leak&)>;

struct Reporting {
  std::mutex mutex;
  std::shared_ptr<const Callback> callback;
  std::atomic<std::size_t> count{0};
};

Reporting& reporting() {
  static Reporting* const the_one = new Reporting;  // Tasks may run until the process ends.
  return *the_one;
}

leak mark(Task& task, const void* object, WaitReason reason) {
  task.is_leaked.store(true, std::memory_order_release);
  reporting().count.fetch_add(1, std::memory_order_relaxed);
  leak found;
  found.id = task.id.load(std::memory_order_relaxed);
  found.reason = reason;
  found.object = object;
  found.created_by = reinterpret_cast<std::uintptr_t>(task.created_by.load());
  found.creator = task.creator_id.load(std::memory_order_relaxed);
  return found;
}

void call_back(std::span<const leak> found) {
  std::shared_ptr<const Callback> callback;
  {
    const std::scoped_lock lock(reporting().mutex);
    callback = reporting().callback;
  }
  if (callback == nullptr) return;
  for (const leak& one : found) (*callback)(one);
}

}  // namespace

bool are_abandoned(const CaseState* cases, std::size_t count) {
  return std::all_of(cases, cases + count, [](const CaseState& one) {
    if (one.chan == nullptr) return true;
    return one.chan->is_abandoned(one.end == End::Send ? End::Receive : End::Send);
  });
}

void report_leak(Task& task, const void* object, WaitReason reason, LeakProof proof) {
  leak found = mark(task, object, reason);
  found.proof = proof;
  call_back({&found, 1});
}

// While a waiter is in the queue and we hold the lock, its task cannot go on.
void report_abandoned(ChanCore& chan, End dropped) {
  std::vector<leak> found;
  {
    const std::scoped_lock lock(chan.lock_);
    if (!chan.is_abandoned(dropped)) return;
    const bool is_receiving = dropped == End::Send;
    const WaitQueue& queue = is_receiving ? chan.receive_queue_ : chan.send_queue_;
    for (Waiter* waiter = queue.front(); waiter != nullptr; waiter = waiter->next) {
      Task& task = *waiter->task;
      const SelectClaim* const claim = waiter->claim;
      if (claim != nullptr && (claim->claimed.load() || !claim->is_endless ||
                               !are_abandoned(claim->cases, claim->case_count))) {
        continue;
      }
      if (task.is_leaked.load(std::memory_order_relaxed)) continue;
      const WaitReason plain = is_receiving ? WaitReason::ChanReceive : WaitReason::ChanSend;
      found.push_back(mark(task, &chan, claim != nullptr ? WaitReason::Select : plain));
    }
  }
  call_back(found);
}

}  // namespace detail

std::string describe(const leak& found) {
  std::string text = "goroutine " + std::to_string(found.id) + " [";
  text += to_string(found.reason);
  text += " (leaked)]: ";
  if (found.proof == LeakProof::ByScan) {
    text += "proved by scan: nothing that can still run leads to 0x";
    text += to_hex(reinterpret_cast<std::uintptr_t>(found.object)) + '\n';
    detail::append_creator(text, found.created_by, found.creator);
    return text;
  }
  text += "proved by count: ";
  switch (found.reason) {
    case WaitReason::ChanSendNil:
    case WaitReason::ChanReceiveNil:
    case WaitReason::SelectNoCases:
      text += "such a wait has no end\n";
      detail::append_creator(text, found.created_by, found.creator);
      return text;
    case WaitReason::ChanSend:
      text += "no receiver of 0x";
      break;
    case WaitReason::ChanReceive:
      text += "no sender to 0x";
      break;
    default:
      text += "the other ends of all its channels are gone, the last one of 0x";
  }
  text += to_hex(reinterpret_cast<std::uintptr_t>(found.object));
  text += found.reason == WaitReason::Select ? "\n" : " is left\n";
  detail::append_creator(text, found.created_by, found.creator);
  return text;
}

void on_leak(std::function<void(const leak&)> report) {
  std::shared_ptr<const detail::Callback> fresh;
  if (report) fresh = std::make_shared<const detail::Callback>(std::move(report));
  const std::scoped_lock lock(detail::reporting().mutex);
  detail::reporting().callback = std::move(fresh);
}

long find_leaks(std::string* error) {
  const auto found = detail::scan_for_leaks();
  if (!found && error != nullptr) *error = found.error().message();
  return found ? static_cast<long>(*found) : -1;
}

std::chrono::nanoseconds leak_scan_pause() {
  return std::chrono::nanoseconds(detail::last_scan_pause_ns());
}

std::size_t leak_count() {
  return detail::reporting().count.load(std::memory_order_relaxed);
}

}  // namespace plumb::rt
