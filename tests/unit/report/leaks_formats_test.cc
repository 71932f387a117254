// SPDX-License-Identifier: Apache-2.0
// The verdict for other programs, on a dump whose names try to break out.
#include "report/leaks_formats.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "unit/report/leaking_report.h"

namespace plumb {
namespace {

using Json = nlohmann::ordered_json;
using Render = void (*)(const LeaksReport&, Writer&);

LeaksReport report_of(std::string_view function, std::string_view file,
                      const std::string& root = {}) {
  LeaksOptions options;
  options.root = root;
  return leaking_report({{{function, file, 27}, {"main.main", file, 9, 0, FrameKind::CreatedBy}}},
                        std::move(options));
}

std::string text_of(const LeaksReport& report, Render render) {
  StringWriter out;
  render(report, out);
  return out.text();
}

std::string junit_of(const LeaksReport& report, Level fail_on) {
  StringWriter out;
  render_leaks_junit(report, fail_on, out);
  return out.text();
}

TEST(LeaksFormats, SarifHasResultRuleAndPlaces) {
  const LeaksReport report = report_of("main.fetch", "/srv/app/main.go");
  const Json json = Json::parse(text_of(report, render_leaks_sarif));
  EXPECT_EQ(json["version"], "2.1.0");
  const Json& run = json["runs"][0];
  ASSERT_EQ(run["results"].size(), 1u);
  const Json& result = run["results"][0];
  EXPECT_EQ(result["ruleId"], "L1");
  EXPECT_EQ(result["level"], "error");
  const Json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "file:///srv/app/main.go");
  EXPECT_EQ(place["region"]["startLine"], 27);
  EXPECT_EQ(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 9);
  const Json& rule = run["tool"]["driver"]["rules"][0];
  EXPECT_EQ(rule["id"], "L1");
  EXPECT_EQ(
      rule["fullDescription"]["text"],
      "nobody receives what the function that waits sends: its creator started it and does not "
      "receive on every path.");
  EXPECT_TRUE(rule["help"]["text"].get<std::string>().starts_with("Fix: give the channel room"));
}

TEST(LeaksFormats, JunitFailsFromTheLevelOn) {
  const LeaksReport report = report_of("main.fetch", "/srv/app/main.go");
  EXPECT_NE(junit_of(report, Level::Likely).find("failures=\"1\""), std::string::npos);
  EXPECT_NE(junit_of(report, Level::Confirmed).find("failures=\"0\""), std::string::npos);
}

TEST(LeaksFormats, GithubNamesFileAndLine) {
  const LeaksReport report = report_of("main.fetch", "/srv/app/main.go");
  const std::string text = text_of(report, render_leaks_github);
  EXPECT_TRUE(text.starts_with("::error file=/srv/app/main.go,line=27,title=")) << text;
}

TEST(LeaksFormats, FilesBelowTheCheckoutAreNamedFromThereOn) {
  const auto uri = [](const char* file, const char* root) {
    const Json json = Json::parse(text_of(report_of("main.f", file, root), render_leaks_sarif));
    const Json& place = json["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    return place["artifactLocation"]["uri"].get<std::string>();
  };
  EXPECT_EQ(uri("/srv/app/cmd/main.go", "/srv/app"), "cmd/main.go");
  EXPECT_EQ(uri("/srv/application/main.go", "/srv/app"), "file:///srv/application/main.go");
  EXPECT_EQ(uri("/srv/a b%/C:d.go", ""), "file:///srv/a%20b%25/C%3Ad.go");
  EXPECT_EQ(uri("example.com/shop@v1/main.go", "/srv"), "example.com/shop@v1/main.go");
  const std::string text =
      text_of(report_of("main.f", "/srv/app/cmd/main.go", "/srv/app"), render_leaks_github);
  EXPECT_TRUE(text.starts_with("::error file=cmd/main.go,line=27,title=")) << text;
}

TEST(LeaksFormats, MarkdownHasATableAndASection) {
  const std::string text =
      text_of(report_of("main.fetch", "/srv/app/main.go"), render_leaks_markdown);
  EXPECT_TRUE(text.starts_with("## Goroutines leak\n")) << text;
  EXPECT_NE(text.find("| likely | 20 | +10/min | 51.99kB | \\~2 min | main.fetch"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("### main.fetch"), std::string::npos) << text;
}

TEST(LeaksFormats, NamesCannotBreakOut) {
  const LeaksReport report = report_of("main.a\"]]><|b`\n::error::x\xff", "/srv/%0A,x:y\n.go");
  EXPECT_TRUE(Json::accept(text_of(report, render_leaks_sarif)));
  const std::string github = text_of(report, render_leaks_github);
  EXPECT_EQ(std::ranges::count(github, '\n'), 1) << github;
  EXPECT_NE(github.find("%250A%2Cx%3Ay"), std::string::npos) << github;
  const std::string junit = junit_of(report, Level::Likely);
  EXPECT_EQ(junit.find("]]>"), std::string::npos) << junit;
  EXPECT_NE(text_of(report, render_leaks_markdown).find("\\|b\\`"), std::string::npos);
}

TEST(LeaksFormats, OfNothingSayThatThereIsNothing) {
  LeaksBuilder builder({});
  const auto report = std::move(builder).finish();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(Json::parse(text_of(*report, render_leaks_sarif))["runs"][0]["results"].size(), 0u);
  EXPECT_NE(junit_of(*report, Level::Likely).find("no leak"), std::string::npos);
  EXPECT_EQ(text_of(*report, render_leaks_github), "");
  EXPECT_TRUE(text_of(*report, render_leaks_markdown).starts_with("## No sign"));
}

}  // namespace
}  // namespace plumb
