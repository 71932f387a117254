// SPDX-License-Identifier: Apache-2.0
// The filters of the options, applied in pprof's order and with its notices.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/notice.h"
#include "base/result.h"
#include "model/label_units.h"
#include "model/profile.h"
#include "report/report_options.h"

namespace plumb {

/// Adds the frames of -tagroot and -tagleaf.
void apply_label_frames(Profile& profile, const ReportOptions& options, const Notice& notice);

/// Filters by frame, by label, and then the labels. `kept_stacks`: see FrameFilters; with filters
/// by which it cannot be told it stays empty, and stacks change. `units` are those of the profile
/// before any of it. `notice` is told which filters matched nothing ("Focus expression matched no
/// samples").
///
/// Errors: Usage: "parsing focus regexp: error parsing regexp: ...".
Result<void> apply_filters(Profile& profile, const FilterOptions& filters, const LabelUnits& units,
                           const Notice& notice, std::vector<std::uint8_t>* kept_stacks = nullptr);

/// "Active filters:" and what they are, one a line, cut at 80 bytes; nothing without filters.
std::vector<std::string> filter_lines(const std::vector<std::string>& active_filters);

}  // namespace plumb
