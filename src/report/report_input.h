// SPDX-License-Identifier: Apache-2.0
// From a profile and options to what a report is built from. Every report starts here.
//
//   TRY_ASSIGN(const ReportInput input, make_report_input(profile, ReportKind::Top, options, say));
//   TRY_ASSIGN(const TopReport report, build_top(input));

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/notice.h"
#include "base/result.h"
#include "graph/sums_memo.h"
#include "model/label_units.h"
#include "model/profile.h"
#include "report/report_options.h"
#include "report/sample_view.h"

namespace plumb {

/// A profile that was filtered and aggregated as a report needs it.
struct ReportInput {
  Profile& profile;  ///< Outlives this. Changed in place: see make_report_input().
  ReportKind kind;
  ReportOptions options;  ///< As they hold in this kind of report.
  SampleView samples;     ///< The column shown, and its total.
  LabelUnits label_units;
  std::vector<std::uint8_t> hidden;  ///< By location, 1: it is to be overlooked. Empty: none is.
  std::vector<std::string> active_filters;  ///< "focus=main", as the header lines list them.
  SumsMemo* memo = nullptr;  ///< Of sums of the profile before filters; null: nobody keeps them.
};

/// True if the report looks at the labels of samples.
bool uses_labels(ReportKind kind, const ReportOptions& options);

/// Does to `profile`, in pprof's order, what the options ask for: label frames, filters, the choice
/// and total of the sample type, aggregation. The profile is then good for this one report: who
/// wants more of them passes a copy.
///
/// `notice` is told which filters matched nothing. `argument`: the regular expression that the
/// report is asked about, if it is, so that what is wrong with it is said where pprof says it.
/// Errors: Usage, in pprof's words.
Result<ReportInput> make_report_input(Profile& profile, ReportKind kind,
                                      const ReportOptions& options, const Notice& notice,
                                      std::string_view argument = {});

}  // namespace plumb
