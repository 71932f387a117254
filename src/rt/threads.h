// SPDX-License-Identifier: Apache-2.0
// The threads of the process.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plumb::rt::detail {

/// The kernel's ids of all threads.
std::vector<int> thread_ids();

/// Says that the calling thread is of the library, or shown as a task, as long as it exists.
class OwnThread {
 public:
  OwnThread();
  ~OwnThread();
  OwnThread(const OwnThread&) = delete;
  OwnThread& operator=(const OwnThread&) = delete;

 private:
  const int tid_;
};
/// The kernel's ids of those, sorted.
std::vector<int> own_thread_ids();

/// Notes that the caller makes a thread for the library.
void note_created_thread();
/// The stacks that did, one for each thread that was made.
std::vector<std::vector<std::uintptr_t>> created_threads();

/// All that the goroutine profiles show, without making the calling thread a task.
std::size_t task_count_unattached();

}  // namespace plumb::rt::detail
