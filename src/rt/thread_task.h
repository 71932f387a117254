// SPDX-License-Identifier: Apache-2.0
// Threads of the program as tasks: they get an id and are shown, and block in a futex.

#pragma once

#include <poll.h>

#include "rt/task.h"

namespace plumb::rt::detail {

/// The task of the calling thread, which is no worker; made when it is first asked for.
Task* thread_task();
/// The task of the calling thread if it has one.
Task* find_thread_task();

/// A thread begins to wait with these registers.
void begin_waiting(Task& self, WaitReason reason, const void* object,
                   const SavedRegisters& registers);
void end_waiting(Task& self);

void park_thread(Task* self, WaitReason reason, const void* object);
void ready_thread(Task* task);
/// As poll() without a timeout; the thread is shown in "IO wait".
int poll_in_thread(Task* self, pollfd& wanted);

}  // namespace plumb::rt::detail
