// SPDX-License-Identifier: Apache-2.0
// Any report, by its kind: the one way from a profile to what is shown, for every front end.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/notice.h"
#include "base/result.h"
#include "base/writer.h"
#include "model/profile.h"
#include "report/drawn_graph.h"
#include "report/report_options.h"
#include "report/top.h"

namespace plumb {

enum class ReportFormat : std::uint8_t { Text, Json, Csv };

/// Draws a graph: as a picture of some format.
using GraphDrawer = std::function<Result<void>(const DrawnGraph& graph, Writer& out)>;

struct ReportRequest {
  ReportKind kind = ReportKind::Top;
  std::string argument;  ///< Of Peek, List, Disasm, WebList: a regular expression (or address).
  ReportFormat format = ReportFormat::Text;
  ReportOptions options;
  SumsMemo* memo = nullptr;  ///< As of ReportInput.
  GraphDrawer draw;          ///< Of Dot: who draws; null: nobody, it is text for graphviz.
  Notice hint;               ///< Is told what a person may want to know next; null: nobody asks.
};

/// Builds the report and writes it. `profile` is changed in place and good for this report only.
/// Errors: Usage for options or an argument that do not fit the profile; those of `request.draw`.
/// Nothing is written then.
Result<void> write_report(Profile& profile, const ReportRequest& request, Writer& out,
                          const Notice& notice);

/// Lays out a report of top that was built already.
void write_top_report(const TopReport& report, ReportFormat format, Writer& out);

}  // namespace plumb
