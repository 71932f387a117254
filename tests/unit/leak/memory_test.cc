// SPDX-License-Identifier: Apache-2.0
#include "leak/memory.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumb {
namespace {

constexpr std::uint64_t kDescriptor = 614;

TEST(MemoryAtLeast, IsTheSmallestStackAndTheDescriptor) {
  EXPECT_EQ(memory_at_least(1, 3), 2048 + kDescriptor);
  EXPECT_EQ(memory_at_least(1000, 3), 1000 * (2048 + kDescriptor));
  EXPECT_EQ(memory_at_least(1, 128), 2048 + kDescriptor);
}

TEST(MemoryAtLeast, DoublesTheStackUntilTheFramesFit) {
  EXPECT_EQ(memory_at_least(1, 129), 4096 + kDescriptor);
  EXPECT_EQ(memory_at_least(1, 10000), 262144 + kDescriptor);
}

TEST(MemoryAtLeast, SurvivesAnyNumber) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(memory_at_least(0, 3), 0u);
  EXPECT_EQ(memory_at_least(-5, 3), 0u);
  EXPECT_EQ(memory_at_least(1, kMost), (std::uint64_t{1} << 29) + kDescriptor);
  EXPECT_EQ(memory_at_least(std::numeric_limits<std::int64_t>::max(), 3), kMost);
}

}  // namespace
}  // namespace plumb
