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

/// Not thread-safe.
class PipeWriter final : public Writer {
 public:
  /// Starts `sh -c line`. What was written to standard output before must be flushed. Errors: Io.
  static Result<std::unique_ptr<PipeWriter>> start(const std::string& line);

  PipeWriter(int descriptor, pid_t child) : descriptor_(descriptor), child_(child) {}
  /// finish(), if that was not called.
  ~PipeWriter() override;

  [[nodiscard]] bool is_closed() const override { return writer_->is_closed(); }

  /// Closes the pipe and waits for the command. What became of the command is its own affair.
  void finish();

 private:
  void write_through(std::string_view text) override { *writer_ << text; }

  int descriptor_;
  pid_t child_;
  std::unique_ptr<FdWriter> writer_ = std::make_unique<FdWriter>(descriptor_);
};

}  // namespace plumb::cli
