// SPDX-License-Identifier: Apache-2.0
// CrashText: the lines in front of a dump that say why the program died.
//
//   panic: runtime error: invalid memory address or nil pointer dereference
//   [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4e9948]
//
// A line that looks like the start of such text is only a candidate: it and those behind it are
// kept if a goroutine follows soon.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {

/// True if crash text starts with `line`: "panic: ", "fatal error: ", "SIGQUIT: " ...
bool starts_crash_text(std::string_view line);

class CrashText {
 public:
  /// Takes a line that stands outside of all goroutines.
  void offer(std::string_view line);

  /// A goroutine starts: the candidate lines, if there are any, were crash text.
  void confirm();

  /// True while there are candidates.
  [[nodiscard]] bool is_collecting() const { return !candidates_.empty(); }

  /// The confirmed lines; those beyond the limit were counted only.
  [[nodiscard]] std::vector<std::string>& lines() { return lines_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  /// The candidates, for whoever learns later how to clean them.
  [[nodiscard]] std::vector<std::string>& candidates() { return candidates_; }

 private:
  std::vector<std::string> candidates_;
  std::vector<std::string> lines_;
  std::uint64_t dropped_ = 0;
};

}  // namespace plumb
