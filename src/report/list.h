// SPDX-License-Identifier: Apache-2.0
// The `list` report: the source of functions, with what each line accounts for.
//
// A sample counts once for a line and once for a function, also where the function calls itself;
// pprof adds the lines up, which the option recursive_sums gives.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "report/report_input.h"
#include "symbols/source_files.h"

namespace plumb {

struct ListLine {
  std::int64_t number = 0;
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::string text;
};

/// A function in one of the files that its code comes from.
struct ListRoutine {
  std::string function;
  std::string file;  ///< Empty: the profile does not tell.
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::string error;  ///< Why there are no lines; empty if there are.
  std::vector<ListLine> lines;
};

struct ListReport {
  std::string sample_type;
  ValueFormat format;
  std::int64_t total = 0;
  std::vector<ListRoutine> routines;  ///< By function, then by file.
};

/// Errors: Usage if `pattern` is no regular expression or matches no function.
Result<ListReport> build_list(const ReportInput& input, std::string_view pattern,
                              SourceFiles& sources);

/// A value as listings show it: "." for nothing.
std::string value_or_dot(const ValueFormat& format, std::int64_t value);

void render_list_text(const ListReport& report, Writer& out);
void render_list_json(const ListReport& report, Writer& out);

}  // namespace plumb
