// SPDX-License-Identifier: Apache-2.0
#include "formats/wait_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <vector>

namespace plumb {
namespace {

std::vector<WaitCount> sorted(const std::map<std::uint32_t, std::uint32_t>& counts) {
  std::vector<WaitCount> waits;
  for (const auto& [minutes, goroutines] : counts) waits.push_back({minutes, goroutines});
  return waits;
}

void expect_equal(const std::vector<WaitCount>& got, const std::vector<WaitCount>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].minutes, want[i].minutes);
    EXPECT_EQ(got[i].goroutines, want[i].goroutines);
  }
}

TEST(WaitTable, CountsExactly) {
  WaitTable table;
  std::map<std::uint32_t, std::uint32_t> want;
  std::uint32_t minutes = 1;
  for (int i = 0; i < 20000; ++i) {
    minutes = minutes * 1664525U + 1013904223U;
    const std::uint32_t some = i % 3 == 0 ? 0 : i % 3 == 1 ? minutes >> 22 : minutes;
    table.add(some);
    ++want[some];
  }
  expect_equal(table.sorted(), sorted(want));
}

TEST(WaitTable, SaysHowMuchItGrew) {
  WaitTable table;
  EXPECT_EQ(table.add(0), 0U);
  EXPECT_GT(table.add(1), 0U);
  EXPECT_EQ(table.add(1), 0U);
}

TEST(WaitTable, IsEmptyAtFirst) {
  EXPECT_TRUE(WaitTable().sorted().empty());
}

}  // namespace
}  // namespace plumb
