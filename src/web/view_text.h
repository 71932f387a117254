// SPDX-License-Identifier: Apache-2.0
// What the views have in common.

#pragma once

#include <cstdint>
#include <string>

#include "base/strings.h"
#include "base/units.h"
#include "report/apply_filters.h"
#include "web/view.h"

namespace plumb::web {

/// The header lines of a report, for views whose report has none.
inline void fill_legend(const ViewInput& input) {
  input.legend = header_lines(header_of(input.report.profile), input.report.samples);
  const std::vector<std::string> filters = filter_lines(input.report.active_filters);
  input.legend.insert(input.legend.end(), filters.begin(), filters.end());
}

}  // namespace plumb::web
