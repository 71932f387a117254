// SPDX-License-Identifier: Apache-2.0
// ThreadCapture: the registers and the upper stack of another thread, while it runs.
//
// The thread gets SIGURG, as in Go; its handler copies what is needed and goes on. If the program
// has a handler of its own for SIGURG, nothing is captured.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rt/switch_context.h"
#include "rt/unwind.h"

namespace plumb::rt::detail {

/// What was interrupted: `stack` begins at registers.sp and is displaced into `bytes`.
struct CapturedThread {
  SavedRegisters registers;
  StackBytes stack;
  std::span<const std::byte> bytes;  ///< Valid until the next capture.
};

/// One capture at a time in a process: thread-safe, but callers wait for each other outside.
class ThreadCapture {
 public:
  /// Nothing if the thread is gone, blocks the signal, or does not answer within 20 ms.
  static std::optional<CapturedThread> capture(int tid);
};

/// Installs the handler for SIGURG unless it is; false if the program has one of its own.
bool has_signal_handler();

/// The registers of a thread that sleeps in a system call, as far as the kernel tells: pc and
/// sp. Nothing if it does not sleep. Does not disturb the thread.
std::optional<SavedRegisters> registers_in_kernel(int tid);

/// Copies up to `into.size()` bytes of this process from `address` on, as many as can be read.
/// May be called by signal handlers.
std::size_t copy_readable(std::uintptr_t address, std::span<std::byte> into);

}  // namespace plumb::rt::detail
