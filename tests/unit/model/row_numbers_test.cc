// SPDX-License-Identifier: Apache-2.0
#include "model/row_numbers.h"

#include <gtest/gtest.h>

namespace plumb {
namespace {

TEST(RowNumbers, CountFromOne) {
  const RowNumbers numbers;
  EXPECT_TRUE(numbers.are_usual());
  EXPECT_EQ(numbers.of(0), 1U);
  EXPECT_EQ(numbers.of(41), 42U);
}

TEST(RowNumbers, ContinueBehindTheLargest) {
  const RowNumbers numbers({7, 900, 3});
  EXPECT_FALSE(numbers.are_usual());
  EXPECT_EQ(numbers.of(0), 7U);
  EXPECT_EQ(numbers.of(2), 3U);
  EXPECT_EQ(numbers.of(3), 901U);
  EXPECT_EQ(numbers.of(4), 902U);
}

}  // namespace
}  // namespace plumb
