// SPDX-License-Identifier: Apache-2.0
#include "report/derived_labels.h"

#include <gtest/gtest.h>

#include <string>

#include "report/raw.h"
#include "report/tags.h"
#include "report/top.h"
#include "report/traces.h"
#include "support/prepared_input.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {
namespace {

ProfileBuilder three_goroutines(std::string_view type = "goroutine") {
  ProfileBuilder builder(type);
  builder.add(5, {{"runtime.gopark"}, {"runtime.chansend", "chan.go", 283}, {"main.leak"}});
  builder.add(2, {{"runtime.gopark"}, {"runtime.selectgo"}, {"main.wait"}}, {{"job", "a"}});
  builder.add(1, {{"main.work"}});
  return builder;
}

template <typename Render>
std::string report_text(Profile& profile, ReportKind kind, const ReportOptions& options,
                        Render render) {
  const auto input = test::prepared_input(profile, kind, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render(*input, out);
  return out.text();
}

std::string tags_text(Profile& profile, const ReportOptions& options = {}) {
  return report_text(profile, ReportKind::Tags, options, [](const ReportInput& input, Writer& out) {
    render_tags_text(build_tags(input), out);
  });
}

std::string top_text(Profile& profile, const ReportOptions& options) {
  ReportOptions compact = options;
  compact.compact_labels = true;
  return report_text(profile, ReportKind::Top, compact, [](const ReportInput& input, Writer& out) {
    render_top_text(build_top(input), out);
  });
}

TEST(DerivedLabels, AreTags) {
  ProfileBuilder builder = three_goroutines();
  const std::string text = tags_text(builder.profile);
  EXPECT_NE(text.find("5 (62.50%): chan send"), std::string::npos) << text;
  EXPECT_NE(text.find("2 (25.00%): select"), std::string::npos) << text;
  EXPECT_NE(text.find("job:"), std::string::npos) << text;
}

TEST(DerivedLabels, AreLeftOutOnDemand) {
  ProfileBuilder builder = three_goroutines();
  ReportOptions options;
  options.derive_labels = false;
  EXPECT_EQ(tags_text(builder.profile, options),
            " job: Total 2 of 8 (25.00%)\n"
            "      2 (25.00%): a\n"
            "\n");
}

TEST(DerivedLabels, AreFilteredBy) {
  ReportOptions options;
  options.filters.tagfocus = "state=chan send";
  ProfileBuilder focused = three_goroutines();
  const std::string focus = top_text(focused.profile, options);
  EXPECT_NE(focus.find("main.leak"), std::string::npos) << focus;
  EXPECT_EQ(focus.find("main.wait"), std::string::npos) << focus;
  options.filters.tagfocus = "";
  options.filters.tagignore = "chan send";
  ProfileBuilder ignored = three_goroutines();
  const std::string ignore = top_text(ignored.profile, options);
  EXPECT_EQ(ignore.find("main.leak"), std::string::npos) << ignore;
  EXPECT_NE(ignore.find("main.wait"), std::string::npos) << ignore;
}

TEST(DerivedLabels, BecomeFrames) {
  ReportOptions options;
  options.tagroot = "state";
  ProfileBuilder builder = three_goroutines();
  const std::string text = top_text(builder.profile, options);
  EXPECT_NE(text.find("         5 62.50%  chan send\n"), std::string::npos) << text;
}

TEST(DerivedLabels, AreNeverWritten) {
  ReportOptions options;
  options.filters.tagfocus = "state=.";
  for (const ReportKind kind : {ReportKind::Raw, ReportKind::Traces}) {
    ProfileBuilder builder = three_goroutines();
    const std::string text =
        report_text(builder.profile, kind, options,
                    kind == ReportKind::Raw ? render_raw_text : render_traces_text);
    EXPECT_NE(text.find("job"), std::string::npos) << text;
    EXPECT_EQ(text.find("chan send"), std::string::npos) << text;
    EXPECT_EQ(text.find("state"), std::string::npos) << text;
  }
}

TEST(DerivedLabels, LeaveThoseOfTheInputAlone) {
  ProfileBuilder builder;
  builder.add(3, {{"runtime.gopark"}, {"runtime.chansend", "chan.go", 283}, {"main.leak"}},
              {{"state", "mine"}});
  EXPECT_EQ(tags_text(builder.profile),
            " state: Total 3 of 3 (  100%)\n"
            "        3 (  100%): mine\n"
            "\n");
}

TEST(DerivedLabels, AreOfGoroutinesOnly) {
  ProfileBuilder builder = three_goroutines("threadcreate");
  EXPECT_EQ(tags_text(builder.profile),
            " job: Total 2 of 8 (25.00%)\n"
            "      2 (25.00%): a\n"
            "\n");
}

}  // namespace
}  // namespace plumb
