// SPDX-License-Identifier: Apache-2.0
// Small helpers over std::string_view: the vocabulary in which the text readers are written.

#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {

inline constexpr std::string_view kDecimalDigits = "0123456789";
inline constexpr std::string_view kRegexpSpaces = " \t\r\f\n";  ///< What \s is in Go.

/// Decimal digits, at least one, and nothing else.
inline bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDecimalDigits) == std::string_view::npos;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Removes `prefix` from the front of `text`; false (and no change) if it does not stand there.
inline bool consume_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Removes `suffix` from the end of `text`; false (and no change) if it does not stand there.
inline bool consume_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// Removes and returns everything before the first `separator`, and removes the separator.
/// Without a separator the whole text is taken.
inline std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

/// Parses the whole of `text` as an integer in `base`; nothing on any other text or on overflow.
template <typename Int>
std::optional<Int> parse_int(std::string_view text, int base = 10) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "1 sample", "2 samples".
inline std::string plural(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

/// `value` in lower-case hexadecimal, with zeros in front up to `width` digits.
std::string to_hex(std::uint64_t value, std::size_t width = 1);

/// Removes blanks (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text);

/// `text` with the ASCII letters in lower case.
std::string to_lower(std::string_view text);

/// Code points in `text`; a byte that is not UTF-8 counts as one.
std::size_t rune_count(std::string_view text);

bool is_valid_utf8(std::string_view text);

/// The first `count` code points of `text`; a byte that is not UTF-8 counts as one.
std::string_view first_runes(std::string_view text, std::size_t count);

/// `text` with U+FFFD in place of each byte that is not UTF-8.
std::string valid_utf8(std::string_view text);

/// Appends `text`, with spaces in front up to `width` code points.
void append_right(std::string& out, std::string_view text, std::size_t width);

/// Splits at every `separator`; "a,,b" gives three parts, "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Escapes control characters and bytes that are not UTF-8 as \xNN, so that untrusted names cannot
/// drive a terminal. Tabs become spaces.
std::string printable(std::string_view text);

/// `text` in double quotes as Go's %q writes it. (Which runes are printable is told roughly: all
/// but the controls.)
std::string go_quoted(std::string_view text);

/// The candidate nearest to `word` by edit distance, if it is near enough to be meant.
std::optional<std::string_view> find_nearest(std::string_view word,
                                             const std::vector<std::string_view>& candidates);

}  // namespace plumb
