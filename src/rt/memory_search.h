// SPDX-License-Identifier: Apache-2.0
// The last step of a leak scan, in a copy of the process: what the rest of its memory leads to, and
// what that leads to. What is not reached is leaked.

#pragma once

#include <cstddef>
#include <span>

#include "rt/leak_tables.h"

namespace plumb::rt::detail {

/// What is not to be searched besides the stacks of tasks and `tables`.
struct NotSearched {
  std::span<const AddressRange> ranges;
  std::uintptr_t stack_top = 0;  ///< Below it, on the stack it lies on, is nothing but the scan.
};

/// Fills the verdicts, after it has waited for `stacks_done`. Nothing here allocates from the heap.
/// False without memory, or if it cannot be known.
bool search_memory(LeakTables& tables, const NotSearched& without);

}  // namespace plumb::rt::detail
