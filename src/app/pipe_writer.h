// SPDX-License-Identifier: Apache-2.0
// PipeWriter: a Writer into a command line of sh, whose output goes where plumb's goes.

#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "app/fd_writer.h"
#include "base/result.h"
#include "base/writer.h"

namespace plumb::cli {

/// Starts `sh -c line` at the first write, so that a report that cannot be made opens no pager.
/// What was written to standard output before must be flushed. Not thread-safe.
class PipeWriter final : public Writer {
 public:
  explicit PipeWriter(std::string line) : line_(std::move(line)) {}
  /// Waits for the command, if it was started. What was not flushed is lost: see finish().
  ~PipeWriter() override;

  [[nodiscard]] bool is_closed() const override;

  /// Hands everything to the command, which is started also for nothing, and waits for it. What
  /// becomes of the command is its own affair. Errors: Io if it could not be started.
  Result<void> finish();

 private:
  void write_through(std::string_view text) override;
  void start();
  void close_and_wait();

  std::string line_;
  int descriptor_ = -1;
  pid_t child_ = 0;
  int error_ = 0;  // errno of starting the command.
  std::unique_ptr<FdWriter> pipe_;
};

}  // namespace plumb::cli
