// SPDX-License-Identifier: Apache-2.0
#include "base/text_encoding.h"

#include <algorithm>
#include <vector>

#include "base/try.h"

namespace plumb {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kEncodedBytes = std::size_t{32} << 10;
constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::uint32_t kReplacement = 0xFFFD;

// So many units are looked at where there is no mark, and there are as many at least.
constexpr std::size_t kMostUnits = 256;
constexpr std::size_t kLeastUnits = 8;

bool is_text_byte(char c) {
  return (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r';
}

// True if the bytes at `low` of each pair are text and the others zero, up to a few.
bool has_zeros(std::string_view head, std::size_t low) {
  const std::size_t units = std::min(head.size() / 2, kMostUnits);
  std::size_t plain = 0;
  for (std::size_t i = 0; i < units; ++i) {
    if (is_text_byte(head[2 * i + low]) && head[2 * i + 1 - low] == '\0') ++plain;
  }
  return units >= kLeastUnits && plain >= units - units / 8;
}

}  // namespace

void append_utf8(std::string& text, std::uint32_t rune) {
  const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto add_rest = [&](std::uint32_t shift) { add(0x80U | ((rune >> shift) & 0x3FU)); };
  if (rune < 0x80) return add(rune);
  if (rune < 0x800) {
    add(0xC0U | (rune >> 6));
  } else if (rune < 0x10000) {
    add(0xE0U | (rune >> 12));
    add_rest(6);
  } else {
    add(0xF0U | ((rune >> 18) & 7U));
    add_rest(12);
    add_rest(6);
  }
  add_rest(0);
}

TextEncoding find_text_encoding(std::string_view head) {
  if (head.starts_with(kMark)) return TextEncoding::MarkedUtf8;
  if (head.starts_with("\xff\xfe"sv)) return TextEncoding::Utf16Le;
  if (head.starts_with("\xfe\xff"sv)) return TextEncoding::Utf16Be;
  if (has_zeros(head, 0)) return TextEncoding::Utf16Le;
  return has_zeros(head, 1) ? TextEncoding::Utf16Be : TextEncoding::Plain;
}

Result<std::size_t> Utf8Source::read(std::span<char> buffer) {
  while (pos_ == text_.size()) {
    TRY_ASSIGN(const bool has_more, refill());
    if (!has_more) return std::size_t{0};
  }
  const std::size_t count = std::min(buffer.size(), text_.size() - pos_);
  std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(pos_), count, buffer.begin());
  pos_ += count;
  return count;
}

bool Utf8Source::rewind() {
  if (!encoded_->rewind()) return false;
  text_.clear();
  pos_ = 0;
  odd_.clear();
  high_ = 0;
  is_at_start_ = true;
  is_finished_ = false;
  return true;
}

// Decodes the next block; false at the end.
Result<bool> Utf8Source::refill() {
  if (is_finished_) return false;
  text_.clear();
  pos_ = 0;
  std::string block = std::move(odd_);
  odd_.clear();
  const std::size_t kept = block.size();
  block.resize(kept + kEncodedBytes);
  TRY_ASSIGN(const std::size_t count, encoded_->read(std::span(block).subspan(kept)));
  block.resize(kept + count);
  if (count == 0) {
    is_finished_ = true;
    if (!block.empty() && encoding_ != TextEncoding::MarkedUtf8) add_unit(kReplacement);
    if (!block.empty() && encoding_ == TextEncoding::MarkedUtf8) text_ += block;
    if (high_ != 0) append_utf8(text_, kReplacement);
    return !text_.empty();
  }
  decode(block);
  return true;
}

void Utf8Source::decode(std::string_view bytes) {
  if (encoding_ == TextEncoding::MarkedUtf8) {
    if (is_at_start_ && bytes.size() < kMark.size()) {
      odd_ = bytes;
      return;
    }
    if (std::exchange(is_at_start_, false)) bytes.remove_prefix(kMark.size());
    text_ += bytes;
    return;
  }
  const bool is_big = encoding_ == TextEncoding::Utf16Be;
  while (bytes.size() >= 2) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    add_unit(is_big ? (std::uint32_t{first} << 8U) | second
                    : (std::uint32_t{second} << 8U) | first);
    bytes.remove_prefix(2);
  }
  odd_ = bytes;
}

void Utf8Source::add_unit(std::uint32_t unit) {
  constexpr std::uint32_t kByteOrderMark = 0xFEFF;
  if (std::exchange(is_at_start_, false) && unit == kByteOrderMark) return;
  const bool is_high = unit >= 0xD800 && unit < 0xDC00;
  const bool is_low = unit >= 0xDC00 && unit < 0xE000;
  const std::uint32_t high = std::exchange(high_, is_high ? unit : 0);
  if (high != 0 && is_low) {
    append_utf8(text_, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
    return;
  }
  if (high != 0) append_utf8(text_, kReplacement);
  if (!is_high) append_utf8(text_, is_low ? kReplacement : unit);
}

}  // namespace plumb
