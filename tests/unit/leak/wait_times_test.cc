// SPDX-License-Identifier: Apache-2.0
#include "leak/wait_times.h"

#include <gtest/gtest.h>

namespace plumb {
namespace {

TEST(WaitTimes, KnowsTheOldestAndTheMedianInAnyOrder) {
  WaitTimes waits;
  EXPECT_TRUE(waits.empty());
  for (const std::uint64_t minutes : {7, 1, 3, 1, 9}) waits.add(minutes, 1);
  EXPECT_FALSE(waits.empty());
  EXPECT_EQ(waits.oldest(), 9u);
  EXPECT_EQ(waits.median(), 3u);
}

TEST(WaitTimes, WeighsTheMedianAndTakesTheLowerOfTwo) {
  WaitTimes waits;
  waits.add(0, 5);
  waits.add(10, 5);
  EXPECT_EQ(waits.median(), 0u);
  waits.add(10, 1);
  EXPECT_EQ(waits.median(), 10u);
}

TEST(WaitTimes, KnowsTheMinutesAtEachRank) {
  WaitTimes waits;
  waits.add(9, 2);
  waits.add(1, 1);
  waits.add(9, 1);
  waits.add(4, 3);
  ASSERT_EQ(waits.count(), 7u);
  std::vector<std::uint64_t> minutes;
  for (std::uint64_t rank = 0; rank < 7; ++rank) minutes.push_back(waits.at_rank(rank));
  EXPECT_EQ(minutes, (std::vector<std::uint64_t>{1, 4, 4, 4, 9, 9, 9}));
  EXPECT_EQ(waits.quantile(0), 1);
  EXPECT_EQ(waits.quantile(0.25), 4);
  EXPECT_EQ(waits.quantile(1), 9);
}

TEST(WaitTimes, IgnoresEmptyCounts) {
  WaitTimes waits;
  waits.add(5, 0);
  EXPECT_TRUE(waits.empty());
  EXPECT_EQ(waits.oldest(), 0u);
  EXPECT_EQ(waits.median(), 0u);
}

TEST(WaitTimes, StaysExactWhileItMerges) {
  WaitTimes waits;
  for (std::uint64_t i = 0; i < 10000; ++i) waits.add(i * 7919 % 1000, 1);
  EXPECT_EQ(waits.oldest(), 999u);
  EXPECT_EQ(waits.median(), 499u);
}

TEST(WaitTimes, Saturates) {
  WaitTimes waits;
  waits.add(std::uint64_t{1} << 40, std::uint64_t{1} << 40);
  waits.add(std::uint64_t{1} << 50, 1);
  waits.add(3, UINT32_MAX);
  waits.add(3, 1);
  EXPECT_EQ(waits.oldest(), UINT32_MAX);
  EXPECT_EQ(waits.count(), 2 * std::uint64_t{UINT32_MAX});
  EXPECT_EQ(waits.median(), 3u);
}

}  // namespace
}  // namespace plumb
