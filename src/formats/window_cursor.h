// SPDX-License-Identifier: Apache-2.0
// WindowCursor: an input as lines or as counted bytes, one after the other, in constant memory.
//
//   WindowCursor cursor(source, limits);
//   for (TextLine line;;) {
//     TRY_ASSIGN(const bool has_line, cursor.next_line(line));
//     if (!has_line) break;
//   }

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/window.h"

namespace plumb {

/// One line of an input. Views the cursor's window, up to the cursor's next call.
struct TextLine {
  std::string_view text;     ///< Without its end, LF or CR LF; Window::kSlackBytes are behind it.
  std::uint64_t number = 0;  ///< From 1.
  bool is_whole = true;      ///< False if the input ends without a line feed.
};

/// Not thread-safe. The source and the limits must outlive it.
class WindowCursor {
 public:
  WindowCursor(ByteSource& source, const Limits& limits) : window_(source), limits_(limits) {}

  /// Moves to the next line; false at the end of the input.
  ///
  /// Errors: LimitExceeded for a line of more than Limits::record_bytes, or an input of more than
  /// Limits::inflated_bytes; those of the source.
  Result<bool> next_line(TextLine& line);

  /// Takes the next `count` bytes, fewer at the end of the input. Views the window, up to the next
  /// call. Requires: count <= Limits::record_bytes. Errors: as next_line().
  Result<std::string_view> take(std::size_t count);

  /// Puts the last `count` bytes of the last take() back. Requires: it took that many.
  void put_back(std::size_t count) { pos_ -= count; }

  /// Offset in the input of what comes next.
  [[nodiscard]] std::uint64_t offset() const { return window_.offset() + pos_; }

 private:
  Result<void> fill();

  Window window_;
  const Limits& limits_;
  std::string_view view_;
  std::size_t pos_ = 0;  // In view_.
  std::uint64_t line_ = 0;
};

}  // namespace plumb
