// SPDX-License-Identifier: Apache-2.0
// Ctrl-C in a shell: it stops what runs, not the shell.

#pragma once

#include <csignal>

namespace plumb::cli {

/// While one of these lives, SIGINT only sets a flag. Not thread-safe; one at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_ {};
};

/// True if SIGINT came since the last call of clear_interrupt().
bool was_interrupted();
void clear_interrupt();

}  // namespace plumb::cli
