// SPDX-License-Identifier: Apache-2.0
// GoroutineReader: a goroutine dump line by line, with care.
//
// The reader hands every stretch of lines to the fast walk (goroutine_walk.h) first and judges
// itself the lines at which the walk stops: the first appearance of each header and frame, rare
// forms, lines of other programs in between, and what is damaged.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/cpu.h"
#include "formats/crash_text.h"
#include "formats/goroutine_frame.h"
#include "formats/goroutine_header.h"
#include "formats/goroutine_trie.h"
#include "formats/goroutine_walk.h"
#include "formats/log_cleaner.h"
#include "formats/quoted_text.h"
#include "formats/read_options.h"

namespace plumb {

/// Not thread-safe.
class GoroutineReader {
 public:
  explicit GoroutineReader(const ReadOptions& options, Isa isa = active_isa());

  /// Reads whole lines, and returns how many bytes they have: all, or those in front of the header
  /// of a goroutine of another process, which other_source() names, or where it was learned that
  /// the log numbers processes. Requires: `lines` is empty or ends with a newline; kScanSlackBytes
  /// behind it are readable.
  std::size_t read(std::string_view lines);

  /// Number in the input, from 1, of the next line to be read.
  [[nodiscard]] std::uint64_t line() const { return at_.line; }
  void set_line(std::uint64_t line) { at_.line = line; }

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
  void skip_long_line();

  /// Ends the input. `last_line` has no newline; it is empty if the input ended with one.
  void finish(std::string_view last_line);

  [[nodiscard]] std::uint64_t goroutine_count() const { return trie_.goroutine_count(); }
  /// How many goroutines began behind a function that waited for its file line: all but the first
  /// of a log that has its newest lines in front.
  [[nodiscard]] std::uint64_t headers_behind_frames() const { return headers_behind_frames_; }
  /// Heap bytes held, for limits.
  [[nodiscard]] std::size_t memory_bytes() const { return trie_.memory_bytes(); }

  /// Counts something that was lost.
  void lose(std::string_view what, std::uint64_t count, std::uint64_t line);

  /// The dump of all that was read. The reader is of no use from then on.
  GoroutineDump take_dump();

 private:
  void read_until_news(std::string_view lines);
  bool read_record(std::string_view line);
  void read_text(std::string text);
  bool may_learn();
  bool learn_from(std::string_view line);
  void learn_from_header(std::string_view line);
  void learn_prefix(LogPrefix prefix);
  [[nodiscard]] bool can_walk() const;
  const char* walk(const char* p, const char* end);
  void read_line(std::string_view line);
  bool continue_header(std::string_view line);
  void read_hidden_header(std::string_view line, std::size_t at);
  bool is_quoted(std::string_view line, std::size_t at);
  bool read_quoted(std::string_view line);
  void read_as_dump();
  void read_header(std::string_view line);
  void start_goroutine(GoroutineHeader header, NodeMatch match);
  void end_goroutine();
  void count_goroutine();
  void read_line_inside(std::string_view line);
  void read_line_outside(std::string_view line);
  [[nodiscard]] bool is_of_goroutine_at_hand(std::string_view line) const;
  bool read_file_line(std::string_view line);
  bool read_rest_of_file(std::string_view line);
  bool read_rest_of_call(std::string_view line);
  void read_single_line(const FunctionLine& function);
  void read_ancestor_line(const FunctionLine& function);
  void add_frame(const FunctionLine& function, const FileLine& file);
  void descend(const NodeText& text, const FrameFacts& facts);
  std::uint32_t find_or_add(const NodeText& text, const FrameFacts& facts);
  void enter(std::uint32_t node);
  void set_pending(std::string_view line, const FunctionLine& function, std::uint64_t number);
  void drop_pending();
  void pass_over(std::uint64_t line);
  std::string_view take_last_line(std::string_view line);
  bool is_cut_by(std::string_view last_line);
  [[nodiscard]] bool has_end();
  [[nodiscard]] bool has_last_frame();
  [[nodiscard]] bool may_go_on();
  void start_dump(std::string_view state);
  void note_orphan(std::uint64_t line);

  const Limits limits_;
  const GoroutineWalk walk_;
  GoroutineTrie trie_;
  GoroutineCursor at_;
  LogCleaner cleaner_;
  std::string other_source_;  // At which reading stopped; empty: it did not.
  bool takes_all_sources_ = false;
  std::string clean_;  // The lines that are being read, if they had to be cleaned.
  int lessons_ = 0;    // What the cleaner learned in the lines up to lessons_end_.
  std::uint64_t lessons_end_ = 0;
  CrashText crash_;
  QuotedText quoted_;
  std::vector<Loss> losses_;

  std::string pending_;            // A function line whose file line is yet to come, or empty.
  FunctionLine pending_function_;  // Views pending_.
  std::uint64_t pending_line_ = 0;
  std::string broken_file_;  // The begin of a file line that a terminal broke, or empty.
  std::string header_;       // A header broken by a newline in a label, so far, or empty.
  std::uint64_t header_line_ = 0;
  std::uint64_t header_parts_ = 0;
  std::uint64_t headers_behind_frames_ = 0;
  std::string file_text_;  // Scratch.

  // Lines since the last frame that belong to no frame. They are lost text only if a frame follows;
  // otherwise the goroutine simply had ended.
  std::uint64_t passed_over_ = 0;
  std::uint64_t first_passed_over_ = 0;
  bool ignore_frames_ = false;    // Of a runtime stack, or behind a header that was not understood.
  bool gave_up_ = false;          // For other text, on a goroutine whose frames may still come.
  bool is_behind_blank_ = false;  // A blank line is the last of the goroutine so far.

  // Frames in front of the first header: they are lost if the dump was cut there.
  bool has_started_ = false;
  std::uint64_t orphans_ = 0;
  std::uint64_t first_orphan_ = 0;
};

}  // namespace plumb
