// SPDX-License-Identifier: Apache-2.0
#include "formats/go_string.h"

#include <cstdint>

#include "base/strings.h"
#include "base/text_encoding.h"

namespace plumb {
namespace {

constexpr std::uint32_t kMaxRune = 0x10FFFF;

bool is_surrogate(std::uint32_t rune) {
  return rune >= 0xD800 && rune < 0xE000;
}

// Takes `digits` digits from the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::size_t digits, int base) {
  if (text.size() < digits) return std::nullopt;
  const auto value = parse_int<std::uint32_t>(text.substr(0, digits), base);
  if (value) text.remove_prefix(digits);
  return value;
}

bool append_byte(std::optional<std::uint32_t> value, std::string& out) {
  if (!value || *value > 0xFF) return false;
  out += static_cast<char>(*value);
  return true;
}

bool append_rune(std::optional<std::uint32_t> rune, std::string& out) {
  if (!rune || *rune > kMaxRune || is_surrogate(*rune)) return false;
  append_utf8(out, *rune);
  return true;
}

// Takes the rest of an escape whose backslash is gone.
bool take_escape(std::string_view& text, std::string& out) {
  constexpr std::string_view kNames = "abfnrtv\\'\"";
  constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"";
  if (text.empty()) return false;
  const char name = text.front();
  if (name >= '0' && name <= '7') return append_byte(take_number(text, 3, 8), out);
  text.remove_prefix(1);
  switch (name) {
    case 'x':
      return append_byte(take_number(text, 2, 16), out);
    case 'u':
      return append_rune(take_number(text, 4, 16), out);
    case 'U':
      return append_rune(take_number(text, 8, 16), out);
    default:
      break;
  }
  const std::size_t at = kNames.find(name);
  if (at == std::string_view::npos) return false;
  out += kValues[at];
  return true;
}

}  // namespace

std::optional<std::string_view> take_go_string(std::string_view& text, std::string& scratch) {
  std::string_view rest = text;
  if (!consume_prefix(rest, "\"")) return std::nullopt;
  const std::string_view plain = rest.substr(0, rest.find('"'));
  if (plain.size() == rest.size()) return std::nullopt;
  if (plain.find('\\') == std::string_view::npos) {  // Nearly always.
    text = rest.substr(plain.size() + 1);
    return plain;
  }
  scratch.clear();
  while (true) {
    const std::size_t stop = rest.find_first_of("\"\\");
    if (stop == std::string_view::npos) return std::nullopt;
    scratch += rest.substr(0, stop);
    const bool is_end = rest[stop] == '"';
    rest.remove_prefix(stop + 1);
    if (is_end) return text = rest, scratch;
    if (!take_escape(rest, scratch)) return std::nullopt;
  }
}

}  // namespace plumb
