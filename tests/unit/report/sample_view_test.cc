// SPDX-License-Identifier: Apache-2.0
#include "report/sample_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// --- Which column ------------------------------------------------------------------------------

struct IndexCase {
  std::string_view name;
  std::string_view option;
  std::string_view default_type;
  std::string_view answer;  // The index, or the error.
};

constexpr IndexCase kIndexCases[] = {
    {"no option: the last", "", "", "3"},
    {"no option: the default", "", "alloc_objects", "0"},
    {"no option: an unknown default", "", "x", "3"},
    {"by number", "2", "", "2"},
    {"by number with a sign", "+1", "", "1"},
    {"minus zero", "-0", "", "0"},
    {"by name", "alloc_space", "", "1"},
    {"by name behind inuse_", "inuse_space", "", "3"},
    {"the option wins over the default", "objects", "alloc_objects", "2"},
    {"a number that is too large", "4", "", "sample_index 4 is outside the range [0..3]"},
    {"a negative number", "-1", "", "sample_index -1 is outside the range [0..3]"},
    {"not a number", "1x", "",
     "sample_index \"1x\" must be one of: [alloc_objects alloc_space objects space]"},
    {"two signs", "+-1", "",
     "sample_index \"+-1\" must be one of: [alloc_objects alloc_space objects space]"},
    {"a sign alone", "+", "",
     "sample_index \"+\" must be one of: [alloc_objects alloc_space objects space]"},
    {"an unknown name", "cpu", "",
     "sample_index \"cpu\" must be one of: [alloc_objects alloc_space objects space]"},
};

TEST(FindSampleIndex, TakesNumbersAndNames) {
  const std::vector<std::string_view> types = {"alloc_objects", "alloc_space", "objects", "space"};
  for (const IndexCase& c : kIndexCases) {
    const auto index = find_sample_index(types, c.default_type, c.option);
    const std::string answer = index ? std::to_string(*index) : index.error().message();
    EXPECT_EQ(answer, c.answer) << c.name;
    if (index) continue;
    EXPECT_EQ(index.error().code(), ErrorCode::Usage) << c.name;
  }
}

TEST(FindSampleIndex, NeedsATypeAtAll) {
  const auto index = find_sample_index({}, "", "");
  ASSERT_FALSE(index.has_value());
  EXPECT_EQ(index.error().message(), "profile has no samples");
}

TEST(FindSampleIndex, PrefersTheExactNameThatComesFirst) {
  const std::vector<std::string_view> types = {"space", "inuse_space"};
  EXPECT_EQ(*find_sample_index(types, "", "inuse_space"), 0U);
}

// --- The total ---------------------------------------------------------------------------------

ProfileMaker delays() {
  ProfileMaker make("contentions", "count");
  make.add_type("delay", "nanoseconds");
  return make;
}

TEST(SelectSamples, AddsUpMagnitudes) {
  ProfileMaker make;
  make.add(10, "a").add(-4, "b").add(0, "").add(1, "");
  const auto view = select_samples(make.profile, {});
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->total, 15);
  EXPECT_EQ(view->type, "samples");
  EXPECT_EQ(view->format.sample_unit, "count");
  EXPECT_EQ(view->weights.value, 0U);
  EXPECT_FALSE(view->weights.divisor.has_value());
}

TEST(SelectSamples, DividesTheTotalForMeans) {
  ProfileMaker make = delays();
  make.add({3, 100}, "a").add({-1, -50}, "b");
  const auto view = select_samples(make.profile, {.mean = true});
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->total, 75);  // 150 by 3 - 1: the divisor has signs.
  EXPECT_EQ(view->type, "mean_delay");
  EXPECT_EQ(view->weights.divisor, 0U);

  ProfileMaker zero = delays();
  zero.add({1, 100}, "a").add({-1, 50}, "b");
  EXPECT_EQ(select_samples(zero.profile, {.mean = true})->total, 150);  // Nothing to divide by.
}

TEST(SelectSamples, TakesTheBaseOfADiffForTheTotal) {
  ProfileMaker make;
  make.add(10, "a").add(-4, "b", {make.text_label("pprof::base", "true")}).add(2, "a");
  EXPECT_EQ(select_samples(make.profile, {})->total, 4);

  ProfileMaker other;
  other.add(10, "a").add(-4, "b", {other.text_label("pprof::base", "yes")});
  EXPECT_EQ(select_samples(other.profile, {})->total, 14);

  ProfileMaker empty_base;
  empty_base.add(10, "a").add(0, "b", {empty_base.text_label("pprof::base", "true")});
  EXPECT_EQ(select_samples(empty_base.profile, {})->total, 10);
}

TEST(SelectSamples, SurvivesTheLargestNumbers) {
  ProfileMaker make = delays();
  make.add({-1, INT64_MIN}, "a");
  EXPECT_EQ(select_samples(make.profile, {})->total, INT64_MIN);
  EXPECT_EQ(select_samples(make.profile, {.mean = true})->total, INT64_MIN);
}

TEST(SelectSamples, RefusesDivisorZero) {
  ProfileMaker make;
  const auto view = select_samples(make.profile, {.divide_by = 0});
  ASSERT_FALSE(view.has_value());
  EXPECT_EQ(view.error().code(), ErrorCode::Usage);
  EXPECT_EQ(view.error().message(), "zero divisor specified");
}

// --- Values as text ----------------------------------------------------------------------------

TEST(ValueFormat, AppliesOnlyUsefulRatios) {
  struct Case {
    double divide_by;
    std::string_view text;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {1, "1000"},
      {10, "100"},
      {3, "333"},
      {0.5, "2000"},
      {1e9, "0"},
      {-10, "1000"},
      {kInfinity, "1000"},
      {std::nan(""), "1000"},
      {1e-300, "-9223372036854775808"},
  };
  for (const Case& c : cases) {
    ProfileMaker make;
    make.add(1000, "a");
    const auto view = select_samples(make.profile, {.divide_by = c.divide_by});
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->format(1000), c.text) << c.divide_by;
  }
}

struct UnitCase {
  std::string_view name;
  std::string_view sample_unit;
  std::string_view option;
  std::int64_t smallest;
  std::int64_t total;
  std::string_view unit;
};

constexpr UnitCase kUnitCases[] = {
    {"the smallest value's", "nanoseconds", "minimum", 2'000'000, 9'000'000, "ms"},
    {"of a hundredfold if the total is far away", "nanoseconds", "minimum", 20'000'000,
     9'000'000'000, "s"},
    {"not far enough", "nanoseconds", "minimum", 20'000'000, 2'000'000'000, "ms"},
    {"one nanosecond beside hours", "nanoseconds", "minimum", 1, 20'000'000'000'000, "ns"},
    {"no value: the total's", "bytes", "minimum", 0, 5000, "kB"},
    {"nothing at all", "bytes", "minimum", 0, 0, "B"},
    {"counts", "count", "minimum", 5, 100, "count"},
    {"unknown units", "widgets", "minimum", 5, 100, "widgets"},
    {"no unit", "", "minimum", 5, 100, ""},
    {"another option", "nanoseconds", "auto", 5, 100, "auto"},
    {"a unit by name", "nanoseconds", "s", 5, 100, "s"},
};

TEST(ChooseOutputUnit, FitsTheSmallestValue) {
  for (const UnitCase& c : kUnitCases) {
    ValueFormat format{std::string(c.sample_unit), std::string(c.option), 1};
    choose_output_unit(format, c.smallest, c.total);
    EXPECT_EQ(format.output_unit, c.unit) << c.name;
  }
}

// Either it says the same for all values between, or that it cannot tell.
TEST(ChooseOutputUnit, WithinBoundsIsWhatItIsForEach) {
  std::vector<std::int64_t> values;
  for (std::int64_t value = 1; value < INT64_MAX / 20; value *= 10) {
    for (const std::int64_t times : {1, 3, 6, 9}) values.push_back(value * times);
  }
  std::size_t told = 0;
  for (std::size_t least = 0; least < values.size(); ++least) {
    for (std::size_t most = least; most < std::min(least + 20, values.size()); ++most) {
      for (std::size_t total = most; total < values.size(); total += 3) {
        ValueFormat within{"nanoseconds", "minimum", 1};
        if (!choose_output_unit_within(within, values[least], values[most], values[total])) {
          EXPECT_EQ(within.output_unit, "minimum");
          continue;
        }
        ++told;
        for (std::size_t smallest = least; smallest <= most; ++smallest) {
          ValueFormat format{"nanoseconds", "minimum", 1};
          choose_output_unit(format, values[smallest], values[total]);
          ASSERT_EQ(within.output_unit, format.output_unit)
              << values[smallest] << " of " << values[total];
        }
      }
    }
  }
  EXPECT_GT(told, 1000u);
}

TEST(ChooseOutputUnit, WithinBoundsLeavesAUnitThatWasAskedFor) {
  ValueFormat format{"nanoseconds", "ms", 1};
  EXPECT_TRUE(choose_output_unit_within(format, 1, 5'000'000'000, 6'000'000'000));
  EXPECT_EQ(format.output_unit, "ms");
}

TEST(ChooseOutputUnit, ScalesFirst) {
  ValueFormat format{"nanoseconds", "minimum", 1e-6};
  choose_output_unit(format, 5'000'000'000, 5'000'000'000);
  EXPECT_EQ(format.output_unit, "us");
}

// --- The lines above a report ------------------------------------------------------------------

class HeaderLines : public testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC0", 1);
    tzset();
  }
  void TearDown() override {
    unsetenv("TZ");
    tzset();
  }
};

std::vector<std::string> lines_of(const ProfileMaker& make, const ReportOptions& options = {}) {
  const auto view = select_samples(make.profile, options);
  if (!view) return {view.error().message()};
  return header_lines(header_of(make.profile), *view);
}

using Lines = std::vector<std::string>;

TEST_F(HeaderLines, SayWhatIsThere) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(60'000'000, "@/usr/bin/server main");
  Profile& profile = make.profile;
  profile.mappings[0].build_id = profile.strings.intern("abc");
  profile.comments = {profile.strings.intern("# hidden"), profile.strings.intern("shown"), {}};
  profile.doc_url = profile.strings.intern("https://example.org");
  profile.time_nanos = 1'795'370'151'000'000'000;
  profile.duration_nanos = 1'100'000'000;
  EXPECT_EQ(lines_of(make), (Lines{"File: server", "Build ID: abc", "shown", "", "Type: cpu",
                                   "Doc: https://example.org", "Time: 2026-11-22 17:55:51 UTC",
                                   "Duration: 1.10s, Total samples = 60ms ( 5.45%)"}));
}

TEST_F(HeaderLines, MayBeNone) {
  ProfileMaker make("", "");
  make.add(1, "main");
  EXPECT_EQ(lines_of(make), Lines{});
  EXPECT_EQ(lines_of(make, {.mean = true}), Lines{"Type: mean_"});
}

TEST_F(HeaderLines, TakeTheFirstMappingOnly) {
  ProfileMaker make;
  make.add(1, "@ a;@/bin/x b");
  EXPECT_EQ(lines_of(make), Lines{"Type: samples"});
}

struct DurationCase {
  std::string_view name;
  std::string_view unit;
  std::int64_t value;
  std::int64_t duration;
  std::string_view line;
};

constexpr DurationCase kDurationCases[] = {
    {"all of the time", "nanoseconds", 5'000'000'000, 5'000'000'000,
     "Duration: 5s, Total samples = 5s (  100%)"},
    {"another unit of time", "ms", 50, 5'000'000'000,
     "Duration: 5s, Total samples = 50ms ( 1.00%)"},
    {"no time: no share, but a blank", "count", 41, 30'000'000'000,
     "Duration: 30s, Total samples = 41 "},
    {"nothing: no share either", "nanoseconds", 0, 30'000'000'000,
     "Duration: 30s, Total samples = 0 "},
    {"negative duration", "count", 1, -1'000'000'000, "Duration: -1s, Total samples = 1 "},
};

TEST_F(HeaderLines, CompareTimesWithTheDuration) {
  for (const DurationCase& c : kDurationCases) {
    ProfileMaker make("x", c.unit);
    make.add(c.value, "main");
    make.profile.duration_nanos = c.duration;
    EXPECT_EQ(lines_of(make).back(), c.line) << c.name;
  }
}

}  // namespace
}  // namespace plumb
