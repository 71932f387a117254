// SPDX-License-Identifier: Apache-2.0
// Starting tasks that the running one has not asked for.

#pragma once

#include <plumb/rt/go.h>

#include <cstdint>

namespace plumb::rt::detail {

/// As start_task(), but for a creator that is not the caller.
task_id start_task_of(NewTask fresh, void* created_by, std::uint64_t creator_id);

}  // namespace plumb::rt::detail
