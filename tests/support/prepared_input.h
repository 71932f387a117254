// SPDX-License-Identifier: Apache-2.0
// A report's input from a test's profile, which is changed by it.

#pragma once

#include <string>
#include <vector>

#include "report/report_input.h"

namespace plumb::test {

/// Notices go to `notices` if it is given.
inline Result<ReportInput> prepared_input(Profile& profile, ReportKind kind,
                                          const ReportOptions& options = {},
                                          std::vector<std::string>* notices = nullptr) {
  return make_report_input(profile, kind, options, [notices](std::string_view line) {
    if (notices != nullptr) notices->emplace_back(line);
  });
}

}  // namespace plumb::test
