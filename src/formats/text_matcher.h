// SPDX-License-Identifier: Apache-2.0
// TextMatcher: the few steps of which the lines of pprof's older texts are made. Each step that
// fails leaves the matcher failed; a chain of steps is asked once.

#pragma once

#include <cstddef>
#include <string_view>

#include "base/strings.h"

namespace plumb {

class TextMatcher {
 public:
  explicit TextMatcher(std::string_view text) : rest_(text) {}

  /// Digits, at least one.
  TextMatcher& digits(std::string_view& out) {
    out = take(kDecimalDigits);
    if (out.empty()) ok_ = false;
    return *this;
  }

  /// Digits, perhaps behind a minus.
  TextMatcher& signed_digits(std::string_view& out) {
    const std::string_view start = rest_;
    consume_prefix(rest_, "-");
    if (take(kDecimalDigits).empty()) ok_ = false;
    out = start.substr(0, start.size() - rest_.size());
    return *this;
  }

  /// As many of `characters` as there are, perhaps none.
  TextMatcher& any_of(std::string_view characters, std::string_view& out) {
    out = take(characters);
    return *this;
  }

  TextMatcher& spaces() {
    take(" ");
    return *this;
  }

  TextMatcher& literal(std::string_view text) {
    if (!consume_prefix(rest_, text)) ok_ = false;
    return *this;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view take(std::string_view characters) {
    const std::string_view taken = rest_.substr(0, rest_.find_first_not_of(characters));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace plumb
