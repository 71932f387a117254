// SPDX-License-Identifier: Apache-2.0
#include "graph/cell_sums.h"

#include <gtest/gtest.h>

#include "support/make_profile.h"

namespace plumb {
namespace {

TEST(CellSums, CountEachSampleOnceForACell) {
  test::ProfileMaker make;
  make.add(5, "a;b;a").add(2, "b").add(0, "a");
  const LocationId a = make.location("a");
  CellMap cells(make.profile.locations.size());
  for (std::uint32_t i = 0; i < make.profile.locations.size(); ++i) {
    cells.add(0, true);                           // Everything.
    if (LocationId{i} == a) cells.add(1, true);   // Location a.
    if (LocationId{i} == a) cells.add(2, false);  // The same, without own values.
    cells.end_location(i);
  }
  const std::vector<Node> sums = sum_cells(make.profile, {}, cells);
  ASSERT_EQ(sums.size(), 3U);
  EXPECT_EQ(sums[0].flat, 7);
  EXPECT_EQ(sums[0].cum, 7);
  EXPECT_EQ(sums[1].flat, 5);
  EXPECT_EQ(sums[1].cum, 5);
  EXPECT_EQ(sums[2].flat, 0);
  EXPECT_EQ(sums[2].cum, 5);
}

TEST(CellSums, OfNothingAreNothing) {
  EXPECT_TRUE(sum_cells(Profile(), {}, CellMap(0)).empty());
}

}  // namespace
}  // namespace plumb
