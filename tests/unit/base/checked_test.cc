// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"

#include <gtest/gtest.h>

namespace plumb {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

struct SumCase {
  std::int64_t a;
  std::int64_t b;
  std::int64_t saturating;
  std::int64_t wrapping;
};

TEST(Checked, AddsInBothWays) {
  constexpr SumCase kCases[] = {
      {1, 2, 3, 3},          {-5, 3, -2, -2},        {kMax, 0, kMax, kMax},
      {kMax, 1, kMax, kMin}, {1, kMax, kMax, kMin},  {kMin, -1, kMin, kMax},
      {kMin, kMin, kMin, 0}, {kMax, kMax, kMax, -2}, {kMin, kMax, -1, -1},
  };
  for (const SumCase& c : kCases) {
    EXPECT_EQ(add_saturating(c.a, c.b), c.saturating) << c.a << " + " << c.b;
    EXPECT_EQ(add_wrapping(c.a, c.b), c.wrapping) << c.a << " + " << c.b;
  }
}

TEST(Checked, SubtractsModulo) {
  EXPECT_EQ(subtract_wrapping(1, 3), -2);
  EXPECT_EQ(subtract_wrapping(kMax, kMin), -1);
  EXPECT_EQ(subtract_wrapping(0, kMin), kMin);
  EXPECT_EQ(subtract_wrapping(kMin, 1), kMax);
}

TEST(Checked, TheSmallestIntegerHasNoTwin) {
  EXPECT_EQ(abs_wrapping(-7), 7);
  EXPECT_EQ(abs_wrapping(7), 7);
  EXPECT_EQ(abs_wrapping(kMin + 1), kMax);
  EXPECT_EQ(abs_wrapping(kMin), kMin);
  EXPECT_EQ(abs_saturating(kMin), kMax);
  EXPECT_EQ(abs_saturating(-7), 7);
}

TEST(Checked, DividesTowardsZeroWithoutTrapping) {
  EXPECT_EQ(divide_wrapping(7, 2), 3);
  EXPECT_EQ(divide_wrapping(-7, 2), -3);
  EXPECT_EQ(divide_wrapping(7, -1), -7);
  EXPECT_EQ(divide_wrapping(kMin, -1), kMin);
  EXPECT_EQ(divide_wrapping(kMin, kMin), 1);
}

}  // namespace
}  // namespace plumb
