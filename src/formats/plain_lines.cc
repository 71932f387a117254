// SPDX-License-Identifier: Apache-2.0
#include "formats/plain_lines.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

// U+00A0 in UTF-8.
constexpr char kLead = '\xc2';
constexpr char kNoBreak = '\xa0';

}  // namespace

// Only a dump with such a blank in its headers has them instead of the others.
bool PlainLines::begin(std::string_view head) {
  place_ = Place::Text;
  has_lead_ = false;
  has_blanks_ = contains(head, "goroutine\xc2\xa0");
  special_ = has_blanks_ ? "\x1b\xc2" : "\x1b";
  return has_blanks_ || head.find(kEscape) != std::string_view::npos;
}

void PlainLines::rewrite(std::string_view block, std::string& out) {
  while (!block.empty()) {
    if (place_ == Place::Text && !has_lead_) {
      const std::size_t plain = std::min(block.find_first_of(special_), block.size());
      out += block.substr(0, plain);
      block.remove_prefix(plain);
      if (block.empty()) return;
    }
    take(block[0], out);
    block.remove_prefix(1);
  }
}

void PlainLines::take(char c, std::string& out) {
  if (std::exchange(has_lead_, false)) {
    if (c == kNoBreak) {
      out += ' ';
      return;
    }
    out += kLead;
  }
  if (c == kEscape) {
    place_ = Place::Escape;
  } else if (c == '\n' || place_ == Place::Text) {
    place_ = Place::Text;
    has_lead_ = has_blanks_ && c == kLead;
    if (!has_lead_) out += c;
  } else {
    take_escaped(c);
  }
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
  if (std::exchange(has_lead_, false)) out += kLead;
}

}  // namespace plumb
