// SPDX-License-Identifier: Apache-2.0
// Stops all other threads of the process for a moment, with their registers in memory.

#pragma once

#include <span>

namespace plumb::rt::detail {

/// Stops all threads but the caller and `helpers` (kernel ids). Until resume_world() they must not
/// allocate or take a lock: whoever has it may be stopped. False if a thread does not answer within
/// 200 ms, or the program has a handler of its own for SIGURG; nobody is stopped then. One at a
/// time.
bool stop_world(std::span<const int> helpers);
void resume_world();

/// For the handler of SIGURG: waits if the world is stopped. False if it is not.
bool wait_while_stopped();

}  // namespace plumb::rt::detail
