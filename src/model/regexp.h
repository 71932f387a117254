// SPDX-License-Identifier: Apache-2.0
// Regexp: a regular expression as Go understands it.
//
// RE2 and Go's regexp package share their syntax (https://golang.org/s/re2syntax) but for details,
// which are evened out here: Go refuses \C, takes (?<name>...), says other words about mistakes,
// and sees a byte that is not UTF-8 as U+FFFD.

#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace plumb {

/// Thread-safe once compiled.
class Regexp {
 public:
  /// Errors: Usage, in the words of Go: "error parsing regexp: missing closing ): `a(`".
  static Result<Regexp> compile(std::string_view pattern);

  Regexp(Regexp&& other) noexcept;
  Regexp& operator=(Regexp&& other) noexcept;
  ~Regexp();

  /// True if any part of `text` matches.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  explicit Regexp(std::unique_ptr<re2::RE2> compiled);

  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace plumb
