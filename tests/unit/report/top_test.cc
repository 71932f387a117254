// SPDX-License-Identifier: Apache-2.0
#include "report/top.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

std::string text_of(ProfileMaker& make, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Top, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render_top_text(build_top(*input), out);
  return out.text();
}
std::string text_of(ProfileMaker&& make, const ReportOptions& options = {}) {
  return text_of(make, options);
}

constexpr std::string_view kColumns = "      flat  flat%   sum%        cum   cum%\n";

// Goroutines as Go's runtime shows them: nearly all of flat is in one function.
ProfileMaker goroutines() {
  ProfileMaker make("goroutine", "count");
  make.add(30, "main.main;main.leak;runtime.chansend|runtime.gopark");
  make.add(10, "main.main;main.wait;runtime.gopark");
  make.add(1, "main.main");
  return make;
}

TEST(Top, SortsFunctionsByWhatTheyAccountFor) {
  EXPECT_EQ(text_of(goroutines()),
            "Type: goroutine\n"
            "Showing nodes accounting for 41, 100% of 41 total\n" +
                std::string(kColumns) +
                "        40 97.56% 97.56%         40 97.56%  runtime.gopark (partial-inline)\n"
                "         1  2.44%   100%         41   100%  main.main\n"
                "         0     0%   100%         30 73.17%  main.leak\n"
                "         0     0%   100%         10 24.39%  main.wait\n"
                "         0     0%   100%         30 73.17%  runtime.chansend\n");
}

TEST(Top, SortsByCumOnRequest) {
  EXPECT_EQ(text_of(goroutines(), {.sort = SortOrder::Cum, .nodecount = 2, .compact_labels = true}),
            "Showing nodes accounting for 41, 100% of 41 total\n"
            "Showing top 2 nodes out of 5\n" +
                std::string(kColumns) +
                "         1  2.44%  2.44%         41   100%  main.main\n"
                "        40 97.56%   100%         40 97.56%  runtime.gopark\n");
}

TEST(Top, TellsWhatItDropped) {
  EXPECT_EQ(text_of(goroutines(), {.nodefraction = 0.5}),
            "Type: goroutine\n"
            "Showing nodes accounting for 41, 100% of 41 total\n"
            "Dropped 1 node (cum <= 20)\n" +
                std::string(kColumns) +
                "        40 97.56% 97.56%         40 97.56%  runtime.gopark (partial-inline)\n"
                "         1  2.44%   100%         41   100%  main.main\n"
                "         0     0%   100%         30 73.17%  main.leak\n"
                "         0     0%   100%         30 73.17%  runtime.chansend\n");
}

TEST(Top, DropsNothingUntrimmed) {
  const std::string everything = text_of(goroutines(), {.nodefraction = 0});
  EXPECT_EQ(text_of(goroutines(), {.nodecount = 1, .nodefraction = 0.9, .trim = false}),
            everything);
}

TEST(Top, IgnoresEdgesBelowTheFractionForInlining) {
  ProfileMaker make;
  make.add(99, "main|inlined").add(1, "main;inlined");
  EXPECT_NE(text_of(make, {.edgefraction = 0}).find("inlined\n"), std::string::npos);
  ProfileMaker apart;
  apart.add(990, "main|inlined").add(10, "other;inlined");
  EXPECT_NE(text_of(apart, {.edgefraction = 0}).find("inlined (partial-inline)\n"),
            std::string::npos);
  EXPECT_NE(text_of(apart, {.edgefraction = 0.02}).find("inlined (inline)\n"), std::string::npos);
}

TEST(Top, DividesForMeans) {
  ProfileMaker make("contentions", "count");
  make.add_type("delay", "nanoseconds");
  make.add({2, 3000}, "main;a").add({2, 1000}, "main;b");
  EXPECT_EQ(text_of(make, {.mean = true}),
            "Type: mean_delay\n"
            "Showing nodes accounting for 2000ns, 200.00% of 1000ns total\n" +
                std::string(kColumns) +
                "    1500ns 150.00% 150.00%     1500ns 150.00%  a\n"
                "     500ns 50.00% 200.00%      500ns 50.00%  b\n"
                "         0     0% 200.00%     1000ns   100%  main\n");
}

TEST(Top, ShowsDiffs) {
  ProfileMaker make;
  make.add(10, "main;a").add(-4, "main;b").add(5, "main;c").add(-5, "main;c");
  EXPECT_EQ(text_of(make, {.drop_negative = true}),
            "Type: samples\n"
            "Showing nodes accounting for 10, 41.67% of 24 total\n" +
                std::string(kColumns) +
                "        10 41.67% 41.67%         10 41.67%  a\n"
                "         0     0% 41.67%          6 25.00%  main\n");
}

TEST(Top, SaysWhenThereIsNothing) {
  EXPECT_EQ(
      text_of(ProfileMaker()),
      "Type: samples\nShowing nodes accounting for 0, 0% of 0 total\n" + std::string(kColumns));
  ProfileMaker no_frames;
  no_frames.add(7, "");
  EXPECT_EQ(text_of(no_frames), "Type: samples\nShowing nodes accounting for 0, 0% of 7 total\n" +
                                    std::string(kColumns));
}

TEST(Top, ChoosesOneUnitForAllRows) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(10'000'000, "a").add(1'500'000'000, "b");
  EXPECT_EQ(text_of(make, {.compact_labels = true}),
            "Showing nodes accounting for 1.51s, 100% of 1.51s total\n" + std::string(kColumns) +
                "     1.50s 99.34% 99.34%      1.50s 99.34%  b\n"
                "     0.01s  0.66%   100%      0.01s  0.66%  a\n");
  EXPECT_EQ(text_of(make, {.unit = "auto", .compact_labels = true}),
            "Showing nodes accounting for 1.51s, 100% of 1.51s total\n" + std::string(kColumns) +
                "     1.50s 99.34% 99.34%      1.50s 99.34%  b\n"
                "      10ms  0.66%   100%       10ms  0.66%  a\n");
}

TEST(Top, SaysWhatIsWrongWithTheOptions) {
  EXPECT_EQ(text_of(goroutines(), {.sample_index = "9"}),
            "error: sample_index 9 is outside the range [0..0]");
  EXPECT_EQ(text_of(goroutines(), {.divide_by = 0}), "error: zero divisor specified");
}

TEST(Top, WritesJson) {
  ProfileMaker make = goroutines();
  const auto input =
      prepared_input(make.profile, ReportKind::Top, {.nodecount = 1, .nodefraction = 0.5});
  ASSERT_TRUE(input.has_value());
  StringWriter out;
  render_top_json(build_top(*input), out);
  const auto json = nlohmann::json::parse(out.text());
  EXPECT_EQ(json["schema"], "plumb.top/1");
  EXPECT_EQ(json["sample_type"], "goroutine");
  EXPECT_EQ(json["unit"], "count");
  EXPECT_EQ(json["total"], 41);
  EXPECT_EQ(json["shown"], 40);
  EXPECT_EQ(json["dropped_nodes"], 1);
  EXPECT_EQ(json["node_count"], 4);
  ASSERT_EQ(json["rows"].size(), 1U);
  EXPECT_EQ(json["rows"][0]["function"], "runtime.gopark");
  EXPECT_EQ(json["rows"][0]["flat"], 40);
  EXPECT_EQ(json["rows"][0]["cum"], 40);
}

}  // namespace
}  // namespace plumb
