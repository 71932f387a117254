// SPDX-License-Identifier: Apache-2.0
#include "rt/debug_form.h"

#include "base/strings.h"

namespace plumb::rt::detail {
namespace {

// Nothing for a broken escape: Go leaves such a pair out.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      const auto byte = i + 3 <= text.size() ? parse_int<unsigned>(text.substr(i + 1, 2), 16)
                                             : std::optional<unsigned>();
      if (!byte) return std::nullopt;
      out += static_cast<char>(*byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string form_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.find(';') != std::string_view::npos) continue;
    const std::string_view key = take_until(value, '=');
    const auto decoded_key = unescape(key);
    const auto decoded = unescape(value);
    if (decoded_key && decoded && *decoded_key == name) return *decoded;
  }
  return {};
}

std::optional<std::int64_t> parse_go_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  return parse_int<std::int64_t>(text);
}

std::uint64_t parse_go_uint(std::string_view text) {
  const std::string lower = to_lower(text);
  std::string_view digits = lower;
  int base = 10;
  if (consume_prefix(digits, "0x")) {
    base = 16;
  } else if (consume_prefix(digits, "0b")) {
    base = 2;
  } else if (consume_prefix(digits, "0o") || (digits.size() > 1 && consume_prefix(digits, "0"))) {
    base = 8;
  }
  return parse_int<std::uint64_t>(digits, base).value_or(0);
}

}  // namespace plumb::rt::detail
