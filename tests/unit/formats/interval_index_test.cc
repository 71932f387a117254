// SPDX-License-Identifier: Apache-2.0
#include "formats/interval_index.h"

#include <gtest/gtest.h>

#include <random>

namespace plumb {
namespace {

TEST(IntervalIndex, OfNothingFindsNothing) {
  EXPECT_EQ(IntervalIndex().find(0), kNone);
  IntervalIndex index({5, 5});
  index.add(5, 5, 0);
  EXPECT_EQ(index.find(5), kNone);
}

TEST(IntervalIndex, KnowsTheWholeSpaceOfAddresses) {
  IntervalIndex index({0, UINT64_MAX});
  index.add(0, UINT64_MAX, 7);
  EXPECT_EQ(index.find(0), 7u);
  EXPECT_EQ(index.find(UINT64_MAX - 1), 7u);
  EXPECT_EQ(index.find(UINT64_MAX), kNone);
}

TEST(IntervalIndex, FindsTheFirstOfOverlappingRanges) {
  struct Range {
    std::uint64_t start;
    std::uint64_t limit;
  };
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<Range> ranges(random() % 12);
    std::vector<std::uint64_t> bounds;
    for (Range& range : ranges) {
      range = {random() % 40, random() % 40};
      bounds.insert(bounds.end(), {range.start, range.limit});
    }
    IntervalIndex index(bounds);
    // In any order: what counts is the index.
    for (std::uint32_t i = static_cast<std::uint32_t>(ranges.size()); i-- > 0;) {
      index.add(ranges[i].start, ranges[i].limit, i);
    }
    for (std::uint64_t address = 0; address < 42; ++address) {
      std::uint32_t expected = kNone;
      for (std::uint32_t i = 0; i < ranges.size(); ++i) {
        const bool covers = ranges[i].start <= address && address < ranges[i].limit;
        if (covers && expected == kNone) expected = i;
      }
      ASSERT_EQ(index.find(address), expected) << "seed " << seed << " address " << address;
    }
  }
}

}  // namespace
}  // namespace plumb
