// SPDX-License-Identifier: Apache-2.0
#include "report/write_report.h"

#include "base/try.h"
#include "base/units.h"
#include "formats/profile_proto.h"
#include "report/callgrind.h"
#include "report/comments.h"
#include "report/disasm.h"
#include "report/dot.h"
#include "report/flamegraph.h"
#include "report/folded.h"
#include "report/list.h"
#include "report/raw.h"
#include "report/report_input.h"
#include "report/speedscope.h"
#include "report/tags.h"
#include "report/top.h"
#include "report/top_proto.h"
#include "report/traces.h"
#include "report/tree.h"
#include "report/weblist.h"

namespace plumb {
namespace {

Result<void> write_tree(const ReportInput& input, const ReportRequest& request, Writer& out) {
  const bool is_peek = request.kind == ReportKind::Peek;
  const bool is_json = request.format == ReportFormat::Json;
  const ContextSums with_context = is_json ? ContextSums::Yes : ContextSums::No;
  auto report = is_peek ? build_peek(input, request.argument, with_context) : build_tree(input);
  if (!report) return std::move(report).error();
  if (is_json) {
    render_tree_json(*std::move(report), is_peek ? "plumb.peek/1" : "plumb.tree/1", out);
  } else if (request.format == ReportFormat::Csv) {
    render_tree_csv(*report, out);
  } else {
    render_tree_text(*report, out);
  }
  return {};
}

Result<void> write_dot(const ReportInput& input, const ReportRequest& request, Writer& out) {
  const GraphReport report = build_graph_report(input);
  if (request.draw) return request.draw(draw_graph(report), out);
  if (request.format == ReportFormat::Json) {
    render_dot_json(report, out);
  } else {
    render_dot_text(draw_graph(report), out);
  }
  return {};
}

Result<void> write_list(const ReportInput& input, const ReportRequest& request, Writer& out) {
  SourceFiles sources(input.options.source_path, input.options.trim_path);
  TRY_ASSIGN(const ListReport report, build_list(input, request.argument, sources));
  const bool json = request.format == ReportFormat::Json;
  (json ? render_list_json : render_list_text)(report, out);
  return {};
}

Result<void> write_disasm(const ReportInput& input, const ReportRequest& request, Writer& out,
                          const Notice& notice) {
  TRY_ASSIGN(const DisasmReport report, build_disasm(input, request.argument, notice));
  const bool json = request.format == ReportFormat::Json;
  (json ? render_disasm_json : render_disasm_text)(report, out);
  return {};
}

Result<void> write_weblist(const ReportInput& input, const ReportRequest& request, Writer& out,
                           const Notice& notice) {
  SourceFiles sources(input.options.source_path, input.options.trim_path);
  TRY_ASSIGN(const WebListReport report, build_weblist(input, request.argument, sources, notice));
  const bool json = request.format == ReportFormat::Json;
  (json ? render_weblist_json : render_weblist_html)(report, out);
  return {};
}

void write_top(const TopReport& report, const ReportRequest& request, Writer& out) {
  write_top_report(report, request.format, out);
  const std::string_view hint = top_hint(report);
  const bool is_for_reading = request.format == ReportFormat::Text;
  if (request.hint && is_for_reading && !hint.empty()) request.hint(hint);
}

void write_tags(const TagsReport& report, ReportFormat format, Writer& out) {
  if (format == ReportFormat::Json) return render_tags_json(report, out);
  if (format == ReportFormat::Csv) return render_tags_csv(report, out);
  render_tags_text(report, out);
}

bool has_csv(ReportKind kind) {
  return kind == ReportKind::Top || kind == ReportKind::Tags || kind == ReportKind::Tree ||
         kind == ReportKind::Peek;
}

// Values that are written, not shown, are divided in the profile itself.
void divide_values(Profile& profile, const ValueFormat& format) {
  if (format.ratio == 1) return;
  for (std::int64_t& value : profile.mutable_values()) value = format.times_ratio(value);
}

}  // namespace

void write_top_report(const TopReport& report, ReportFormat format, Writer& out) {
  if (format == ReportFormat::Json) return render_top_json(report, out);
  if (format == ReportFormat::Csv) return render_top_csv(report, out);
  render_top_text(report, out);
}

Result<void> write_report(Profile& profile, const ReportRequest& request, Writer& out,
                          const Notice& notice) {
  const bool json = request.format == ReportFormat::Json;
  if (request.format == ReportFormat::Csv && !has_csv(request.kind)) {
    return Error(ErrorCode::Usage, "this report is no table and cannot be written as CSV");
  }
  ReportOptions options = request.options;
  // A program that reads the samples can blank what it does not want; a line of text cannot hold
  // it.
  if (json && request.kind == ReportKind::Traces) {
    options.aggregate.granularity = Granularity::Addresses;
  }
  TRY_ASSIGN(ReportInput input,
             make_report_input(profile, request.kind, options, notice, request.argument));
  input.memo = request.memo;
  switch (request.kind) {
    case ReportKind::Top:
      write_top(build_top(input), request, out);
      return {};
    case ReportKind::Tags:
      write_tags(build_tags(input), request.format, out);
      return {};
    case ReportKind::Traces:
      (json ? render_traces_json : render_traces_text)(input, out);
      return {};
    case ReportKind::Tree:
    case ReportKind::Peek:
      return write_tree(input, request, out);
    case ReportKind::Dot:
      return write_dot(input, request, out);
    case ReportKind::Callgrind:
      render_callgrind_text(build_callgrind(input), out);
      return {};
    case ReportKind::TopProto:
      write_profile_proto(build_top_proto(input), out);
      return {};
    case ReportKind::Raw:
      (json ? render_raw_json : render_raw_text)(input, out);
      return {};
    case ReportKind::Comments:
      (json ? render_comments_json : render_comments_text)(input, out);
      return {};
    case ReportKind::Folded:
      (json ? render_folded_json : render_folded_text)(input, out);
      return {};
    case ReportKind::Speedscope:
      render_speedscope(input, out);
      return {};
    case ReportKind::Flamegraph:
      (json ? render_flamegraph_json : render_flamegraph_svg)(input, out);
      return {};
    case ReportKind::List:
      return write_list(input, request, out);
    case ReportKind::Disasm:
      return write_disasm(input, request, out, notice);
    case ReportKind::WebList:
      return write_weblist(input, request, out, notice);
    case ReportKind::Proto:
      divide_values(profile, input.samples.format);
      write_profile_proto(profile, out);
      return {};
    default:
      return Error(ErrorCode::Usage, "there is no such report");
  }
}

}  // namespace plumb
