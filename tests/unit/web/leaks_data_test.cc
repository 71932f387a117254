// SPDX-License-Identifier: Apache-2.0
#include "web/leaks_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/make_profile.h"

namespace plumb::web {
namespace {

LeaksReport report_of(const std::vector<std::pair<int, std::string>>& stacks) {
  LeaksBuilder builder(LeaksOptions{});
  test::ProfileMaker make("goroutine");
  for (const auto& [count, stack] : stacks) make.add(count, stack);
  EXPECT_TRUE(builder.add("a.pb.gz", Content(std::move(make.profile)), PlaceUnit::Byte));
  auto report = std::move(builder).finish();
  EXPECT_TRUE(report);
  return *std::move(report);
}

std::set<std::string> keys_of(const LeaksReport& report) {
  std::set<std::string> keys;
  for (const StackGroup& group : report.stacks.groups) {
    keys.insert(group_key(report.stacks, group));
  }
  return keys;
}

TEST(LeaksData, KeysOfGroupsAreTheSameInOtherInputs) {
  const std::string leak = "main.main;main.leak;runtime.chansend1";
  const auto keys = keys_of(report_of({{30, leak}, {1, "main.main;main.work"}}));
  const auto others = keys_of(report_of({{5, "main.other;main.first"}, {7, leak}}));
  EXPECT_EQ(keys.size(), 2u);
  EXPECT_EQ(others.size(), 2u);
  std::vector<std::string> common;
  std::ranges::set_intersection(keys, others, std::back_inserter(common));
  EXPECT_EQ(common.size(), 1u);
}

TEST(LeaksData, TextsStandOnce) {
  const LeaksReport report = report_of({{30, "main.main;main.a"}, {20, "main.main;main.b"}});
  const Json data = build_leaks_data(report, {});
  std::set<std::string> texts;
  for (const Json& text : data["texts"]) texts.insert(text.get<std::string>());
  EXPECT_EQ(texts.size(), data["texts"].size());
  EXPECT_TRUE(texts.contains("main.main"));
  EXPECT_EQ(data["pages"], Json::object());
}

TEST(LeaksData, SuspectsAreCountedWhetherShownOrNot) {
  LeaksOptions few;
  few.limit = 1;
  LeaksBuilder builder(few);
  test::ProfileMaker make("goroutine");
  make.add(3000, "main.main;main.a;runtime.chansend1;runtime.chansend;runtime.gopark");
  make.add(2000, "main.main;main.b;runtime.chansend1;runtime.chansend;runtime.gopark");
  ASSERT_TRUE(builder.add("a.pb.gz", Content(std::move(make.profile)), PlaceUnit::Byte));
  const auto report = std::move(builder).finish();
  ASSERT_TRUE(report);
  const Json data = build_leaks_data(*report, {});
  EXPECT_EQ(data["report"]["groups"].size(), 1u);
  const Json& suspects = data["report"]["suspects"];
  EXPECT_EQ(suspects["groups"], 2);
  EXPECT_EQ(suspects["goroutines"], 5000);
  EXPECT_GT(suspects["memory_bytes_at_least"], 0);
}

TEST(LeaksData, EveryGroupHasItsPageIfAllAreAskedFor) {
  const LeaksReport report = report_of({{30, "main.main;main.a"}, {20, "main.main;main.b"}});
  LeaksDataOptions options;
  options.all_groups = true;
  const Json data = build_leaks_data(report, options);
  const Json& rows = data["report"]["groups"];
  ASSERT_EQ(rows.size(), report.shown.size());
  ASSERT_FALSE(rows.empty());
  for (const Json& row : rows) {
    const Json& page = data["pages"][row["key"].get<std::string>()];
    EXPECT_EQ(page["detail"]["count"], row["count"]);
    EXPECT_EQ(page["detail"]["blocked"]["function"],
              data["texts"][row["blocked"][0].get<std::size_t>()]);
  }
}

}  // namespace
}  // namespace plumb::web
