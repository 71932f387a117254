// SPDX-License-Identifier: Apache-2.0
// Where a report goes: standard output, or the file that -output names.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/environment.h"
#include "app/fd_writer.h"
#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

/// The destination of a report. It is opened at the first write, so that a report that cannot be
/// made leaves an old file alone.
class ReportOutput final : public Writer {
 public:
  /// A binary report does not go to a terminal or a shell but to a new file, profile001EXTENSION.
  /// `binary_extension` is empty for text.
  ReportOutput(const Settings& settings, Environment& environment,
               std::string_view binary_extension = {})
      : path_(settings.output), environment_(environment), binary_extension_(binary_extension) {}

  [[nodiscard]] bool is_closed() const override;

  /// Writes what is buffered. Errors: Io, also if the file could not be opened.
  Result<void> finish();

 private:
  void write_through(std::string_view text) override;
  void open();
  void announce();
  [[nodiscard]] bool goes_to_file() const {
    const bool is_refused = environment_.out_is_terminal || environment_.is_session;
    return !path_.empty() || (!binary_extension_.empty() && is_refused);
  }

  std::string path_;
  Environment& environment_;
  std::string_view binary_extension_;
  std::unique_ptr<FdWriter> file_;  // Null: not open, or standard output.
  std::optional<Error> refusal_;    // Why the file could not be opened.
};

}  // namespace plumb::cli
