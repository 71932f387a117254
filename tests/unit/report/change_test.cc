// SPDX-License-Identifier: Apache-2.0
#include "report/change.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace plumb {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

TEST(Change, HasAKind) {
  EXPECT_EQ(to_string(change_kind(0, 5)), "came");
  EXPECT_EQ(to_string(change_kind(5, 0)), "ended");
  EXPECT_EQ(to_string(change_kind(5, 6)), "grew");
  EXPECT_EQ(to_string(change_kind(5, -6)), "shrank");
  EXPECT_EQ(to_string(change_kind(5, 5)), "same");
}

TEST(Change, IsRelativeToWhatWasBefore) {
  EXPECT_EQ(relative_change(100, 112), "+12%");
  EXPECT_EQ(relative_change(3, 4), "+33.33%");
  EXPECT_EQ(relative_change(4, 0), "-100%");
  EXPECT_EQ(relative_change(0, 7), "new");
  EXPECT_EQ(relative_change(7, 7), "");
  EXPECT_EQ(relative_change(-4, -2), "+50%");
  EXPECT_EQ(relative_change(-4, -8), "-100%");
  EXPECT_FALSE(relative_change(kMin, kMax).empty());
}

struct LeastCase {
  std::string_view text;
  std::string_view unit;
  std::int64_t total;
  std::int64_t least;
};

TEST(LeastChange, TakesUnitsAndPercent) {
  constexpr LeastCase kCases[] = {
      {"1", "count", 10, 1},
      {"0", "count", 10, 0},
      {"2.5", "count", 10, 3},
      {"10%", "count", 1234, 124},
      {"10%", "count", -100, 10},
      {"5MB", "bytes", 0, 5 << 20},
      {"2s", "nanoseconds", 0, 2'000'000'000},
      {"1.5ms", "microseconds", 0, 1500},
      {"1e300", "count", 0, 9'000'000'000'000'000'000},
  };
  for (const LeastCase& c : kCases) {
    const auto least = parse_least_change(c.text, c.unit, c.total);
    ASSERT_TRUE(least.has_value()) << c.text;
    EXPECT_EQ(*least, c.least) << c.text << " of " << c.unit;
  }
}

TEST(LeastChange, RefusesEverythingElse) {
  for (const std::string_view text : {"", "x", "-1", "5 MB", "5s", "nan", "inf", "5%%", "%"}) {
    const auto least = parse_least_change(text, "bytes", 100);
    EXPECT_FALSE(least.has_value()) << text;
  }
  EXPECT_FALSE(parse_least_change("5MB", "count", 0).has_value());
}

}  // namespace
}  // namespace plumb
