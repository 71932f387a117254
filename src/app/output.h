// SPDX-License-Identifier: Apache-2.0
// Where a report goes: standard output, or the file that -output names.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/environment.h"
#include "app/fd_writer.h"
#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

/// Opens the destination of a report, so late that a failure before it leaves an old file alone.
class ReportOutput {
 public:
  /// A binary report does not go to a terminal but to a new file, profile001EXTENSION.
  /// `binary_extension` is empty for text. Errors: Io.
  static Result<ReportOutput> open(const Settings& settings, Environment& environment,
                                   std::string_view binary_extension = {});

  [[nodiscard]] Writer& writer() const {
    if (file_) return *file_;
    return environment_->out;
  }

  /// Writes what is buffered. Errors: Io.
  Result<void> finish();

 private:
  explicit ReportOutput(Environment& environment) : environment_(&environment) {}

  Environment* environment_;
  std::string path_;
  std::unique_ptr<FdWriter> file_;  // Null: standard output.
};

}  // namespace plumb::cli
