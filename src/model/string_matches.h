// SPDX-License-Identifier: Apache-2.0
// StringMatches: what a regular expression says of the strings of a profile, each of which it sees
// once.

#pragma once

#include <cstdint>
#include <vector>

#include "base/string_pool.h"
#include "model/regexp.h"

namespace plumb {

/// Not thread-safe. Lifetime: `strings`, which get no more, and `regexp` outlive it.
class StringMatches {
 public:
  StringMatches(const StringPool& strings, const Regexp& regexp)
      : strings_(strings), regexp_(regexp), known_(strings.size()) {}

  /// True if any part of the string matches.
  bool matches(StringId id) {
    Known& known = known_[id.index];
    if (known == Known::Unknown) {
      known = regexp_.matches(strings_.view(id)) ? Known::Yes : Known::No;
    }
    return known == Known::Yes;
  }

 private:
  enum class Known : std::uint8_t { Unknown, No, Yes };

  const StringPool& strings_;
  const Regexp& regexp_;
  std::vector<Known> known_;  // By string.
};

}  // namespace plumb
