// SPDX-License-Identifier: Apache-2.0
#include "formats/crash_text.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace plumb {
namespace {

// How many lines behind the first may stand before the goroutine, how long a line may be, and how
// many lines all crashes of one input may have.
constexpr std::size_t kCandidateLines = 100;
constexpr std::size_t kCrashLineBytes = 4096;
constexpr std::size_t kLines = 10000;

// What the runtime prints in front of the goroutines.
constexpr std::array<std::string_view, 7> kStarts = {
    "panic: ", "fatal error: ", "fatal: ", "[signal ", "runtime: ", "unexpected fault address ",
    "PC=0x",
};

// What may stand behind something else: a log's prefix, which is not known yet.
constexpr std::array<std::string_view, 4> kInside = {"panic: ", "panic serving ",
                                                     "fatal error: ", "SIGQUIT: quit"};

// "SIGQUIT: quit", "Signal 42".
bool starts_with_signal(std::string_view line) {
  if (consume_prefix(line, "Signal ")) return parse_int<int>(line).has_value();
  if (!consume_prefix(line, "SIG")) return false;
  const std::size_t end = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  return end != 0 && end != std::string_view::npos && line.substr(end).starts_with(": ");
}

}  // namespace

bool starts_crash_text(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return false;
  line.remove_prefix(first);
  return starts_with_signal(line) || std::ranges::any_of(kStarts, [line](std::string_view start) {
           return line.starts_with(start);
         });
}

void CrashText::offer(std::string_view line) {
  if (candidates_.empty()) {
    const bool inside = std::ranges::any_of(kInside, [line](std::string_view word) {
      return line.find(word) != std::string_view::npos;
    });
    if (!inside && !starts_crash_text(line)) return;
  }
  if (candidates_.size() == kCandidateLines) {
    candidates_.clear();  // No goroutine followed: not the text of a crash.
    return;
  }
  candidates_.emplace_back(line.substr(0, kCrashLineBytes));
}

void CrashText::confirm() {
  while (!candidates_.empty() && trim(candidates_.back()).empty()) candidates_.pop_back();
  for (std::string& line : candidates_) {
    if (lines_.size() < kLines) {
      lines_.push_back(std::move(line));
    } else {
      ++dropped_;
    }
  }
  candidates_.clear();
}

}  // namespace plumb
