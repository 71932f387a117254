// SPDX-License-Identifier: Apache-2.0
// Threads of the process that neither use the runtime nor belong to it.
//
// They are looked at without their help: no signal is sent to them, as it could end a system call
// that their program does not expect to be ended. Of one that sleeps in the kernel, the kernel
// tells where, and its stack is copied by a system call that fails where there is none; of one that
// runs, no stack is known. Registers that the kernel does not tell are those of callers: code with
// frame pointers may end a stack early.
//
// Source: proc(5), /proc/[pid]/task/[tid]/{syscall,schedstat,comm}.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "rt/task_locals.h"
#include "rt/unwind.h"

namespace plumb::rt::detail {

/// What is remembered of a thread.
struct OutsideThread {
  std::uint64_t id = 0;
  LabelSet labels;  ///< Its name.
};

/// A thread that sleeps: its registers, and a copy of the upper part of its stack.
struct SleepingThread {
  SavedRegisters registers;
  StackBytes stack;
};

/// Not thread-safe.
class OutsideThreads {
 public:
  /// Calls visit for each, in the order of their kernel ids.
  void for_each(const std::function<void(int tid, const OutsideThread&)>& visit);
  /// Nothing if it does not sleep. Valid until the next call.
  std::optional<SleepingThread> look_at(int tid);

 private:
  std::map<int, std::unique_ptr<OutsideThread>> known_;
  std::array<std::byte, std::size_t{64} << 10> bytes_;
};

/// The number of them.
std::size_t outside_thread_count();

}  // namespace plumb::rt::detail
