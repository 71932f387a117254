// SPDX-License-Identifier: Apache-2.0
#include "formats/log_row.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"
#include "base/strings.h"
#include "formats/goroutine_header.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// No log puts more than this around a line.
constexpr std::size_t kAroundBytes = 512;

// A header in a row is not longer, and so many ends of it are tried: a label may have what looks
// like one.
constexpr std::size_t kHeaderBytes = 4096;
constexpr int kEnds = 8;

// The length of the header that `text` begins with; nothing if there is none.
std::optional<std::size_t> header_length(std::string_view text) {
  if (parse_goroutine_header(text)) return text.size();
  text = text.substr(0, kHeaderBytes);
  std::size_t end = 0;
  for (int i = 0; i < kEnds; ++i) {
    end = text.find_first_of("]}", end);
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
    if (text.substr(end).starts_with(':') && parse_goroutine_header(text.substr(0, end + 1))) {
      return end + 1;
    }
  }
  return std::nullopt;
}

// True if a word may go on behind `before`, which does not end with a colour.
bool ends_with_word(std::string_view before) {
  if (before.empty() || !(is_digit(before.back()) || is_letter(before.back()))) return false;
  const std::size_t last = before.find_last_not_of("0123456789;", before.size() - 2);
  return !before.ends_with('m') || last == std::string_view::npos ||
         !before.substr(0, last + 1).ends_with("\x1b[");
}

// True if a field in quotes may begin behind `before`.
bool begins_field(std::string_view before) {
  constexpr std::string_view kMarks = "=,;\t|:[{";
  return before.empty() || before.ends_with(": ") ||
         contains(kMarks, before.substr(before.size() - 1));
}

// True if a field in quotes that begins behind `before` may end in front of `behind`.
bool ends_quoted_field(std::string_view before, std::string_view behind) {
  constexpr std::string_view kMarks = ",;\t|]}";
  if (behind.empty() || contains(kMarks, behind.substr(0, 1))) return true;
  return behind.starts_with(' ') && before.ends_with('=');
}

// True if a field without quotes may end in front of `behind`. No sentence goes on like this.
bool ends_field(std::string_view before, std::string_view behind) {
  constexpr std::array<std::string_view, 3> kMarks = {"\t", "<", "\x1b"};
  constexpr std::array<std::string_view, 2> kBorders = {"|", "\u2502"};
  const auto is_in_front = [](std::string_view text) {
    return [text](std::string_view mark) { return text.starts_with(mark); };
  };
  if (std::ranges::any_of(kMarks, is_in_front(behind))) return true;
  if (std::ranges::any_of(kBorders, is_in_front(trim(behind)))) return true;
  const std::string_view mark = behind.substr(0, 1);
  return (mark == "," || mark == ";") && (before.empty() || before.ends_with(mark));
}

// The row that has `before` in front of a header and `behind` behind it. Nothing if it is none.
std::optional<HeaderRow> make_row(std::string_view before, std::string_view behind) {
  std::string_view outside = behind;
  consume_prefix(outside, "\\n");
  const bool is_quoted = consume_prefix(outside, "\"");
  if (is_quoted && consume_suffix(before, "\"")) {
    if (!begins_field(before) || !ends_quoted_field(before, outside)) return std::nullopt;
    return HeaderRow{before, outside, true};
  }
  // A line that is all in quotes.
  if (is_quoted && outside.empty() && before.starts_with('"') && before.rfind('"') == 0) {
    return HeaderRow{{}, {}, true};
  }
  if (behind.empty() || ends_field(before, behind)) return HeaderRow{before, behind, false};
  return std::nullopt;
}

}  // namespace

std::optional<HeaderRow> find_header_row(std::string_view line) {
  line = trim_line_end(line);
  for (std::size_t at = line.find(kGoroutineWord); at <= kAroundBytes;
       at = line.find(kGoroutineWord, at + 1)) {
    const std::string_view rest = line.substr(at);
    if (ends_with_word(line.substr(0, at)) || !starts_as_goroutine_header(rest)) continue;
    const std::optional<std::size_t> length = header_length(rest);
    if (!length) continue;
    if (rest.size() - *length > kAroundBytes) return std::nullopt;
    return make_row(line.substr(0, at), rest.substr(*length));
  }
  return std::nullopt;
}

}  // namespace plumb
