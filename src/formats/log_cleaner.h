// SPDX-License-Identifier: Apache-2.0
// LogCleaner: lines as the program printed them, from lines as a log or a terminal kept them.
//
//   Nov 22 19:41:03 host app[123]: goroutine 1 [running]:        journald, syslog
//   2026-11-22T19:41:03.123456789Z goroutine 1 [running]:        docker logs --timestamps
//   2026-11-22T19:41:03.123456789Z stderr F goroutine 1 [running]:  containerd
//   @400000006921f3af2f3b4c00 goroutine 1 [running]:             s6-log, multilog
//   web-1  | goroutine 1 [running]:                              docker compose
//   [pod/web-0/app] goroutine 1 [running]:                       kubectl logs --prefix
//   {"log":"goroutine 1 [running]:\n","stream":"stderr","time":"..."}  docker's json-file
//   {"Action":"output","Output":"goroutine 1 [running]:\n"}      go test -json
//   {"MESSAGE":"goroutine 1 [running]:","_PID":"1"}              journalctl -o json
//   MESSAGE=goroutine 1 [running]:                               journalctl -o export, verbose
//       "textPayload": "goroutine 1 [running]:",                 gcloud logging read --format=json
//   2026-11-22T19:41:03Z,"goroutine 7 [select, 5 minutes]:"      CSV, see log_row.h
//   #011/srv/app/main.go:12 +0x1d                                rsyslog, of a tab
//   goroutine 1 [running]:\r                                     CRLF
//
// Nobody says which of these an input has: the reader learns it from the first header that it finds
// behind something, and cleans what follows. A line that does not have the prefix stays as it is.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {

/// How rsyslog writes a tab.
inline constexpr std::string_view kEscapedTab = "#011";

/// What is left of a line that says nothing of the program's: one of several that a record takes.
inline constexpr std::string_view kNoLine = "\x01";

/// Whose line it is.
struct ProcessPrefix {
  /// From behind the time through the number: " host app[123]". Views the line, or for a record of
  /// the journal whoever was asked; empty: not known.
  std::string_view process;
  std::size_t length = 0;  ///< Of the whole prefix.
};

/// The shape of a prefix: its text, in which the numbers of dates, times and processes may differ
/// from line to line. Numbers in a word with letters ("web-1") belong to a name and may not.
class LogPrefix {
 public:
  /// Learns the shape from one prefix.
  explicit LogPrefix(std::string_view sample);

  /// How many bytes at the front of `line` have this shape. Trailing blanks of the prefix may be
  /// missing at the end of a line: logs cut them off blank lines.
  [[nodiscard]] std::optional<std::size_t> match(std::string_view line) const;

  /// Whose line it is, if `line` has this shape and the shape a number of the process in brackets,
  /// as syslog puts it behind the program's name.
  [[nodiscard]] ProcessPrefix find_process(std::string_view line) const;
  /// The same of the prefix that was learned.
  [[nodiscard]] const std::string& process() const { return process_; }

  /// The names in it that tell processes apart, each with a blank behind it: those of containers,
  /// pods and hosts, which have dashes or underscores. Empty if there is none.
  [[nodiscard]] const std::string& source() const { return source_; }

  /// True for "MESSAGE=" of the journal.
  [[nodiscard]] bool begins_message() const { return shape_.ends_with("MESSAGE="); }

  /// Equal prefixes are of one shape.
  friend bool operator==(const LogPrefix& a, const LogPrefix& b) {
    return a.shape_ == b.shape_ && a.trailing_blanks_ == b.trailing_blanks_ &&
           a.borders_ == b.borders_;
  }

 private:
  [[nodiscard]] std::optional<ProcessPrefix> match_parts(std::string_view line) const;

  // kSomeDigits for a run of digits, kSomeBlanks of blanks, kTime for a time of TAI64, nothing for
  // fractions of a second, else itself.
  std::string shape_;
  // What stands in front of so many borders of a terminal's panes may be anything.
  std::size_t borders_ = 0;
  std::size_t trailing_blanks_ = 0;
  std::string source_;
  std::string process_;
  std::size_t process_digits_ = std::string::npos;  // Where they stand in shape_.
  // From where in shape_ a line may have a dash for a colon: grep puts "app.log:12:" in front of
  // what it looked for and "app.log-13-" in front of the lines around that.
  std::size_t context_from_ = std::string::npos;
};

/// The shape of what stands behind the text of a line, like that of a prefix.
class LogSuffix {
 public:
  /// Learns the shape from one suffix, which has no blanks at its end.
  explicit LogSuffix(std::string_view sample);

  /// How many bytes at the front of `line` are in front of a suffix of this shape, and of the
  /// blanks that may fill the text up.
  [[nodiscard]] std::optional<std::size_t> match(std::string_view line) const;

  friend bool operator==(const LogSuffix& a, const LogSuffix& b) = default;

 private:
  LogPrefix backwards_;  // From its end.
  bool is_behind_blank_ = false;
  bool is_pane_ = false;  // Behind a border, which may be anything.
};

/// What has to be done to each line. Not thread-safe.
class LogCleaner {
 public:
  [[nodiscard]] bool is_active() const { return is_active_; }

  /// True if something was learned since the last clean().
  [[nodiscard]] bool has_news() const { return has_news_; }

  /// Learns that lines end with CR.
  void learn_carriage_returns();
  /// Learns that the tab of a file line was turned into spaces.
  void learn_spaces();
  /// Learns that a tab in front is written as kEscapedTab.
  void learn_escaped_tabs();
  /// Learns that lines may be fields of CSV, in quotes where they have commas.
  void learn_quotes();
  /// Learns that each line is a JSON object that has the text in its field `key`, one of
  /// json_log_keys(), or if `sample` begins with that field, that each is a part of one. The first
  /// key learned counts. Where the text of `sample` is a JSON object itself, that has the text.
  void learn_json(std::string_view key, std::string_view sample);
  /// Learns who wrote a record of a log that says so in each; the first one learned counts. Nothing
  /// if `process` is empty.
  void learn_process(std::string process);
  /// Learns a prefix. The oldest of several may be forgotten.
  void learn_prefix(LogPrefix prefix);

  /// Learns a suffix, likewise.
  void learn_suffix(LogSuffix suffix);

  /// LogPrefix::source() of the prefix learned last that has one; empty if none has.
  [[nodiscard]] std::string_view source() const;
  /// How often a process() was learned.
  [[nodiscard]] std::uint64_t learned_processes() const { return learned_processes_; }
  /// Who wrote the records; else LogPrefix::process() of the prefix learned last that has one,
  /// empty if none has.
  [[nodiscard]] std::string_view process() const;
  /// LogPrefix::find_process() of the first prefix that finds one.
  [[nodiscard]] ProcessPrefix find_process(std::string_view line) const;
  /// True if `line` has one of the prefixes.
  [[nodiscard]] bool knows_prefix(std::string_view line) const;

  /// Replaces `clean` with the cleaned `lines`, one for each, and kScanSlackBytes behind them.
  /// Returns the lines, without that slack.
  std::string_view clean(std::string_view lines, std::string& clean);

  /// One line, which has no newline, cleaned. Does not count as a clean().
  [[nodiscard]] std::string clean_line(std::string_view line) const;

 private:
  void add_clean(std::string_view line, std::string& clean) const;
  std::string_view unwrap(std::string_view line, std::string& text) const;
  [[nodiscard]] std::string_view strip(std::string_view line) const;
  void note_news();

  bool carriage_returns_ = false;
  bool spaces_ = false;
  bool escaped_tabs_ = false;
  bool quotes_ = false;
  bool journal_fields_ = false;    // Each on a line.
  bool one_field_a_line_ = false;  // Of the JSON.
  // Of the line, of the JSON in that, and so on; empty: lines are no JSON.
  std::vector<std::string_view> json_keys_;
  std::vector<LogPrefix> prefixes_;  // The one learned last is in front.
  std::vector<LogSuffix> suffixes_;
  std::string record_process_;  // Empty: it is not said.
  std::uint64_t learned_processes_ = 0;
  bool is_active_ = false;
  bool has_news_ = false;
};

}  // namespace plumb
