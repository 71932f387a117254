// SPDX-License-Identifier: Apache-2.0
// The threads of the process.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumb::rt::detail {

/// The kernel's ids of all threads.
std::vector<int> thread_ids();

/// Notes that the caller makes a thread for the library.
void note_created_thread();
/// The stacks that did, one for each thread that was made.
std::vector<std::vector<std::uintptr_t>> created_threads();

/// As plumb::rt::task_count(), without counting the calling thread.
std::size_t task_count_unattached();

}  // namespace plumb::rt::detail
