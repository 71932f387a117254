// SPDX-License-Identifier: Apache-2.0
// StringMatches: what regular expressions say of the strings of a profile, each of which they see
// once.

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/string_pool.h"
#include "model/regexp.h"

namespace plumb {

/// Not thread-safe. Lifetime: `strings`, which get no more, and the expressions outlive it.
class StringMatches {
 public:
  StringMatches(const StringPool& strings, std::span<const Regexp> regexps)
      : strings_(strings), regexps_(regexps), known_(strings.size()) {}
  StringMatches(const StringPool& strings, const Regexp& regexp)
      : StringMatches(strings, std::span(&regexp, 1)) {}

  /// True if one of them matches any part of the string.
  bool matches(StringId id) {
    Known& known = known_[id.index];
    if (known == Known::Unknown) {
      const std::string_view text = strings_.view(id);
      const bool is_match = std::ranges::any_of(
          regexps_, [text](const Regexp& regexp) { return regexp.matches(text); });
      known = is_match ? Known::Yes : Known::No;
    }
    return known == Known::Yes;
  }

 private:
  enum class Known : std::uint8_t { Unknown, No, Yes };

  const StringPool& strings_;
  const std::span<const Regexp> regexps_;
  std::vector<Known> known_;  // By string.
};

}  // namespace plumb
