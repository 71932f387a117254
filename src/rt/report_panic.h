// SPDX-License-Identifier: Apache-2.0
// What a process says before an exception that a task did not catch ends it.

#pragma once

#include "rt/task.h"

namespace plumb::rt::detail {

/// Writes, in the form of Go's panics, the exception being handled and which task it left.
void report_uncaught(const Task& task) noexcept;

}  // namespace plumb::rt::detail
