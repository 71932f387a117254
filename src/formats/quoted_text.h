// SPDX-License-Identifier: Apache-2.0
// QuotedText: a stack that a panic's message quotes, in front of the goroutines of the dump.
//
//   panic: boom
//
//   	goroutine 7 [running]:
//   	runtime/debug.Stack()
//   		/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
//
//   goroutine 1 [running]:
//
// Go indents the lines of a message behind the first one by a tab. What is indented and no
// goroutine follows is no message: somebody indented the dump. So the lines are kept until that is
// known.
//
// Source: printindented() in src/runtime/error.go of Go.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/log_cleaner.h"

namespace plumb {

class QuotedText {
 public:
  /// True if the header at `at` in `line` is part of the message of the panic whose text so far is
  /// `crash`.
  [[nodiscard]] static bool begins(std::string_view line, std::size_t at,
                                   std::span<const std::string> crash);
  /// Begins with `line`, the line `number` of the input. Requires: begins().
  void begin(std::string_view line, std::size_t at, std::span<const std::string> crash,
             std::uint64_t number);

  [[nodiscard]] bool is_open() const { return !lines_.empty(); }
  /// True if it is too long to be a message.
  [[nodiscard]] bool is_full() const;

  /// True if `line` is its next one. Requires: is_open().
  [[nodiscard]] bool goes_on(std::string_view line) const;
  void add(std::string_view line) { lines_.emplace_back(line); }

  /// Ends the text. Its lines.
  std::vector<std::string> close() { return std::exchange(lines_, {}); }

  /// Where the header stands in the first line.
  [[nodiscard]] std::size_t header_at() const { return header_at_; }
  [[nodiscard]] std::uint64_t first_line() const { return first_line_; }
  /// Of the lines of the crash, those in front of it.
  [[nodiscard]] std::size_t crash_lines() const { return crash_lines_; }
  /// What stands in front of its lines.
  [[nodiscard]] LogPrefix indentation() const { return LogPrefix(before_ + '\t'); }

 private:
  std::string before_;  // The tab.
  std::optional<LogPrefix> prefix_;
  std::vector<std::string> lines_;
  std::size_t header_at_ = 0;
  std::uint64_t first_line_ = 0;
  std::size_t crash_lines_ = 0;
};

}  // namespace plumb
