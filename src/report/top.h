// SPDX-License-Identifier: Apache-2.0
// The `top` report: functions by the value they account for.
//
// Two steps, so that every output agrees: build_top() computes, render_top_*() only lay out. Text
// is go tool pprof's to the byte.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "report/report_input.h"
#include "report/sample_view.h"

namespace plumb {

/// Whether a function was inlined into its callers everywhere, somewhere, or nowhere.
enum class Inlining : std::uint8_t { None, Partial, Full };

/// "none", "some", "all".
std::string_view to_string(Inlining inlining);

struct TopRow {
  std::string name;
  std::int64_t flat = 0;  ///< Value of samples whose leaf this is. Negative only in diffs.
  std::int64_t cum = 0;   ///< Value of samples with this anywhere; recursion counts once.
  Inlining inlining = Inlining::None;
};

struct TopReport {
  std::vector<std::string> header;  ///< "File: leaky", "Type: cpu", ...; as read, not escaped.
  std::string sample_type;          ///< "cpu", "goroutine".
  ValueFormat format;
  std::int64_t total = 0;  ///< Sum of |value| over all samples, shown or not.
  std::int64_t shown = 0;  ///< Sum of flat over the rows.
  std::vector<TopRow> rows;
  std::uint64_t dropped_nodes = 0;  ///< Left out because their cum is below `dropped_below`.
  std::int64_t dropped_below = 0;
  std::uint64_t row_count = 0;  ///< Before the option nodecount was applied.
  bool is_cut = false;          ///< The option nodecount left out rows.
};

/// Computes the report. Complexity: linear in the frames of all samples.
TopReport build_top(const ReportInput& input);

/// What a person may want to know next: of goroutines that wait, top shows nothing but the function
/// they wait in. Empty if there is nothing to say.
std::string_view top_hint(const TopReport& report);

void render_top_text(const TopReport& report, Writer& out);
void render_top_json(const TopReport& report, Writer& out);
void render_top_csv(const TopReport& report, Writer& out);

}  // namespace plumb
