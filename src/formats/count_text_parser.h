// SPDX-License-Identifier: Apache-2.0
// The records of a count profile, read a block at a time into a Profile.
//
// Each PC of a record belongs to one line of the same record: PrintStackRecord in Go looks up every
// PC on its own, also those that stand for inlined calls, and prints the address PC - 1. So the
// symbol is a property of the PC. It is parsed where the PC is seen first; the lines of a record
// that brings nothing new, nearly all of them in a large profile, are only passed over.
//
// Three things need care:
// - Hidden frames: the runtime's at the leaf and runtime.goexit have no line. A record is passed
//   over if all PCs from the first line's on are settled: shown before, or missing so often that
//   they are taken for frames that are never shown.
// - C frames with a symbolizer have the PC itself as their address, and as many lines as there are
//   inlined calls, innermost first. So a line belongs to address + 1 or, without such a PC, to
//   address.
// - Go 1.23 and later pad the stacks of threads with zeros; those are no PCs.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/count_text_lines.h"
#include "formats/count_text_stack.h"
#include "formats/memory_map.h"
#include "formats/read_options.h"
#include "formats/symbol_table.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class CountTextParser {
 public:
  /// Fills `profile`, whose sample type is set. It and `options` must outlive the parser.
  /// `first_line` is the number of the line behind the header.
  CountTextParser(Profile& profile, const ReadOptions& options, std::uint64_t first_line)
      : profile_(profile),
        limits_(options.limits),
        drops_labels_(options.drop_text_labels),
        line_(first_line),
        stack_(profile),
        symbols_(profile),
        map_(profile) {}

  /// Reads the lines of `text` and returns how many bytes it has no more use for; the rest is to be
  /// the front of the next text. At the end that is all of it.
  ///
  /// Requires: kScanSlackBytes readable bytes behind the text, at the end zeros. Errors: Malformed,
  /// LimitExceeded.
  Result<std::size_t> consume(std::string_view text, bool at_end);

  /// The sum of the counts of all records; saturates.
  [[nodiscard]] std::int64_t total() const { return total_; }

 private:
  enum class Part : std::uint8_t { Records, BeforeMap, Map };

  // A record whose labels may follow.
  struct Pending {
    std::int64_t count = 0;
    std::uint64_t stack = 0;
  };

  bool can_pass_comments(const char* at, const char* end);
  const char* pass_comments(const char* from, const char* end, bool at_end);
  void read_line(std::string_view line, bool is_whole);
  void read_record(std::string_view line, bool is_whole);
  const char* read_plain_record(const char* at, const char* end);
  const char* pass_empty_line(const char* at);
  void keep_stack(std::int64_t count);
  void read_comment(std::string_view line, bool is_whole);
  void read_labels(std::string_view text);
  StringId intern_key(std::string_view key, std::size_t position);
  void read_frame(const CountFrame& frame, bool is_whole);
  void read_map_line(std::string_view line);
  void begin_frames(std::uint64_t address);
  void flush_sample();
  void end_record();
  void end_input();
  void lose_cut();
  void lose(std::string_view what) { add_loss(profile_.losses, what, 1, line_); }
  [[nodiscard]] bool is_settled(std::uint32_t location) const;
  Result<void> check_memory() const;

  Profile& profile_;
  const Limits& limits_;
  const bool drops_labels_;
  std::uint64_t line_;
  std::int64_t total_ = 0;
  Part part_ = Part::Records;
  bool passing_comments_ = false;
  bool is_cut_ = false;
  std::size_t searched_bytes_ = 0;  // Of the next text, known to have no newline.
  std::optional<Error> error_;

  CountStack stack_;  // Of the current record.
  SymbolTable symbols_;
  MemoryMapReader map_;
  std::vector<std::uint8_t> looks_;  // Per location: kShown, or how often its line was missed.
  std::size_t unsettled_ = 0;        // Index of the last unsettled location + 1.
  std::size_t first_shown_ = 0;      // Index of the first location with a line.
  bool in_frames_ = false;
  std::optional<Pending> pending_;
  std::vector<Label> labels_;
  std::array<StringId, 8> last_keys_;  // Of the first labels.
  std::string scratch_;

  std::uint32_t run_location_ = kNone;  // The C frame whose lines are being read,
  std::string run_symbol_;              // and the first of them.
};

}  // namespace plumb
