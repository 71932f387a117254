// SPDX-License-Identifier: Apache-2.0
// Snapshot: every task as it is at the moment it is looked at, one after the other. Nothing is
// stopped: of a task that waits, its stack is read and thrown away again if the task ran meanwhile;
// of one that runs, the stack is what its thread has when it is asked.

#pragma once

#include <plumb/rt/wait_reason.h>

#include <cstdint>
#include <functional>
#include <span>

#include "rt/task.h"
#include "rt/task_locals.h"

namespace plumb::rt::detail {

/// One task. Lifetime: of the call that gets it.
struct TaskView {
  std::uint64_t id = 0;
  std::uint64_t creator_id = 0;   ///< 0: not known.
  std::uintptr_t created_by = 0;  ///< Return address of its go(); 0: none.
  TaskKind kind = TaskKind::Go;
  TaskState state = TaskState::Waiting;
  WaitReason reason = WaitReason::None;
  const void* object = nullptr;
  std::int64_t waited_ns = 0;  ///< Since it began to wait, or became runnable for the first time.
  bool is_leaked = false;
  bool is_in_kernel = false;            ///< A thread that runs, but sleeps in a system call.
  bool has_stack = false;               ///< Else it is running, and could not be asked.
  bool is_interrupted = false;          ///< The first of `pcs` is no return address.
  std::span<const std::uintptr_t> pcs;  ///< Return addresses, leaf first.
  const LabelSet* labels = nullptr;     ///< Null: none.
};

enum class WithStacks : bool { No, Yes };

/// Calls visit for every task: threads first, then tasks in the order in which their stacks were
/// first used, then those of other frameworks. One at a time in a process; others wait.
void visit_tasks(WithStacks with_stacks, const std::function<void(const TaskView&)>& visit);

/// The most frames of a stack that are looked at.
inline constexpr std::size_t kMaxFrames = 128;

}  // namespace plumb::rt::detail
