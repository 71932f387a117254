// SPDX-License-Identifier: Apache-2.0
// `top` of a profile that streams by is `top` of the profile that is held, to the byte, whatever
// the order of its parts, the options, and how early the functions are ranked.

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "model/number_tables.h"
#include "support/describe_top.h"
#include "support/go_order.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::Base;
using test::Dice;
using test::fewer_if_slow;
using test::random_profile;
using test::Strangeness;
using test::top_of_stream;
using test::top_of_whole;

ReportOptions random_options(Dice& dice, const Profile& profile) {
  constexpr std::array kCounts = {-1, 0, 0, 1, 3, 10};
  constexpr std::array kNodeFractions = {0.0, 0.005, 0.005, 0.02, 0.1, 0.4, 1e-12};
  constexpr std::array kEdgeFractions = {0.0, 0.001, 0.001, 0.05, 0.3};
  ReportOptions options;
  options.nodecount = kCounts[dice.below(kCounts.size())];
  options.nodefraction = kNodeFractions[dice.below(kNodeFractions.size())];
  options.edgefraction = kEdgeFractions[dice.below(kEdgeFractions.size())];
  options.trim = dice.chance(85);
  options.sort = dice.chance(50) ? SortOrder::Cum : SortOrder::Flat;
  options.drop_negative = dice.chance(15);
  options.compact_labels = dice.chance(10);
  if (dice.chance(10)) options.unit = "auto";
  if (dice.chance(10)) options.divide_by = 10;
  if (dice.chance(30)) {
    options.sample_index = std::to_string(dice.below(profile.sample_types.size()));
  }
  return options;
}

struct Tally {
  int usable = 0;
  int passes[4] = {};
  int inlined = 0;
};

void compare(const std::string& bytes, const ReportOptions& options, Tally& tally,
             const Base* base = nullptr) {
  const std::string expected = top_of_whole(bytes, options, base);
  for (const std::size_t warmup : {1, 10, 100, 1000, 1 << 20}) {
    SCOPED_TRACE("warmup " + std::to_string(warmup));
    const auto streamed = top_of_stream(bytes, options, warmup, base);
    if (!streamed.report) continue;
    ASSERT_EQ(*streamed.report, expected);
    ASSERT_LE(streamed.passes, 3);
    ++tally.usable;
    ++tally.passes[streamed.passes];
    tally.inlined += expected.find("inline)") != std::string::npos ? 1 : 0;
  }
}

void compare_profiles(std::uint32_t first_seed, std::uint32_t count, Strangeness strangeness,
                      Tally& tally) {
  for (std::uint32_t seed = first_seed; seed < first_seed + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Profile profile = random_profile(seed, strangeness);
    Dice dice(seed + 1'000'000);
    for (int i = 0; i < 3; ++i) {
      const ReportOptions options = random_options(dice, profile);
      compare(test::encode_in_go_order(profile), options, tally);
      compare(encode_profile_proto(profile), options, tally);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(TopStreamProperty, AgreesWithTheWholeProfile) {
  constexpr int kSeeds = fewer_if_slow(240);
  Tally tally;
  compare_profiles(0, kSeeds, Strangeness::Plain, tally);
  // The ways that matter were all gone, often.
  EXPECT_GT(tally.usable, kSeeds * 20);
  for (const int passes : {1, 2, 3}) EXPECT_GT(tally.passes[passes], kSeeds) << passes;
  EXPECT_GT(tally.inlined, kSeeds);
}

// Some of the samples, with what these alone refer to.
Profile some_samples(const Profile& whole, Dice& dice, std::uint32_t percent) {
  Profile some = whole.copy();
  std::vector<std::uint8_t> kept;
  for (std::size_t i = 0; i < some.sample_count(); ++i)
    kept.push_back(dice.chance(percent) ? 1 : 0);
  some.keep_samples(kept);
  if (dice.chance(80)) some.keep_labels([](std::size_t, const Label&) { return false; });
  number_tables_by_use(some);
  return some;
}

// Of the same program, before: much of it the same, some of it more or less.
Base random_base(const Profile& whole, Dice& dice) {
  Profile base = some_samples(whole, dice, 60);
  for (std::int64_t& value : base.mutable_values()) {
    if (dice.chance(20)) value = dice.below(10);
  }
  return {dice.chance(50) ? test::encode_in_go_order(base) : encode_profile_proto(base),
          {.keep_apart = dice.chance(25), .normalize = dice.chance(5)}};
}

void compare_differences(std::uint32_t first_seed, std::uint32_t count, Strangeness strangeness,
                         Tally& tally) {
  for (std::uint32_t seed = first_seed; seed < first_seed + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Profile whole = random_profile(seed, strangeness);
    Dice dice(seed + 1'000'000);
    for (int i = 0; i < 3; ++i) {
      const Profile profile = some_samples(whole, dice, 80);
      const Base base = random_base(whole, dice);
      const ReportOptions options = random_options(dice, profile);
      compare(test::encode_in_go_order(profile), options, tally, &base);
      compare(encode_profile_proto(profile), options, tally, &base);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(TopStreamProperty, AgreesOnDifferences) {
  constexpr int kSeeds = fewer_if_slow(800);
  Tally tally;
  compare_differences(20'000, kSeeds, Strangeness::Plain, tally);
  EXPECT_GT(tally.usable, kSeeds * 2);
  for (const int passes : {1, 2, 3}) EXPECT_GT(tally.passes[passes], kSeeds / 8) << passes;
  EXPECT_GT(tally.inlined, kSeeds / 2);
}

TEST(TopStreamProperty, AgreesOrGivesUpOnStrangeDifferences) {
  constexpr int kSeeds = fewer_if_slow(200);
  Tally tally;
  compare_differences(30'000, kSeeds, Strangeness::Strange, tally);
  EXPECT_GT(tally.usable, 0);
}

TEST(TopStreamProperty, AgreesOrGivesUpOnStrangeProfiles) {
  constexpr int kSeeds = fewer_if_slow(120);
  Tally tally;
  compare_profiles(10'000, kSeeds, Strangeness::Strange, tally);
  EXPECT_GT(tally.usable, 0);
}

}  // namespace
}  // namespace plumb
