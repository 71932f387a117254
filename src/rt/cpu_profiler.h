// SPDX-License-Identifier: Apache-2.0
// CpuProfiler: where the threads of the process spend their time on processors.
//
// Each thread has a timer of its own that runs with its CPU clock and sends SIGPROF to that thread
// a hundred times a second; a signal that stands for several counts as several. The handler copies
// the registers and the upper part of the stack; stacks are walked elsewhere.

#pragma once

#include <memory>

#include "base/result.h"
#include "model/profile.h"

namespace plumb::rt::detail {

/// One at a time in a process.
class CpuProfiler {
 public:
  /// Errors: Usage "cpu profiling already in use"; Io if the signal cannot be had.
  static Result<std::unique_ptr<CpuProfiler>> start();
  ~CpuProfiler();
  CpuProfiler(const CpuProfiler&) = delete;
  CpuProfiler& operator=(const CpuProfiler&) = delete;

  /// Ends it, and returns what was seen.
  Profile stop();

 private:
  struct State;
  explicit CpuProfiler(std::unique_ptr<State> state);
  void collect();

  std::unique_ptr<State> state_;
};

}  // namespace plumb::rt::detail
