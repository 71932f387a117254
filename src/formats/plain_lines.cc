// SPDX-License-Identifier: Apache-2.0
#include "formats/plain_lines.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/strings.h"

namespace plumb {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

// U+00A0 in UTF-8.
constexpr char kLead = '\xc2';
constexpr char kNoBreak = '\xa0';

// As long as the longest of kCharacterNames, or a number of U+00A0.
constexpr std::size_t kLongestName = 6;

struct CharacterName {
  std::string_view name;
  char character;
};
constexpr std::array<CharacterName, 6> kCharacterNames = {
    {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}}};

// What stands in a page or a record of XML that has a dump, and nowhere else.
constexpr std::array<std::string_view, 6> kSignsOfNames = {"&nbsp;", "&#43;0x", "&#x9;",
                                                           "&#9;",   "&#xA;",   "&#10;"};

// The character that `name`, of "&name;", stands for, if that is one of ASCII or a blank.
std::optional<char> find_character(std::string_view name) {
  const auto* const known = std::ranges::find(kCharacterNames, name, &CharacterName::name);
  if (known != kCharacterNames.end()) return known->character;
  if (!consume_prefix(name, "#")) return std::nullopt;
  const bool is_hex = consume_prefix(name, "x") || consume_prefix(name, "X");
  const auto code = parse_int<std::uint32_t>(name, is_hex ? 16 : 10);
  constexpr std::uint32_t kNoBreakCode = 0xA0;
  if (code == kNoBreakCode) return ' ';
  if (!code || *code == 0 || *code >= 0x80) return std::nullopt;
  return static_cast<char>(*code);
}

// True if a blank line follows each line of `text`.
bool has_double_spaces(std::string_view text) {
  constexpr int kFewLines = 16;
  int lines = 0;
  while (true) {
    text.remove_prefix(std::min(text.find('\n'), text.size()));
    const std::size_t newlines = std::min(text.find_first_not_of('\n'), text.size());
    text.remove_prefix(newlines);
    if (text.empty()) return lines >= kFewLines;  // The last ones may go on.
    if (newlines % 2 != 0) return false;
    ++lines;
  }
}

}  // namespace

// Only a dump with such a blank in its headers has them instead of the others.
bool PlainLines::begin(std::string_view head) {
  place_ = Place::Text;
  held_.clear();
  is_behind_line_ = false;
  has_blanks_ = contains(head, "goroutine\xc2\xa0");
  has_names_ = contains(head, "&") &&
               std::ranges::any_of(kSignsOfNames,
                                   [head](std::string_view sign) { return contains(head, sign); });
  has_returns_ = !contains(head, "\n") && contains(trim(head), "\r");
  is_double_spaced_ = has_double_spaces(head);
  special_ = kEscape;
  if (has_blanks_) special_ += kLead;
  if (has_names_) special_ += '&';
  if (has_returns_) special_ += '\r';
  if (is_double_spaced_) special_ += '\n';
  return special_.size() > 1 || head.find(kEscape) != std::string_view::npos;
}

void PlainLines::rewrite(std::string_view block, std::string& out) {
  while (!block.empty()) {
    if (place_ == Place::Text && held_.empty()) {
      const std::size_t plain = std::min(block.find_first_of(special_), block.size());
      if (plain > 0) is_behind_line_ = false;
      out += block.substr(0, plain);
      block.remove_prefix(plain);
      if (block.empty()) return;
    }
    take(block[0], out);
    block.remove_prefix(1);
  }
}

void PlainLines::take(char c, std::string& out) {
  if (!held_.empty() && take_held(c, out)) return;
  if (has_returns_ && c == '\r') c = '\n';
  if (c == kEscape) {
    place_ = Place::Escape;
  } else if (c == '\n' || place_ == Place::Text) {
    place_ = Place::Text;
    const bool ends_line = is_double_spaced_ && c == '\n';
    const bool is_blank_line = ends_line && is_behind_line_;
    is_behind_line_ = ends_line && !is_blank_line;
    if ((has_blanks_ && c == kLead) || (has_names_ && c == '&')) {
      held_ = c;
    } else if (!is_blank_line) {
      out += c;
    }
  } else {
    take_escaped(c);
  }
}

// Takes `c` as a part of what is held. False if that is over and `c` has to be taken for itself.
bool PlainLines::take_held(char c, std::string& out) {
  if (held_[0] == '&' && held_.size() <= kLongestName &&
      (c == '#' || is_digit(c) || is_letter(c))) {
    held_ += c;
    return true;
  }
  const std::string held = std::exchange(held_, {});
  std::optional<char> character;
  if (held[0] == '&' && c == ';') character = find_character(std::string_view(held).substr(1));
  if (held[0] == kLead && c == kNoBreak) character = ' ';
  if (character) {
    out += *character;
  } else {
    out += held;
  }
  return character.has_value();
}

// A byte of a command, which may be its last.
void PlainLines::take_escaped(char c) {
  const Place before = std::exchange(place_, Place::Text);
  if (before == Place::Escape) {
    constexpr std::string_view kStrings = "]_P^X";
    if (c == '[') {
      place_ = Place::Control;
    } else if (kStrings.find(c) != std::string_view::npos) {
      place_ = Place::String;
    } else if (c >= ' ' && c <= '/') {
      place_ = Place::Charset;
    }
  } else if (before == Place::Control) {
    if (c < '@' || c > '~') place_ = Place::Control;
  } else if (before == Place::String) {
    if (c != kBell) place_ = Place::String;
  }
}

void PlainLines::finish(std::string& out) {
  out += std::exchange(held_, {});
}

}  // namespace plumb
