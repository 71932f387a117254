// SPDX-License-Identifier: Apache-2.0
#include "report/write_report.h"

#include "base/try.h"
#include "formats/profile_proto.h"
#include "report/callgrind.h"
#include "report/disasm.h"
#include "report/dot.h"
#include "report/list.h"
#include "report/report_input.h"
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
  auto report = is_peek ? build_peek(input, request.argument) : build_tree(input);
  if (!report) return std::move(report).error();
  if (request.format == ReportFormat::Json) {
    render_tree_json(*std::move(report), is_peek ? "plumb.peek/1" : "plumb.tree/1", out);
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

Result<void> write_weblist(const ReportInput& input, const ReportRequest& request, Writer& out) {
  SourceFiles sources(input.options.source_path, input.options.trim_path);
  TRY_ASSIGN(const WebListReport report, build_weblist(input, request.argument, sources));
  const bool json = request.format == ReportFormat::Json;
  (json ? render_weblist_json : render_weblist_html)(report, out);
  return {};
}

}  // namespace

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
    case ReportKind::Tree:
    case ReportKind::Peek:
      return write_tree(input, request, out);
    case ReportKind::Dot:
      return write_dot(input, request, out);
    case ReportKind::Callgrind:
      render_callgrind_text(build_callgrind(input), out);
      return {};
    case ReportKind::TopProto:
      out << write_profile_proto(build_top_proto(input));
      return {};
    case ReportKind::List:
      return write_list(input, request, out);
    case ReportKind::Disasm:
      return write_disasm(input, request, out, notice);
    case ReportKind::WebList:
      return write_weblist(input, request, out);
    case ReportKind::Proto:
      out << write_profile_proto(profile);
      return {};
    default:
      return Error(ErrorCode::Usage, "there is no such report");
  }
}

}  // namespace plumb
