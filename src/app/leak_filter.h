// SPDX-License-Identifier: Apache-2.0
// The filter flags of `plumb leaks` as predicates: regular expressions in RE2's syntax, which is
// Go's, matched anywhere in the text.

#pragma once

#include <memory>
#include <vector>

#include "app/settings.h"
#include "base/result.h"
#include "leak/goroutine_filter.h"

namespace re2 {
class RE2;
}

namespace plumb::cli {

/// A filter and the expressions that its predicates use. Must outlive what uses the filter.
class LeakFilter {
 public:
  /// Errors: Usage for an expression that does not parse, naming its flag.
  static Result<LeakFilter> compile(const LeakSettings& settings);
  LeakFilter(LeakFilter&&) noexcept;
  LeakFilter& operator=(LeakFilter&&) noexcept;
  ~LeakFilter();

  [[nodiscard]] const GoroutineFilter& filter() const { return filter_; }

 private:
  LeakFilter();
  Result<const re2::RE2*> add_pattern(std::string_view flag, std::string_view pattern);
  Result<TextPredicate> text_predicate(std::string_view flag, const std::string& pattern);
  Result<LabelPredicate> label_predicate(const std::string& label);

  std::vector<std::unique_ptr<re2::RE2>> patterns_;  // Used by the predicates of filter_.
  GoroutineFilter filter_;
};

}  // namespace plumb::cli
