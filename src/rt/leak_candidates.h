// SPDX-License-Identifier: Apache-2.0
// The first step of a leak scan: the tasks that wait for channels, and those channels. While the
// program runs.

#pragma once

#include "rt/leak_tables.h"
#include "rt/stack_slabs.h"

namespace plumb::rt::detail {

/// Fills all tables but `leads` and `targets`, with room for new slots. False without memory.
bool find_candidates(const StackSlabs& slabs, LeakTables& tables);

}  // namespace plumb::rt::detail
