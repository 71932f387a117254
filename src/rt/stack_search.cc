// SPDX-License-Identifier: Apache-2.0
#include "rt/stack_search.h"

#include <algorithm>

namespace plumb::rt::detail {
namespace {

std::uintptr_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

}  // namespace

bool StackSearch::allocate(std::size_t helpers) {
  constexpr std::size_t kTargetsOfASlot = 32;  // On average.
  constexpr std::size_t kSpare = std::size_t{1} << 20;
  targets_each_ = tables_.slots.size() * kTargetsOfASlot + kSpare;
  if (!tables_.targets.allocate(targets_each_ * helpers, Pages<Target>::Sharing::WithCopies)) {
    return false;
  }
  // The kernel finds pages for most of it now rather than while the program stands still.
  constexpr std::size_t kTargetsOfAPage = 4096 / sizeof(Target);
  const std::size_t likely = tables_.slots.size() * 2 / helpers;
  for (std::size_t helper = 0; helper < helpers; ++helper) {
    for (std::size_t i = 0; i < likely; i += kTargetsOfAPage) {
      tables_.targets[helper * targets_each_ + i] = 0;
    }
  }
  return true;
}

// Stacks lie far apart: each costs several misses of the cache, which are begun some slots ahead,
// first the one that tells where the others are.
void StackSearch::run(std::size_t helper) {
  // More would evict each other: all lie alike in a page.
  constexpr std::size_t kTaskAhead = 6;
  constexpr std::size_t kStackAhead = 3;
  Target* const start = &tables_.targets[helper * targets_each_];
  Found found{start, start, start + targets_each_};
  const std::size_t slots = tables_.slots.size();
  for (;;) {
    const std::size_t first = next_slot_.fetch_add(kSlotsAtOnce);
    if (first >= slots) return;
    const std::size_t limit = std::min(first + kSlotsAtOnce, slots);
    for (std::size_t slot = first; slot < limit; ++slot) {
      if (slot + kTaskAhead < limit) __builtin_prefetch(&slabs_.task(slot + kTaskAhead));
      if (slot + kStackAhead < limit) prefetch_stack(slabs_.task(slot + kStackAhead));
      search_slot(slot, found);
    }
  }
}

void StackSearch::prefetch_stack(const Task& task) {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kLines = 12;
  const std::uintptr_t end = address(&task);
  const std::uintptr_t from = address(task.switching.context.load(std::memory_order_relaxed));
  for (std::size_t i = 1; i <= kLines && end - i * kLine >= from - kLine; ++i) {
    __builtin_prefetch(reinterpret_cast<const void*>(end - i * kLine));
  }
}

void StackSearch::search_slot(std::size_t slot, Found& found) {
  const Task& task = slabs_.task(slot);
  const TaskState state = task.state.load(std::memory_order_relaxed);
  found.first = found.next;
  Part& leads = tables_.leads[slot];
  leads.first = static_cast<std::uint64_t>(found.next - tables_.targets.data());
  Verdict& verdict = tables_.verdicts[slot];
  const bool is_still_waiting =
      state == TaskState::Waiting &&
      task.resumes.load(std::memory_order_relaxed) == tables_.resumes[slot];
  if (verdict == Verdict::Candidate && is_still_waiting) {
    search_candidate(task, found);
  } else if (state == TaskState::Free) {
    verdict = Verdict::None;  // Has only stale words.
  } else {
    verdict = Verdict::Root;
    search_root(task, found);
  }
  leads.count = static_cast<std::uint32_t>(found.next - found.first);
}

// Its stack from where it stands, and what it was made of. Of its Task only the link of the queue
// in which those are that have been woken.
void StackSearch::search_candidate(const Task& task, Found& found) {
  const std::uintptr_t end = address(&task);
  const std::uintptr_t low = address(task.switching.stack_low);
  std::uintptr_t from = address(task.switching.context.load(std::memory_order_relaxed));
  if (from < low || from > end) from = low;
  search(from, end, low, found);
  look_at(address(task.next), found);
}

// One that runs stands below its context, who knows where.
void StackSearch::search_root(const Task& task, Found& found) {
  const std::uintptr_t low = address(task.switching.stack_low);
  const std::uintptr_t end = low - StackSlabs::kPageBytes + slabs_.slot_bytes();
  std::uintptr_t from = address(task.switching.context.load(std::memory_order_relaxed));
  const TaskState state = task.state.load(std::memory_order_relaxed);
  if (state == TaskState::Running || from < low || from > end) from = low;
  // One that has not begun has a closure, and perhaps a context of another task.
  const std::uintptr_t closure = address(task.closure);
  if (closure >= low && closure <= end) from = std::min(from, closure);
  search(from, end, low, found);
}

__attribute__((no_sanitize("address", "thread"))) void StackSearch::search(std::uintptr_t start,
                                                                           std::uintptr_t limit,
                                                                           std::uintptr_t own,
                                                                           Found& found) {
  const std::uintptr_t own_bytes = slabs_.slot_bytes() - StackSlabs::kPageBytes;
  for (std::uintptr_t at = (start + 7) & ~std::uintptr_t{7}; at + 8 <= limit; at += 8) {
    const std::uintptr_t word = *reinterpret_cast<const std::uintptr_t*>(at) & kAddressMask;
    if (word < StackSlabs::kPageBytes || word - own < own_bytes) continue;
    look_at(word, found);
  }
}

void StackSearch::look_at(std::uintptr_t word, Found& found) {
  const std::uint32_t slot = tables_.slots.find(word);
  if (slot != SlotIndex::kNone) return add(slot, found);
  const std::uint32_t channel = tables_.channels.find(word);
  if (channel != ChannelIndex::kNone) add(channel | kIsChannel, found);
}

// The same channel is mentioned several times on most stacks.
void StackSearch::add(Target target, Found& found) {
  if (found.next == found.limit) {
    is_overflown_.store(true, std::memory_order_relaxed);
    return;
  }
  if (found.next != found.first && found.next[-1] == target) return;
  *found.next++ = target;
}

}  // namespace plumb::rt::detail
