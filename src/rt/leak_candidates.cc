// SPDX-License-Identifier: Apache-2.0
#include "rt/leak_candidates.h"

#include <plumb/rt/detail/chan_core.h>
#include <plumb/rt/detail/waiter.h>

#include <cstddef>
#include <cstring>
#include <span>

#include "rt/thread_capture.h"

namespace plumb::rt::detail {
namespace {

/// Looks at tasks that may go on meanwhile: what it reads may be anything, and is used only if the
/// task has not run.
class CandidateFinder {
 public:
  CandidateFinder(const StackSlabs& slabs, LeakTables& tables) : slabs_(slabs), tables_(tables) {}

  bool run() {
    const std::size_t slots = tables_.slots.size();
    for (std::size_t i = 0; i < slots && has_room_; ++i) look_at(slabs_.task(i), i);
    return has_room_ && number_channels();
  }

 private:
  static constexpr std::size_t kMaxCases = 1024;

  void look_at(const Task& task, std::size_t slot) {
    const std::uint64_t before = task.resumes.load(std::memory_order_acquire);
    const std::uint64_t first = wait_count_;
    if (!note_waits(task)) {
      wait_count_ = first;
      return;
    }
    keep_loads_in_order();
    if (task.resumes.load(std::memory_order_relaxed) != before ||
        task.state.load(std::memory_order_relaxed) != TaskState::Waiting) {
      wait_count_ = first;
      return;
    }
    tables_.verdicts[slot] = Verdict::Candidate;
    tables_.resumes[slot] = before;
    tables_.waits[slot] = {first, static_cast<std::uint32_t>(wait_count_ - first)};
  }

  // False if it waits for something else, or cannot be understood.
  bool note_waits(const Task& task) {
    if (task.kind != TaskKind::Go || task.state.load() != TaskState::Waiting) return false;
    switch (task.reason.load(std::memory_order_relaxed)) {
      case WaitReason::ChanSend:
      case WaitReason::ChanReceive:
        return note_channel(reinterpret_cast<std::uintptr_t>(task.object.load()));
      case WaitReason::Select:
        return note_cases(task, task.select.load(std::memory_order_relaxed));
      default:
        return false;
    }
  }

  bool note_channel(std::uintptr_t address) {
    if (address == 0 || address % 16 != 0) return false;
    if (wait_count_ == tables_.wait_channels.size()) {
      has_room_ = false;
      return false;
    }
    tables_.wait_channels[wait_count_++] = address;
    return true;
  }

  // Those of a select without a timeout, which lie on the stack or, if there are many, elsewhere.
  bool note_cases(const Task& task, const SelectClaim* claim) {
    const CaseState* cases = nullptr;
    std::size_t count = 0;
    if (claim == nullptr) return false;
    if (!copy(task, &claim->cases, static_cast<void*>(&cases), sizeof(void*))) return false;
    if (!copy(task, &claim->case_count, &count, sizeof count) || count > kMaxCases) return false;
    for (std::size_t i = 0; i < count; ++i) {
      const CaseState* const from = cases + i;
      const ChanCore* chan = nullptr;
      if (!copy(task, &from->chan, static_cast<void*>(&chan), sizeof(void*))) return false;
      if (chan != nullptr && !note_channel(reinterpret_cast<std::uintptr_t>(chan))) return false;
    }
    return true;
  }

  static bool copy(const Task& task, const void* from, void* into, std::size_t size) {
    const auto at = reinterpret_cast<std::uintptr_t>(from);
    const auto low = reinterpret_cast<std::uintptr_t>(task.switching.stack_low);
    const auto high = reinterpret_cast<std::uintptr_t>(task.switching.stack_high);
    if (at >= low && at < high && high - at >= size) {
      std::memcpy(into, from, size);
      return true;
    }
    return copy_readable(at, std::span(static_cast<std::byte*>(into), size)) == size;
  }

  bool number_channels() {
    if (!tables_.channels.allocate()) return false;
    for (std::size_t i = 0; i < wait_count_; ++i) {
      if (!tables_.channels.add(tables_.wait_channels[i])) return false;
    }
    tables_.channels.number();
    return true;
  }

  const StackSlabs& slabs_;
  LeakTables& tables_;
  std::uint64_t wait_count_ = 0;
  bool has_room_ = true;
};

}  // namespace

bool find_candidates(const StackSlabs& slabs, LeakTables& tables) {
  constexpr std::size_t kWaitsOfASlot = 32;  // On average.
  constexpr std::size_t kSpare = std::size_t{1} << 20;
  constexpr std::size_t kSpareSlots = std::size_t{1} << 16;
  if (!tables.slots.build(slabs)) return false;
  const std::size_t slots = tables.slots.size() * 2 + kSpareSlots;
  const bool has_room =
      tables.verdicts.allocate(slots, Pages<Verdict>::Sharing::WithCopies) &&
      tables.resumes.allocate(slots) && tables.waits.allocate(slots) &&
      tables.leads.allocate(slots, Pages<Part>::Sharing::WithCopies) &&
      tables.wait_channels.allocate(slots * kWaitsOfASlot + kSpare) &&
      tables.stacks_done.allocate(1, Pages<std::atomic<int>>::Sharing::WithCopies) &&
      CandidateFinder(slabs, tables).run();
  if (!has_room) return false;
  // The kernel finds pages for it now rather than while the program stands still.
  for (std::size_t i = 0; i < tables.slots.size(); ++i) tables.leads[i] = {};
  return true;
}

}  // namespace plumb::rt::detail
