// SPDX-License-Identifier: Apache-2.0
// The older scheme of Rust: names as in C++, a hash at their end, and signs written as words.

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/ascii.h"
#include "base/strings.h"
#include "symbols/rust_demangle.h"

namespace plumb {
namespace {

// "$LT$", "$u20$" and the like. Nothing if `text` does not start with one.
std::optional<char> take_escape(std::string_view& text) {
  constexpr std::array<std::pair<std::string_view, char>, 8> kEscapes = {{{"$SP$", '@'},
                                                                          {"$BP$", '*'},
                                                                          {"$RF$", '&'},
                                                                          {"$LT$", '<'},
                                                                          {"$GT$", '>'},
                                                                          {"$LP$", '('},
                                                                          {"$RP$", ')'},
                                                                          {"$C$", ','}}};
  for (const auto& [escape, c] : kEscapes) {
    if (consume_prefix(text, escape)) return c;
  }
  if (text.size() < 5 || text[1] != 'u' || text[4] != '$') return std::nullopt;
  const auto code = parse_int<unsigned>(text.substr(2, 2), 16);
  if (!code || *code < 0x20 || *code > 0x7F) return std::nullopt;
  const bool is_lower =
      std::ranges::none_of(text.substr(2, 2), [](char c) { return c >= 'A' && c <= 'F'; });
  if (!is_lower) return std::nullopt;
  text.remove_prefix(5);
  return static_cast<char>(*code);
}

void append_unescaped(std::string& out, std::string_view text) {
  if (text.starts_with("_$")) text.remove_prefix(1);
  while (!text.empty()) {
    if (text[0] == '$') {
      const auto c = take_escape(text);
      if (!c) {
        out += text;
        return;
      }
      out += *c;
    } else if (consume_prefix(text, "..")) {
      out += "::";
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
}

}  // namespace

std::optional<std::string> demangle_old_rust(std::string_view mangled) {
  constexpr std::string_view kHash = "17h";
  constexpr std::size_t kEndBytes = 20;  // "17h", 16 digits, "E".
  if (!consume_prefix(mangled, "_ZN")) return std::nullopt;
  if (const std::size_t suffix = mangled.rfind("E."); suffix != std::string_view::npos) {
    mangled = mangled.substr(0, suffix + 1);
  }
  if (mangled.size() <= kEndBytes || !mangled.ends_with('E')) return std::nullopt;
  const std::string_view end = mangled.substr(mangled.size() - kEndBytes);
  if (!end.starts_with(kHash)) return std::nullopt;
  unsigned seen = 0;
  for (const char c : end.substr(kHash.size(), 16)) {
    const bool is_hex = is_digit(c) || (c >= 'a' && c <= 'f');
    if (!is_hex) return std::nullopt;
    seen |= 1u << (is_digit(c) ? c - '0' : c - 'a' + 10);
  }
  if (std::popcount(seen) < 5) return std::nullopt;  // No hash has so few different digits.
  mangled.remove_suffix(kEndBytes);
  std::string out;
  while (!mangled.empty()) {
    std::size_t digits = 0;
    while (digits < mangled.size() && is_digit(mangled[digits])) ++digits;
    auto size = parse_int<std::uint32_t>(mangled.substr(0, digits));
    if (!size) return std::nullopt;
    mangled.remove_prefix(digits);
    if (consume_prefix(mangled, "_") && *size > 0) --*size;
    if (*size > mangled.size()) return std::nullopt;
    if (!out.empty()) out += "::";
    append_unescaped(out, mangled.substr(0, *size));
    mangled.remove_prefix(*size);
  }
  return out;
}

}  // namespace plumb
