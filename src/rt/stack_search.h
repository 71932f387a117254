// SPDX-License-Identifier: Apache-2.0
// The second step of a leak scan: where the stacks of all tasks lead to. All other threads stand
// still meanwhile; several threads do it together.

#pragma once

#include <atomic>
#include <cstddef>

#include "rt/leak_tables.h"
#include "rt/stack_slabs.h"
#include "rt/task.h"

namespace plumb::rt::detail {

class StackSearch {
 public:
  StackSearch(const StackSlabs& slabs, LeakTables& tables) : slabs_(slabs), tables_(tables) {}

  /// Makes room for what `helpers` threads find. False without memory.
  bool allocate(std::size_t helpers);
  /// The work of thread `helper`, counted from 0; returns when there is nothing left to begin.
  void run(std::size_t helper);
  /// True if there was too little room; what was found is of no use then.
  [[nodiscard]] bool is_overflown() const { return is_overflown_.load(); }

 private:
  static constexpr std::size_t kSlotsAtOnce = 1024;

  /// What one thread has found.
  struct Found {
    Target* first;  ///< Of the slot that is being searched.
    Target* next;
    Target* limit;
  };

  void search_slot(std::size_t slot, Found& found);
  void search_candidate(const Task& task, Found& found);
  void search_root(const Task& task, Found& found);
  void search(std::uintptr_t start, std::uintptr_t limit, std::uintptr_t own, Found& found);
  void look_at(std::uintptr_t word, Found& found);
  void add(Target target, Found& found);
  static void prefetch_stack(const Task& task);

  const StackSlabs& slabs_;
  LeakTables& tables_;
  std::size_t targets_each_ = 0;
  std::atomic<std::size_t> next_slot_{0};
  std::atomic<bool> is_overflown_{false};
};

}  // namespace plumb::rt::detail
