// SPDX-License-Identifier: Apache-2.0
// The outermost frame of every task.

#pragma once

#include "rt/task.h"

namespace plumb::rt::detail {

/// Runs what the task was made for, and gives back what it has. An exception ends the process.
void run_body(Task& task) noexcept;

/// Stacks end at this function. (The frame that the first switch made is not one to be read.)
bool is_outermost_function(std::uintptr_t function_start);

}  // namespace plumb::rt::detail
