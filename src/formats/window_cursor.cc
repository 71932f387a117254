// SPDX-License-Identifier: Apache-2.0
#include "formats/window_cursor.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/strings.h"
#include "base/try.h"

namespace plumb {

Result<bool> WindowCursor::next_line(TextLine& line) {
  std::size_t searched = 0;  // Bytes behind pos_ that hold no line feed.
  const char* newline = nullptr;
  for (;;) {
    const char* const from = view_.data() + pos_ + searched;
    const std::size_t left = view_.size() - pos_ - searched;
    newline = left == 0 ? nullptr : static_cast<const char*>(std::memchr(from, '\n', left));
    if (newline != nullptr || window_.at_end()) break;
    searched += left;
    if (searched > limits_.record_bytes) {
      return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line_ + 1) +
                                                 ": longer than " +
                                                 plural(limits_.record_bytes, "byte"));
    }
    TRY(fill());
  }
  const char* const start = view_.data() + pos_;
  const char* const end = newline == nullptr ? view_.data() + view_.size() : newline;
  if (newline == nullptr && start == end) return false;
  line.text = {start, static_cast<std::size_t>(end - start)};
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  line.number = ++line_;
  line.is_whole = newline != nullptr;
  pos_ = static_cast<std::size_t>(end - view_.data()) + (line.is_whole ? 1 : 0);
  return true;
}

Result<std::string_view> WindowCursor::take(std::size_t count) {
  while (view_.size() - pos_ < count && !window_.at_end()) TRY(fill());
  const std::string_view bytes = view_.substr(pos_, count);
  pos_ += bytes.size();
  return bytes;
}

// Adds a block to what is left of the view.
Result<void> WindowCursor::fill() {
  TRY_ASSIGN(view_, window_.advance(view_.size() - pos_));
  pos_ = 0;
  if (window_.offset() + view_.size() <= limits_.inflated_bytes) return {};
  return Error(ErrorCode::LimitExceeded, "more than " + plural(limits_.inflated_bytes, "byte"));
}

}  // namespace plumb
