// SPDX-License-Identifier: Apache-2.0
// TextBlock: text of gigabytes, put together by plain copying.
//
// A report that is mostly copying spends its time in bounds checks if each piece has one. Here a
// caller asks once for the room of a whole record and then writes into it.

#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/page_buffer.h"
#include "base/writer.h"

namespace plumb {

/// Copies `text` to `at` and returns the end. Requires: room for it.
inline char* write_text(char* at, std::string_view text) {
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

/// Collects text and hands it to a Writer in blocks. What is left is handed on by flush(). Not
/// thread-safe.
class TextBlock {
 public:
  explicit TextBlock(Writer& out) : out_(out), bytes_(make_page_buffer(kBlockBytes)) {}

  /// Where the next `size` bytes may be written. They count once commit() was called.
  char* room(std::size_t size) {
    if (capacity_ - used_ < size) make_room(size);
    return bytes_.get() + used_;
  }

  /// Takes what was written from room() up to `end`.
  void commit(const char* end) { used_ = static_cast<std::size_t>(end - bytes_.get()); }

  void append(std::string_view text) { commit(write_text(room(text.size()), text)); }

  /// Hands everything to the writer.
  void flush() {
    if (used_ > 0) out_.write_block({bytes_.get(), used_});
    used_ = 0;
  }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

  void make_room(std::size_t size) {
    flush();
    if (size <= capacity_) return;
    bytes_ = make_page_buffer(size);
    capacity_ = size;
  }

  Writer& out_;
  PageBuffer bytes_;
  std::size_t capacity_ = kBlockBytes;
  std::size_t used_ = 0;
};

/// The most digits that write_decimal() writes, with the sign.
inline constexpr std::size_t kDecimalBytes = 20;

/// Writes `number` at `at` and returns the end. Requires: room for kDecimalBytes.
template <typename Int>
char* write_decimal(char* at, Int number) {
  return std::to_chars(at, at + kDecimalBytes, number).ptr;
}

/// The same in hexadecimal, without "0x".
inline char* write_hex(char* at, std::uint64_t number) {
  return std::to_chars(at, at + kDecimalBytes, number, 16).ptr;
}

/// Writes `number` with spaces in front up to `width` columns. Requires: room for the larger of
/// both.
template <typename Int>
char* write_decimal_right(char* at, Int number, std::size_t width) {
  char digits[kDecimalBytes];
  const auto size = static_cast<std::size_t>(write_decimal(digits, number) - digits);
  const std::size_t spaces = size < width ? width - size : 0;
  std::memset(at, ' ', spaces);
  std::memcpy(at + spaces, digits, size);
  return at + spaces + size;
}

}  // namespace plumb
