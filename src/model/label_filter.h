// SPDX-License-Identifier: Apache-2.0
// Filters by label: which samples to keep by what their labels say, and which labels to show. The
// grammar and the rules are pprof's (-tagfocus, -tagignore, -tagshow, -taghide).
//
//   400kb:          numbers of at least 400 kB, of any label; also 8, :64kb, 12kb:64mb
//   bytes=:64kb     of the label bytes only
//   wait=90s:2h     of a label whose unit is minutes, which pprof does not know: also m and h
//   req=GET,POST    the string label req matches any of these regular expressions
//   h:/a,req:GET    for each of these some label, written key:value, matches

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/label_units.h"
#include "model/profile.h"
#include "model/regexp.h"

namespace plumb {

/// A condition on the labels of a sample.
class LabelFilter {
 public:
  /// `units` are those of the profile that will be filtered. Errors: Usage, from Regexp::compile().
  static Result<LabelFilter> parse(std::string_view text, const LabelUnits& units);

  /// The text that was read as a range of numbers, without the key; empty: regular expressions.
  [[nodiscard]] const std::string& range_text() const { return range_text_; }

  /// For each sample of `profile` 1 if it meets the condition.
  [[nodiscard]] std::vector<std::uint8_t> find_matches(const Profile& profile) const;

 private:
  /// Both ends included, in `unit`.
  struct Range {
    std::optional<double> low;
    std::optional<double> high;
    std::string unit;

    [[nodiscard]] bool contains(double value) const {
      return (!low || value >= *low) && (!high || value <= *high);
    }
  };

  LabelFilter() = default;
  void read_range(std::string_view text, const LabelUnits& units);
  [[nodiscard]] const Range* range_in(std::string_view unit) const;
  [[nodiscard]] std::vector<std::uint8_t> match_numbers(const Profile& profile) const;
  [[nodiscard]] std::vector<std::uint8_t> match_key(const Profile& profile) const;
  [[nodiscard]] std::vector<std::uint8_t> match_all(const Profile& profile) const;

  std::string key_;  // Empty: any.
  std::string range_text_;
  std::optional<Range> range_;                           // As pprof reads it.
  std::optional<Range> minutes_;                         // For labels in minutes.
  std::unordered_map<std::uint32_t, UnitScale> scales_;  // To the range's unit, by key.
  std::vector<Regexp> regexps_;
};

/// Which of two filters matched any sample or label.
struct LabelMatches {
  bool kept = false;     ///< focus or show
  bool removed = false;  ///< ignore or hide
};

/// Keeps the samples that meet `focus` and do not meet `ignore`. Null: no such filter.
LabelMatches filter_by_labels(Profile& profile, const LabelFilter* focus,
                              const LabelFilter* ignore);

/// Keeps the labels whose key matches `show` and does not match `hide`. Null: no such filter.
LabelMatches filter_labels(Profile& profile, const Regexp* show, const Regexp* hide);

}  // namespace plumb
