// SPDX-License-Identifier: Apache-2.0
#include "report/tags.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

std::string text_of(ProfileMaker& make, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Tags, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render_tags_text(build_tags(*input), out);
  return out.text();
}

TEST(Tags, ListsValuesOfEachKeyByWeight) {
  ProfileMaker make;
  make.add(10, "a", {make.text_label("handler", "/h1")});
  make.add(30, "a", {make.text_label("handler", "/h2"), make.text_label("user", "bob")});
  make.add(1, "b", {make.text_label("handler", "/h0")});
  make.add(59, "b");
  EXPECT_EQ(text_of(make),
            " handler: Total 41 of 100 (41.00%)\n"
            "          30 (30.00%): /h2\n"
            "          10 (10.00%): /h1\n"
            "           1 ( 1.00%): /h0\n"
            "\n"
            " user: Total 30 of 100 (30.00%)\n"
            "       30 (30.00%): bob\n"
            "\n");
}

TEST(Tags, OrdersEqualWeightsByValue) {
  ProfileMaker make;
  for (const char* value : {"b", "c", "a"}) make.add(1, "x", {make.text_label("k", value)});
  make.add(-1, "x", {make.text_label("k", "0")});
  const auto input = prepared_input(make.profile, ReportKind::Tags);
  ASSERT_TRUE(input.has_value());
  const TagsReport report = build_tags(*input);
  std::string order;
  for (const TagValue& value : report.keys.at(0).values) order += value.value;
  EXPECT_EQ(order, "0abc");
}

TEST(Tags, FormatsNumbersWithTheUnitOfTheirKey) {
  ProfileMaker make;
  make.add(1, "x", {make.number_label("size", 1024, "bytes")});
  make.add(2, "x", {make.number_label("size", 1025)});
  make.add(4, "x", {make.number_label("size", 5, "kb")});  // Its own unit does not count.
  make.add(8, "x", {make.number_label("count", 7)});
  EXPECT_EQ(text_of(make),
            " count: Total 8 of 15 (53.33%)\n"
            "        8 (53.33%): 7\n"
            "\n"
            " size: Total 7 of 15 (46.67%)\n"
            "       4 (26.67%): 5B\n"
            "       3 (20.00%): 1kB\n"
            "\n");
  EXPECT_NE(text_of(make, {.unit = "kb"}).find(" 7kb\n"), std::string::npos);
}

TEST(Tags, CountsAValueThatStandsThereTwiceTwice) {
  ProfileMaker make;
  make.add(5, "x",
           {make.text_label("k", "v"), make.text_label("k", "v"), make.number_label("k", 1, "s")});
  EXPECT_EQ(text_of(make),
            " k: Total 15 of 5 (300.00%)\n"
            "    10 (200.00%): v\n"
            "      5 (  100%): 1s\n"
            "\n");
}

TEST(Tags, ShowsEmptyTexts) {
  ProfileMaker make;
  make.add(1, "x", {make.text_label("k", "")}).add(2, "x", {make.text_label("k", "v")});
  EXPECT_EQ(text_of(make),
            " k: Total 3 of 3 (  100%)\n"
            "    2 (66.67%): v\n"
            "    1 (33.33%): \n"
            "\n");
}

TEST(Tags, HasSharesOfPositiveTotalsOnly) {
  ProfileMaker make;
  make.add(0, "x", {make.text_label("k", "v")});
  EXPECT_EQ(text_of(make), " k: Total 0 of 0\n    0: v\n\n");
}

TEST(Tags, MaySayNothing) {
  ProfileMaker make;
  make.add(1, "x");
  EXPECT_EQ(text_of(make), "");
  EXPECT_EQ(text_of(make, {.sample_index = "7"}),
            "error: sample_index 7 is outside the range [0..0]");
}

TEST(Tags, WritesJson) {
  ProfileMaker make;
  make.add(3, "x", {make.text_label("k", "a\"b\xff")});
  StringWriter out;
  render_tags_json(build_tags(*prepared_input(make.profile, ReportKind::Tags)), out);
  const auto json = nlohmann::json::parse(out.text());
  EXPECT_EQ(json["schema"], "plumb.tags/1");
  EXPECT_EQ(json["total"], 3);
  EXPECT_EQ(json["keys"][0]["key"], "k");
  EXPECT_EQ(json["keys"][0]["total"], 3);
  EXPECT_EQ(json["keys"][0]["values"][0]["weight"], 3);
  EXPECT_EQ(json["keys"][0]["values"][0]["value"], "a\"b\xEF\xBF\xBD");
}

}  // namespace
}  // namespace plumb
