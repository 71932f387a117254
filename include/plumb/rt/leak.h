// SPDX-License-Identifier: Apache-2.0
// Leaked tasks: those of which it is proved that nothing will ever wake them.

#pragma once

#include <plumb/rt/go.h>
#include <plumb/rt/wait_reason.h>

#include <cstdint>
#include <functional>
#include <string>

namespace plumb::rt {

/// What is known of a leak at the moment it happens.
struct leak {
  task_id id = 0;
  WaitReason reason = WaitReason::None;
  const void* object = nullptr;   ///< The channel it waits for; of a select the last one dropped.
  std::uintptr_t created_by = 0;  ///< Return address of its go(); see describe().
  task_id creator = 0;
};

/// "goroutine 7 [chan send (leaked)]: no receiver of 0x... is left" and "created by ..." below it.
/// Looks symbols up: takes milliseconds the first time.
std::string describe(const leak& found);

/// Calls `report` whenever a task is proved to be leaked, on the task or thread that dropped the
/// last end. Replaces the callback before; an empty one takes it away. Once for each task.
void on_leak(std::function<void(const leak&)> report);

/// The number of tasks that are proved to be leaked.
std::size_t leak_count();

}  // namespace plumb::rt
