// SPDX-License-Identifier: Apache-2.0
// GoroutineReader: a goroutine dump from lines as a log or a terminal kept them.
//
// Each line is for the parser, once it is what the program printed. What has to be done to it is
// learned from the lines themselves; what was read before that is read again.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/cpu.h"
#include "formats/goroutine_parser.h"
#include "formats/log_cleaner.h"
#include "formats/read_options.h"

namespace plumb {

/// Not thread-safe.
class GoroutineReader {
 public:
  explicit GoroutineReader(const ReadOptions& options, Isa isa = active_isa())
      : parser_(options, isa, cleaner_) {}
  GoroutineReader(const GoroutineReader&) = delete;
  GoroutineReader& operator=(const GoroutineReader&) = delete;

  /// Reads whole lines, and returns how many bytes they have: all, or those in front of the header
  /// of a goroutine of another process, which other_source() names, or where it was learned that
  /// the log numbers processes. Requires: `lines` is empty or ends with a newline; kScanSlackBytes
  /// behind it are readable.
  std::size_t read(std::string_view lines);

  /// Number in the input, from 1, of the next line to be read.
  [[nodiscard]] std::uint64_t line() const { return parser_.line(); }
  void set_line(std::uint64_t line) { parser_.set_line(line); }

  /// The name of the process in the prefixes of a log, and of the other one at which reading
  /// stopped; empty if there is none.
  [[nodiscard]] std::string_view source() const { return cleaner_.source(); }
  [[nodiscard]] std::string_view other_source() const { return other_source_; }

  /// LogCleaner::process() and find_process().
  [[nodiscard]] std::string_view process() const { return cleaner_.process(); }
  [[nodiscard]] ProcessPrefix find_process(std::string_view line) const {
    return cleaner_.find_process(line);
  }

  /// Takes lines for those of the process at hand, whatever name stands in front.
  void take_all_sources() { takes_all_sources_ = true; }

  /// True if `line` has a prefix like those in front of what was read.
  [[nodiscard]] bool knows_prefix(std::string_view line) const {
    return cleaner_.knows_prefix(line);
  }

  /// Passes over a line that is too long to be held.
  void skip_long_line() { parser_.skip_long_line(); }

  /// Ends the input. `last_line` has no newline; it is empty if the input ended with one.
  void finish(std::string_view last_line);

  /// Those of the parser.
  [[nodiscard]] std::uint64_t goroutine_count() const { return parser_.goroutine_count(); }
  [[nodiscard]] std::uint64_t headers_behind_frames() const {
    return parser_.headers_behind_frames();
  }
  [[nodiscard]] std::size_t memory_bytes() const { return parser_.memory_bytes(); }
  void lose(std::string_view what, std::uint64_t count, std::uint64_t line) {
    parser_.lose(what, count, line);
  }

  /// The dump of all that was read. The reader is of no use from then on.
  GoroutineDump take_dump() { return parser_.take_dump(); }

 private:
  void read_until_news(std::string_view lines);
  bool read_record(std::string_view line);
  std::string_view clean_last_line(std::string_view line);
  bool may_learn();
  bool learn_from(std::string_view line);
  void learn_from_header(std::string_view line);
  void learn_prefix(LogPrefix prefix);

  LogCleaner cleaner_;
  GoroutineParser parser_;
  std::string clean_;         // The lines that are being read, if they had to be cleaned.
  std::string other_source_;  // At which reading stopped; empty: it did not.
  bool takes_all_sources_ = false;
  int lessons_ = 0;  // What the cleaner learned in the lines up to lessons_end_.
  std::uint64_t lessons_end_ = 0;
};

}  // namespace plumb
