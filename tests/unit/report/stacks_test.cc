// SPDX-License-Identifier: Apache-2.0
// The reports of whole stacks: folded and speedscope.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "report/folded.h"
#include "report/speedscope.h"
#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

template <typename Render>
std::string rendered(ProfileMaker& make, Render render, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Folded, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render(*input, out);
  return out.text();
}

nlohmann::json speedscope_of(ProfileMaker& make) {
  return nlohmann::json::parse(rendered(make, render_speedscope), nullptr, false);
}

TEST(Folded, AddsUpStacksThatDifferInLabelsOnly) {
  ProfileMaker make;
  make.add(1, "main;work|helper", {make.text_label("a", "1")});
  make.add(2, "main");
  make.add(4, "main;work|helper", {make.text_label("a", "2")});
  make.add(8, "main;work;helper");
  EXPECT_EQ(rendered(make, render_folded_text), "main;work;helper 13\nmain 2\n");
}

TEST(Folded, KeepsNamesOnOneLineAndInOneFrame) {
  ProfileMaker make;
  const LocationId odd = make.location("?");
  Function function;
  function.name = make.profile.strings.intern("a;b\nc\x1b");
  make.profile.functions.push_back(function);
  const Line line{.function = {static_cast<std::uint32_t>(make.profile.functions.size() - 1)},
                  .line = 1,
                  .column = 0};
  make.profile.locations[odd.index].first_line =
      static_cast<std::uint32_t>(make.profile.lines.size());
  make.profile.locations[odd.index].line_count = 1;
  make.profile.lines.push_back(line);
  make.add(3, "?");
  EXPECT_EQ(rendered(make, render_folded_text), "a:b\\x0ac\\x1b 3\n");
}

TEST(Folded, KeepsTheTotal) {
  ProfileMaker make;
  make.add(5, "").add(-3, "main").add(2, "lost").add(-2, "lost").add(0, "nothing");
  EXPECT_EQ(rendered(make, render_folded_text), "[no stack] 5\nmain -3\n");
}

TEST(Folded, DividesValues) {
  ProfileMaker make("n", "count");
  make.add_type("delay", "nanoseconds");
  make.add({4, 1000}, "main");
  ReportOptions options;
  options.divide_by = 10;
  EXPECT_EQ(rendered(make, render_folded_text, options), "main 100\n");
  ReportOptions mean;
  mean.mean = true;
  EXPECT_EQ(rendered(make, render_folded_text, mean), "main 250\n");
}

TEST(Folded, LeavesOutNegativeStacksIfAsked) {
  ProfileMaker make;
  make.add(5, "main").add(-3, "main").add(-3, "main;lost").add(1, "main;lost");
  EXPECT_EQ(rendered(make, render_folded_text, {.drop_negative = true}), "main 2\n");
}

TEST(Folded, IsJsonWithTheSameStacks) {
  ProfileMaker make;
  make.add(1, "main;work").add(2, "main;work");
  const auto json = nlohmann::json::parse(rendered(make, render_folded_json), nullptr, false);
  EXPECT_EQ(json["schema"], "plumb.folded/1");
  ASSERT_EQ(json["stacks"].size(), 1U);
  EXPECT_EQ(json["stacks"][0]["value"], 3);
  const auto& frames = json["stacks"][0]["frames"];
  EXPECT_EQ(json["frames"][frames[0].get<std::size_t>()], "main");
  EXPECT_EQ(json["frames"][frames[1].get<std::size_t>()], "work");
}

TEST(Speedscope, WritesOneSampledProfile) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(1, "main").add(7, "main;work");
  const auto json = speedscope_of(make);
  EXPECT_EQ(json["$schema"], "https://www.speedscope.app/file-format-schema.json");
  ASSERT_EQ(json["profiles"].size(), 1U);
  const auto& profile = json["profiles"][0];
  EXPECT_EQ(profile["type"], "sampled");
  EXPECT_EQ(profile["unit"], "nanoseconds");
  EXPECT_EQ(profile["endValue"], 8);
  EXPECT_EQ(profile["weights"], nlohmann::json({7, 1}));
  EXPECT_EQ(profile["samples"].size(), 2U);
  EXPECT_EQ(json["shared"]["frames"][profile["samples"][0][1].get<std::size_t>()]["name"], "work");
}

TEST(Speedscope, HasNoNegativeWeights) {
  ProfileMaker make("objects", "count");
  make.add(5, "main").add(-3, "main;work");
  const auto json = speedscope_of(make);
  ASSERT_EQ(json["profiles"].size(), 2U);
  EXPECT_EQ(json["profiles"][0]["name"], "objects (grew)");
  EXPECT_EQ(json["profiles"][0]["weights"], nlohmann::json({5}));
  EXPECT_EQ(json["profiles"][1]["weights"], nlohmann::json({3}));
  EXPECT_EQ(json["profiles"][1]["unit"], "none");
  const std::string grown = rendered(make, render_speedscope, {.drop_negative = true});
  const auto one = nlohmann::json::parse(grown, nullptr, false);
  ASSERT_EQ(one["profiles"].size(), 1U);
  EXPECT_EQ(one["profiles"][0]["weights"], nlohmann::json({5}));
}

}  // namespace
}  // namespace plumb
