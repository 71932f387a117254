// SPDX-License-Identifier: Apache-2.0
// Leaked tasks: those of which it is proved that nothing will ever wake them.

#pragma once

#include <plumb/rt/go.h>
#include <plumb/rt/wait_reason.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace plumb::rt {

/// How it is known that nothing will wake a task.
enum class LeakProof : std::uint8_t {
  ByCount,  ///< No other end of what it waits for is left; known at the moment that happens.
  ByScan,   ///< Nothing that can still run leads to what it waits for; see find_leaks().
};

/// What is known of a leak at the moment it happens.
struct leak {
  task_id id = 0;
  WaitReason reason = WaitReason::None;
  LeakProof proof = LeakProof::ByCount;
  const void* object = nullptr;   ///< The channel it waits for; of a select the last one dropped.
  std::uintptr_t created_by = 0;  ///< Return address of its go(); see describe().
  task_id creator = 0;
};

/// "goroutine 7 [chan send (leaked)]: proved by count: no receiver of 0x... is left", and "created
/// by
/// ..." below it.
/// Looks symbols up: takes milliseconds the first time.
std::string describe(const leak& found);

/// Calls `report` whenever a task is proved to be leaked, on the task or thread that dropped the
/// last end. Replaces the callback before; an empty one takes it away. Once for each task.
void on_leak(std::function<void(const leak&)> report);

/// Looks for tasks that wait for channels to which nothing leads any more: searches the memory of
/// the process, as a garbage collector does, in a copy of it. All threads stand still while the
/// copy is made and the stacks of tasks are looked through: milliseconds, see leak_scan_pause().
/// Reports what was not known yet, as on_leak() says, and returns its number; -1 if it could not be
/// done, which `error` then says (may be null). Never reports a task that could still be woken, if
/// pointers lie in memory as they are.
long find_leaks(std::string* error = nullptr);

/// How long all threads stood still for the last find_leaks(); 0: there was none.
std::chrono::nanoseconds leak_scan_pause();

/// The number of tasks that are proved to be leaked.
std::size_t leak_count();

}  // namespace plumb::rt
