// SPDX-License-Identifier: Apache-2.0
#include "report/tree.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/make_profile.h"
#include "support/prepared_input.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

ProfileMaker server() {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(60'000'000, "main.main;main.serve;runtime.mallocgc");
  make.add(30'000'000, "main.main;main.serve|main.parse");
  make.add(10'000'000, "main.main");
  return make;
}

std::string tree_text(ProfileMaker& make, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Tree, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render_tree_text(build_tree(*input), out);
  return out.text();
}

std::string peek_text(Profile& profile, const std::string& pattern,
                      ContextSums with_context = ContextSums::No) {
  const auto input = prepared_input(profile, ReportKind::Peek, {.compact_labels = true});
  if (!input) return "error: " + input.error().describe();
  const auto report = build_peek(*input, pattern, with_context);
  if (!report) return "error: " + report.error().describe();
  StringWriter out;
  render_tree_text(*report, out);
  return out.text();
}

const std::string kRule =
    "----------------------------------------------------------+-------------\n";
const std::string kHead =
    kRule + "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t \n";

TEST(Tree, ShowsEachFunctionBetweenItsCallersAndCallees) {
  ProfileMaker make = server();
  EXPECT_EQ(
      tree_text(make),
      "Type: cpu\nShowing nodes accounting for 100ms, 100% of 100ms total\n" + kHead + kRule +
          "                                              60ms   100% |   main.serve\n"
          "      60ms 60.00% 60.00%       60ms 60.00%                | runtime.mallocgc\n" +
          kRule +
          "                                              30ms   100% |   main.serve (inline)\n"
          "      30ms 30.00% 90.00%       30ms 30.00%                | main.parse\n" +
          kRule +
          "      10ms 10.00%   100%      100ms   100%                | main.main\n"
          "                                              90ms 90.00% |   main.serve\n" +
          kRule +
          "                                              90ms   100% |   main.main\n"
          "         0     0%   100%       90ms 90.00%                | main.serve\n"
          "                                              60ms 66.67% |   runtime.mallocgc\n"
          "                                              30ms 33.33% |   main.parse (inline)\n" +
          kRule);
}

TEST(Tree, OfNothingHasNoLastRule) {
  ProfileMaker make;
  EXPECT_EQ(tree_text(make),
            "Type: samples\nShowing nodes accounting for 0, 0% of 0 total\n" + kHead);
}

TEST(Tree, SaysWhatWasLeftOut) {
  ProfileMaker make = server();
  const std::string text = tree_text(make, {.nodecount = 1, .nodefraction = 0.4});
  EXPECT_NE(text.find("Dropped 1 node (cum <= 40ms)\nShowing top 1 nodes out of 3\n"),
            std::string::npos);
}

TEST(Peek, ShowsWhatMatches) {
  ProfileMaker make = server();
  EXPECT_EQ(
      peek_text(make.profile, "parse$"),
      "Showing nodes accounting for 100ms, 100% of 100ms total\n" + kHead + kRule +
          "                                              30ms   100% |   main.serve (inline)\n"
          "      30ms 30.00% 30.00%       30ms 30.00%                | main.parse\n" +
          kRule);
}

TEST(Peek, RefusesWhatMatchesNothingOrIsNoPattern) {
  ProfileMaker make = server();
  EXPECT_EQ(peek_text(make.profile, "nowhere"), "error: no matches found for regexp: nowhere");
  EXPECT_TRUE(peek_text(make.profile, "a(").starts_with("error: parsing argument regexp a(: "));
}

// The smallest number picks the unit: the cum of main.serve, whose name does not match.
TEST(Peek, TakesTheUnitOfWhatDoesNotMatch) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(2'000'000'000, "main.main;main.work").add(5'000'000, "main.serve;main.work");
  make.add(1'000, "main.main;main.work");
  const std::string text = peek_text(make.profile, "main.main");
  EXPECT_EQ(text, peek_text(make.profile, "main.main", ContextSums::Yes));
  EXPECT_NE(text.find("2000ms"), std::string::npos) << text;
}

TEST(Peek, OfMatchesAloneSaysTheSame) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    for (const char* const pattern : {".", "a", "[bd]", "main"}) {
      const auto strangeness =
          seed % 2 == 0 ? test::Strangeness::Strange : test::Strangeness::Plain;
      Profile part = test::random_profile(seed, strangeness);
      Profile whole = test::random_profile(seed, strangeness);
      ASSERT_EQ(peek_text(part, pattern), peek_text(whole, pattern, ContextSums::Yes))
          << "seed " << seed;
    }
  }
}

TEST(Tree, JsonHasNodesAndEdgesByIndex) {
  ProfileMaker make = server();
  const auto input = prepared_input(make.profile, ReportKind::Peek);
  ASSERT_TRUE(input);
  auto report = build_peek(*input, "parse$", ContextSums::Yes);
  ASSERT_TRUE(report);
  StringWriter out;
  render_tree_json(*std::move(report), "plumb.peek/1", out);
  const auto json = nlohmann::json::parse(out.text());
  EXPECT_EQ(json["schema"], "plumb.peek/1");
  EXPECT_EQ(json["unit"], "nanoseconds");
  EXPECT_EQ(json["total"], 100'000'000);
  ASSERT_EQ(json["nodes"].size(), 2U);
  EXPECT_EQ(json["nodes"][0]["name"], "main.parse");
  EXPECT_EQ(json["nodes"][0]["is_context"], false);
  EXPECT_EQ(json["nodes"][1]["name"], "main.serve");
  EXPECT_EQ(json["nodes"][1]["is_context"], true);
  ASSERT_EQ(json["edges"].size(), 1U);
  EXPECT_EQ(json["edges"][0]["from"], 1);
  EXPECT_EQ(json["edges"][0]["to"], 0);
  EXPECT_EQ(json["edges"][0]["weight"], 30'000'000);
  EXPECT_EQ(json["edges"][0]["is_inlined"], true);
}

}  // namespace
}  // namespace plumb
