// SPDX-License-Identifier: Apache-2.0
// What all reports share: which column of values is shown, its total, how values are formatted, and
// the header lines about the profile.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "model/profile.h"
#include "report/report_options.h"

namespace plumb {

/// Turns values of one sample type into text.
struct ValueFormat {
  std::string sample_unit;  ///< As in the profile: "nanoseconds".
  std::string output_unit;  ///< "s", or "minimum" or "auto": per value.
  double ratio = 1;         ///< Values are multiplied by this first.

  /// As text, times the ratio.
  [[nodiscard]] std::string operator()(std::int64_t value) const;
  /// As a number, for programs.
  [[nodiscard]] std::int64_t times_ratio(std::int64_t value) const;
};

/// One sample type of a profile, as the options select it.
struct SampleView {
  Weights weights;
  std::string type;  ///< "cpu"; "mean_delay" with the mean option.
  ValueFormat format;
  std::int64_t total = 0;  ///< Sum of |value|; of the base's samples only in a diff against one.
};

/// Errors: Usage, with pprof's sentences, if the profile has no sample types or not the one asked
/// for, or if the divisor is zero.
Result<SampleView> select_samples(const Profile& profile, const ReportOptions& options);

/// The index of the sample type that `name` (an index, a name, or empty) stands for in `types`.
Result<std::size_t> find_sample_index(const std::vector<std::string_view>& types,
                                      std::string_view default_type, std::string_view name);

/// What the header lines tell.
struct ProfileHeader {
  std::string_view file;      ///< Of the main binary.
  std::string_view build_id;  ///< Of the main binary.
  std::vector<std::string_view> comments;
  std::string_view doc_url;
  std::int64_t time_nanos = 0;
  std::int64_t duration_nanos = 0;
};

ProfileHeader header_of(const Profile& profile);

/// "File: leaky", "Type: cpu", "Duration: 30s, Total samples = ...": the lines above a report.
std::vector<std::string> header_lines(const ProfileHeader& header, const SampleView& samples);

/// The unit for a whole report: pprof's choice from the smallest non-zero value shown and the
/// total, where the option says "minimum". `smallest` 0: none.
void choose_output_unit(ValueFormat& format, std::int64_t smallest, std::int64_t total);

/// The same where the smallest value is not known: it is between `least` and `most`. False, and
/// nothing is chosen, if it may matter which it is. Requires: 0 < least <= most.
bool choose_output_unit_within(ValueFormat& format, std::int64_t least, std::int64_t most,
                               std::int64_t total);

}  // namespace plumb
