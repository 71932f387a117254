// SPDX-License-Identifier: Apache-2.0
// Other programs: graphviz, which draws, and viewers, which show.

#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb::cli {

/// A program that runs. Its standard error is ours.
class ChildProcess {
 public:
  /// Starts `words[0]`, which is looked for in PATH unless it has a slash, with the others as
  /// arguments. Errors: NotFound without such a program, in the words of Go; Io.
  static Result<ChildProcess> start(const std::vector<std::string>& words);

  /// Waits for its end. Errors: Io if that was no success.
  Result<void> wait();

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;
};

/// Runs a program on `input` and returns what it writes to standard output.
///
/// Requires: SIGPIPE is ignored, as main() does: the program need not read all of `input`.
/// Errors: NotFound, Io as above; LimitExceeded if it writes more than `limit_bytes`.
Result<std::string> run_filter(const std::vector<std::string>& words, std::string_view input,
                               std::size_t limit_bytes);

/// Holds back what would end this process (SIGINT, SIGTERM, SIGHUP, SIGQUIT), so that there is time
/// to clean up. What came meanwhile takes effect at the end of its life. Not thread-safe; other
/// threads are not held.
class SignalHold {
 public:
  SignalHold();
  ~SignalHold();
  SignalHold(const SignalHold&) = delete;
  SignalHold& operator=(const SignalHold&) = delete;

 private:
  friend Result<void> run_held(const std::vector<std::string>& words, SignalHold& hold);

  sigset_t held_{};
  sigset_t before_{};
  int received_ = 0;
};

/// Runs a program to its end; both its outputs are our standard error. A signal that `hold` holds
/// back ends the program. Errors: NotFound, Io as above.
Result<void> run_held(const std::vector<std::string>& words, SignalHold& hold);

}  // namespace plumb::cli
