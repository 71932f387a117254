// SPDX-License-Identifier: Apache-2.0
// StackSlabs: the memory of tasks. Stacks are cut from slabs of 64 MiB of reserved addresses; each
// ends with a page that faults, and begins (at its upper end) with the Task itself, so that a task
// that waits in a shallow call takes one page. Slabs are never given back: see task.h.
//
// Guard pages are made by MADV_GUARD_INSTALL (Linux 6.13), which needs no mapping of its own. On
// older kernels the first stacks are guarded by mprotect(), up to a quarter of the default
// vm.max_map_count; the others have no guard.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "rt/task.h"

namespace plumb::rt::detail {

class StackSlabs {
 public:
  static constexpr std::size_t kSlabBytes = std::size_t{64} << 20;
  static constexpr std::size_t kMaxSlabs = std::size_t{1} << 16;
  static constexpr std::size_t kPageBytes = 4096;
  /// Taken and given back at once by a worker's own cache.
  static constexpr std::size_t kBatch = 64;

  /// Requires: `slot_bytes` is a power of two, at least 16 KiB, at most kSlabBytes.
  explicit StackSlabs(std::size_t slot_bytes) : slot_bytes_(slot_bytes) {}

  /// A task with a stack. Thread-safe. Ends the process (std::bad_alloc) without memory.
  Task* take();
  /// Fills `into` with up to `count` tasks. Thread-safe.
  void take(TaskList& into, std::size_t count);
  /// Takes `count` tasks from `from` back. Thread-safe.
  void give(TaskList& from, std::size_t count);

  /// Calls visit(Task&) for every slot that was ever used, in the order of first use.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    const std::size_t used = used_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < used; ++i) visit(*task_at(i));
  }

  [[nodiscard]] std::size_t slot_bytes() const { return slot_bytes_; }
  [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_acquire); }
  /// Calls visit(std::uintptr_t) with the address of each slab, in the order of addresses that the
  /// kernel chose: any.
  template <typename Visit>
  void for_each_slab(Visit&& visit) const {
    const std::size_t per_slab = kSlabBytes / slot_bytes_;
    const std::size_t count = (used() + per_slab - 1) / per_slab;
    for (std::size_t i = 0; i < count; ++i) {
      visit(reinterpret_cast<std::uintptr_t>(slabs_[i].load(std::memory_order_acquire)));
    }
  }
  /// The task of a slot that was used.
  [[nodiscard]] Task& task(std::size_t index) const { return *task_at(index); }

 private:
  static constexpr std::size_t kTaskBytes = (sizeof(Task) + 63) / 64 * 64;

  [[nodiscard]] Task* task_at(std::size_t index) const {
    const std::size_t per_slab = kSlabBytes / slot_bytes_;
    char* const slab = slabs_[index / per_slab].load(std::memory_order_acquire);
    return reinterpret_cast<Task*>(slab + (index % per_slab + 1) * slot_bytes_ - kTaskBytes);
  }
  Task* make_slot();
  void guard(char* low);

  const std::size_t slot_bytes_;
  std::mutex mutex_;  // Guards what follows, except for reads of the atomics.
  TaskList free_;
  std::size_t protected_ = 0;  // By mprotect().
  bool has_guard_advice_ = true;
  std::atomic<std::size_t> used_{0};
  std::array<std::atomic<char*>, kMaxSlabs> slabs_{};
};

}  // namespace plumb::rt::detail
