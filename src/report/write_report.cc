// SPDX-License-Identifier: Apache-2.0
#include "report/write_report.h"

#include "base/try.h"
#include "formats/profile_proto.h"
#include "report/report_input.h"
#include "report/tags.h"
#include "report/top.h"
#include "report/traces.h"

namespace plumb {

Result<void> write_report(Profile& profile, const ReportRequest& request, Writer& out,
                          const Notice& notice) {
  const bool json = request.format == ReportFormat::Json;
  ReportOptions options = request.options;
  // A program that reads the samples can blank what it does not want; a line of text cannot hold
  // it.
  if (json && request.kind == ReportKind::Traces) {
    options.aggregate.granularity = Granularity::Addresses;
  }
  TRY_ASSIGN(const ReportInput input, make_report_input(profile, request.kind, options, notice));
  switch (request.kind) {
    case ReportKind::Top:
      (json ? render_top_json : render_top_text)(build_top(input), out);
      return {};
    case ReportKind::Tags:
      (json ? render_tags_json : render_tags_text)(build_tags(input), out);
      return {};
    case ReportKind::Traces:
      (json ? render_traces_json : render_traces_text)(input, out);
      return {};
    case ReportKind::Proto:
      out << write_profile_proto(profile);
      return {};
    default:
      return Error(ErrorCode::Usage, "there is no such report");
  }
}

}  // namespace plumb
