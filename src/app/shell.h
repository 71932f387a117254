// SPDX-License-Identifier: Apache-2.0
// The shell: reports on one profile, line by line, in the manner of pprof's. Made from the tables
// of commands and options; app/shell_line.h and app/shell_command.h have the grammar.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.h"
#include "app/line_reader.h"
#include "app/report_cache.h"
#include "app/session.h"
#include "app/settings.h"
#include "app/shell_command.h"
#include "app/shell_options.h"
#include "base/result.h"
#include "formats/read_options.h"
#include "graph/sums_memo.h"

namespace plumb::cli {

/// Whether a session goes on.
enum class ShellState : std::uint8_t { Goes, Ended };

/// One session. Not thread-safe.
class Shell {
 public:
  /// `settings` are those of the command line. `environment` outlives this.
  Shell(LoadedProfile&& loaded, Settings settings, Environment& environment);

  /// Errors are shown in red from now on.
  void use_colour() { uses_colour_ = true; }

  /// Says what the profile is, and that a shell has started.
  void greet();

  /// Runs lines until they end, or one of them ends the session.
  ShellState run(LineReader& lines);

  /// Runs one line. What goes wrong is said.
  ShellState run_line(std::string_view line);

  [[nodiscard]] const Profile& profile() const { return std::get<Profile>(content_); }
  [[nodiscard]] const SampleTypes& sample_types() const { return types_; }

 private:
  /// A line of a file that is being run.
  struct SourcedLine {
    std::string path;
    std::size_t number = 0;
  };

  ShellState run_expanded(std::string_view line);
  ShellState run_words(const ShellLine& line);
  ShellState source(const ShellLine& line);
  void run_assignment(const Variable& variable, const ShellAssignment& assignment);
  void make_report(const ShellLine& line);
  void help(const ShellLine& line) const;
  void undo();

  // In shell_reports.cc.
  Result<void> run_command(const ShellCommand& command);
  Result<void> write_cached(const ShellCommand& command, std::size_t columns, Writer& out);
  Result<void> write_fresh(const ShellCommand& command, std::size_t columns, Writer& out,
                           const Notice& notice);

  void say_hint();
  void say_lines(std::string_view text) const;
  void say_error(const Error& error) const;
  void say_complaint(std::string_view line) const;

  Content content_;  // A profile.
  std::string name_;
  PlaceUnit places_;
  SampleTypes types_;
  Settings settings_;
  std::vector<std::vector<std::string>> earlier_filters_;  // Before each change of them.
  ReportCache cache_;
  SumsMemo memo_;  // Of the profile.
  Environment& environment_;
  bool uses_colour_ = false;
  std::string hint_;  // To be said behind the report.
  bool has_hinted_ = false;
  std::vector<SourcedLine> sourced_;  // Innermost last.
};

/// What the session's cache knows a report by: everything that its text depends on.
std::string report_key(const ShellCommand& command);

}  // namespace plumb::cli
