// SPDX-License-Identifier: Apache-2.0
// Leaks proved by reachability: a task that waits for channels to which nothing leads any more.
//
// A collector's mark phase, without the collector. Candidates are the tasks that wait, without a
// timeout, for channels. Everything else is a root: all memory that can be written, the stacks of
// all other tasks and threads, their registers. A word that points to a channel makes it live, and
// with it who waits for it; a word that points anywhere into a candidate's stack makes the
// candidate live; what is live is searched in turn. What is left can be woken by nobody.
//
// Pointers are told by their value alone, so that a number may keep a leak hidden; the other way
// round there are no mistakes, as long as pointers lie in memory as they are, on addresses
// divisible by eight, with no more than their upper 16 bits used otherwise.
//
// Four steps, of which the program stands still during the middle two:
//   find_candidates()  while the program runs: who waits, and for which channels. Those that do
//                      not wait any more when it stops are roots.
//   StackSearch        several threads: which channels and stacks each stack leads to.
//   fork               beside that: a copy of the rest of the memory. Stacks are left out of it,
//                      as a million of them would take the kernel seconds.
//   search_memory()    the copy's work, while the program runs again: roots, and what they lead to.

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace plumb::rt::detail {

/// Marks the tasks that are leaked, those not proved before, and returns their number.
/// Errors: Io if the threads could not be stopped, or the copy could not be made or not finish.
Result<std::size_t> scan_for_leaks();

/// How long the program stood still for the last scan; 0: there was none.
std::int64_t last_scan_pause_ns();

}  // namespace plumb::rt::detail
