// SPDX-License-Identifier: Apache-2.0
#include "report/write_report.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// The report on samples of 30 and 50, each times `factor`.
std::string written(ReportKind kind, ReportFormat format, std::int64_t factor, double divide_by) {
  ProfileMaker make("space", "bytes");
  make.add(30 * factor, "main;work", {make.text_label("handler", "/a")});
  make.add(50 * factor, "main;work|helper", {make.text_label("handler", "/b")});
  ReportRequest request;
  request.kind = kind;
  request.format = format;
  request.argument = "work";
  request.options.divide_by = divide_by;
  StringWriter out;
  const auto result = write_report(make.profile, request, out, [](std::string_view) {});
  return result ? std::string(out.text()) : "error: " + result.error().describe();
}

TEST(WriteReport, DividesTheValuesThatProgramsRead) {
  const struct {
    ReportKind kind;
    ReportFormat format;
    std::string_view value;  // Of the sample of 50, or of both.
  } cases[] = {
      {ReportKind::Top, ReportFormat::Json, "\"total\":80,"},
      {ReportKind::Top, ReportFormat::Csv, "work,30,37.5,80,100,bytes,"},
      {ReportKind::Tree, ReportFormat::Json, "\"weight\":50,"},
      {ReportKind::Tree, ReportFormat::Csv, "work,helper,50,62.5,bytes,all\n"},
      {ReportKind::Peek, ReportFormat::Json, "\"flat\":30,"},
      {ReportKind::Peek, ReportFormat::Csv, "work,helper,50,62.5,bytes,all\n"},
      {ReportKind::Dot, ReportFormat::Json, "{\"labels\":[\"handler:/b\"],\"flat\":50,"},
      {ReportKind::Tags, ReportFormat::Json, "{\"value\":\"/b\",\"weight\":50}"},
      {ReportKind::Tags, ReportFormat::Csv, "handler,/b,50,62.5,bytes\n"},
      {ReportKind::Traces, ReportFormat::Json, "\"value\":50,"},
      {ReportKind::List, ReportFormat::Json, "\"flat\":30,\"cum\":80,"},
      {ReportKind::WebList, ReportFormat::Json, "\"total\":80,"},
      {ReportKind::Folded, ReportFormat::Json, "\"value\":50"},
      {ReportKind::Flamegraph, ReportFormat::Json, "\"self\":50"},
  };
  for (const auto& c : cases) {
    const std::string plain = written(c.kind, c.format, 1, 1);
    EXPECT_NE(plain.find(c.value), std::string::npos) << plain;
    EXPECT_EQ(written(c.kind, c.format, 10, 10), plain);
  }
}

}  // namespace
}  // namespace plumb
