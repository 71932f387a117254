// SPDX-License-Identifier: Apache-2.0
#include "report/function_diff.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::ProfileMaker;

std::string diff_text(ProfileMaker& before, ProfileMaker& after, ReportOptions options = {},
                      std::int64_t least = 1, std::size_t rows = 0) {
  options.trim = false;
  const auto first = test::prepared_input(before.profile, ReportKind::Top, options);
  const auto second = test::prepared_input(after.profile, ReportKind::Top, options);
  auto diff = build_function_diff(*first, *second);
  if (!diff) return "error: " + diff.error().describe();
  diff->before_name = "a";
  diff->after_name = "b";
  StringWriter out;
  render_function_diff_text(*diff, least, rows, out);
  return out.text();
}

TEST(FunctionDiff, ShowsWhatChangedMostFirst) {
  ProfileMaker before("cpu", "count");
  before.add(10, "main;a").add(5, "main;b").add(3, "main;gone").add(2, "main;same");
  ProfileMaker after("cpu", "count");
  after.add(6, "main;a").add(15, "main;b").add(1, "main;fresh").add(2, "main;same");
  EXPECT_EQ(diff_text(before, after),
            "a -> b: cpu 20 -> 24, +4 (+20%)\n"
            "      flat     change                  cum     change\n"
            "        15        +10     +200%         15        +10     +200%  b\n"
            "         6         -4      -40%          6         -4      -40%  a\n"
            "         0         -3      gone          0         -3      gone  gone\n"
            "         1         +1       new          1         +1       new  fresh\n");
  ReportOptions by_cum;
  by_cum.sort = SortOrder::Cum;
  EXPECT_EQ(diff_text(before, after, by_cum, 4, 2),
            "a -> b: cpu 20 -> 24, +4 (+20%)\n"
            "      flat     change                  cum     change\n"
            "        15        +10     +200%         15        +10     +200%  b\n"
            "         6         -4      -40%          6         -4      -40%  a\n"
            "Not shown: 1 function with smaller changes; -nodecount=0 shows all.\n");
}

TEST(FunctionDiff, ConvertsUnits) {
  ProfileMaker before("cpu", "milliseconds");
  before.add(5, "main");
  ProfileMaker after("cpu", "nanoseconds");
  after.add(6'000'000, "main");
  EXPECT_EQ(diff_text(before, after),
            "a -> b: cpu 5ms -> 6ms, +1ms (+20%)\n"
            "      flat     change                  cum     change\n"
            "       6ms       +1ms      +20%        6ms       +1ms      +20%  main\n");
}

TEST(FunctionDiff, RefusesOtherValues) {
  ProfileMaker cpu("cpu", "nanoseconds");
  ProfileMaker space("inuse_space", "bytes");
  EXPECT_EQ(diff_text(cpu, space),
            "error: the values are not comparable: cpu/nanoseconds and inuse_space/bytes");
}

TEST(FunctionDiff, SaysWhenNothingChanged) {
  ProfileMaker before;
  before.add(5, "main");
  ProfileMaker after;
  after.add(5, "main");
  EXPECT_EQ(diff_text(before, after), "a -> b: samples 5 -> 5\nNo function has changed.\n");
}

TEST(FunctionDiff, SaysWhenWhatChangedIsDropped) {
  FunctionDiff diff;
  diff.before_name = "a";
  diff.after_name = "b";
  diff.dropped = 2;
  StringWriter out;
  render_function_diff_text(diff, 1, 0, out);
  EXPECT_TRUE(out.text().ends_with(
      "Not shown: 2 functions with less than before, as -drop_negative asks.\n"));
}

TEST(FunctionDiff, ReadsAsJsonAndCsv) {
  ProfileMaker before;
  before.add(5, "main;a");
  ProfileMaker after;
  after.add(7, "main;a");
  const auto first = test::prepared_input(before.profile, ReportKind::Top);
  const auto second = test::prepared_input(after.profile, ReportKind::Top);
  const auto diff = build_function_diff(*first, *second);
  StringWriter json_out;
  render_function_diff_json(*diff, 1, 0, json_out);
  const auto json = nlohmann::json::parse(json_out.text(), nullptr, false);
  EXPECT_EQ(json["schema"], "plumb.diff.functions/1");
  EXPECT_EQ(json["functions"][0]["function"], "a");
  EXPECT_EQ(json["functions"][0]["flat_change"], 2);
  StringWriter csv;
  render_function_diff_csv(*diff, 1, 0, csv);
  EXPECT_EQ(csv.text(),
            "function,flat_before,flat_after,flat_change,cum_before,cum_after,cum_change,unit\n"
            "a,5,7,2,5,7,2,count\n");
}

TEST(FunctionDiff, DividesTheValuesThatProgramsRead) {
  ProfileMaker before;
  before.add(50, "main;a");
  ProfileMaker after;
  after.add(70, "main;a");
  const ReportOptions options{.divide_by = 10};
  const auto first = test::prepared_input(before.profile, ReportKind::Top, options);
  const auto second = test::prepared_input(after.profile, ReportKind::Top, options);
  const auto diff = build_function_diff(*first, *second);
  StringWriter json_out;
  render_function_diff_json(*diff, 1, 0, json_out);
  const auto json = nlohmann::json::parse(json_out.text(), nullptr, false);
  EXPECT_EQ(json["after"], 7);
  EXPECT_EQ(json["functions"][0]["flat_change"], 2);
  StringWriter csv;
  render_function_diff_csv(*diff, 1, 0, csv);
  EXPECT_NE(csv.text().find("\na,5,7,2,5,7,2,count\n"), std::string::npos);
}

}  // namespace
}  // namespace plumb
