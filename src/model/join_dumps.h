// SPDX-License-Identifier: Apache-2.0
// The dumps of several processes as one.

#pragma once

#include "model/goroutine_dump.h"

namespace plumb {

/// Appends what `more` has, as a later dump of the same process. What pointers tell of locks is
/// that of the later one.
void append_dump(GoroutineDump& dump, GoroutineDump more);

/// Appends what `more` has, as that of another process: GoroutineDump::processes. What
/// pointers tell of locks is given up, as they mean nothing across processes.
void join_dump(GoroutineDump& dump, GoroutineDump more);

}  // namespace plumb
