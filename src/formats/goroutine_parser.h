// SPDX-License-Identifier: Apache-2.0
// GoroutineParser: a goroutine dump line by line, the lines as the program printed them.
//
// Every stretch of lines is for the fast walk (goroutine_walk.h) first. The parser judges the lines
// at which the walk stops: the first appearance of each header and frame, rare forms, lines of
// other programs in between, and what is damaged.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
class GoroutineParser {
 public:
  /// What the parser finds out about how lines were changed, it teaches `cleaner`, which must
  /// outlive it.
  GoroutineParser(const ReadOptions& options, Isa isa, LogCleaner& cleaner);

  /// Number in the input, from 1, of the next line to be read. Whoever reads lines counts them.
  [[nodiscard]] std::uint64_t line() const { return at_.line; }
  void set_line(std::uint64_t line) { at_.line = line; }

  /// Walks as many lines as are known already, and counts them. Where the walk stops; `p` if it
  /// cannot be left to that. Requires: whole lines from `p` to `end`, with kScanSlackBytes behind.
  const char* walk(const char* p, const char* end);

  void read_line(std::string_view line);

  /// Ends the goroutine at hand, and reads the lines of `text`, which is a dump of its own and all
  /// of it in the line at hand.
  void read_whole(std::string text);

  /// Passes over the line at hand, which is too long to be held, and counts it.
  void skip_long_line();

  /// Ends the input. `last_line` has no newline; it is empty if the input ended with one.
  void finish(std::string_view last_line);

  /// True for the lines that the walk takes for calls or files, whatever their arguments and names
  /// hold: they are no records of a log.
  [[nodiscard]] bool is_of_goroutine_at_hand(std::string_view line) const;
  /// True if the header at `at` in `line` is of the message of a panic.
  [[nodiscard]] bool is_quoted(std::string_view line, std::size_t at);
  [[nodiscard]] bool is_in_goroutine() const { return at_.node != 0; }
  /// True if the next line should be the file line of a call.
  [[nodiscard]] bool awaits_file() const { return !pending_.empty(); }

  /// What may turn out to be crash text, for whoever learns later how to clean it.
  [[nodiscard]] std::vector<std::string>& crash_candidates() { return crash_.candidates(); }

  [[nodiscard]] std::uint64_t goroutine_count() const { return trie_.goroutine_count(); }
  /// How many goroutines began behind a function that waited for its file line: all but the first
  /// of a log that has its newest lines in front.
  [[nodiscard]] std::uint64_t headers_behind_frames() const { return headers_behind_frames_; }
  /// Heap bytes held, for limits.
  [[nodiscard]] std::size_t memory_bytes() const { return trie_.memory_bytes(); }

  /// Counts something that was lost.
  void lose(std::string_view what, std::uint64_t count, std::uint64_t line);

  /// The dump of all that was read. The parser is of no use from then on.
  GoroutineDump take_dump();

 private:
  [[nodiscard]] bool can_walk() const;
  bool continue_header(std::string_view line);
  void read_hidden_header(std::string_view line, std::size_t at);
  bool read_quoted(std::string_view line);
  void read_as_dump();
  void read_header(std::string_view line);
  void start_goroutine(GoroutineHeader header, NodeMatch match);
  void start_dump(std::string_view state);
  void break_off();
  void end_goroutine();
  void count_goroutine();
  void read_line_inside(std::string_view line);
  void read_line_outside(std::string_view line);
  bool read_file_line(std::string_view line);
  bool read_rest_of_file(std::string_view line);
  bool read_rest_of_call(std::string_view line);
  void read_single_line(const FunctionLine& function);
  void read_ancestor_line(const FunctionLine& function);
  void add_frame(const FunctionLine& function, const FileLine& file);
  void descend(const NodeText& text, const FrameFacts& facts);
  void enter(std::uint32_t node);
  void set_pending(std::string_view line, const FunctionLine& function, std::uint64_t number);
  void drop_pending();
  void pass_over(std::uint64_t line);
  void note_orphan(std::uint64_t line);
  bool is_cut_by(std::string_view last_line);
  [[nodiscard]] bool has_end();
  [[nodiscard]] bool has_last_frame();
  [[nodiscard]] bool may_go_on();

  const Limits limits_;
  const GoroutineWalk walk_;
  LogCleaner& cleaner_;
  GoroutineTrie trie_;
  GoroutineCursor at_;
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
