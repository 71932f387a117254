// SPDX-License-Identifier: Apache-2.0
#include "base/cancellation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/parallel.h"

namespace plumb {
namespace {

TEST(Cancellation, NobodyCallsOffWhatNobodyAsksFor) {
  EXPECT_FALSE(is_cancelled());
  EXPECT_FALSE(is_cancelled_at(0));
}

TEST(Cancellation, HoldsForItsScopeAlone) {
  Cancellation cancellation([] { return true; });
  {
    const CancellationScope scope(&cancellation);
    EXPECT_TRUE(is_cancelled());
    {
      const CancellationScope inner(nullptr);
      EXPECT_FALSE(is_cancelled());
    }
    EXPECT_TRUE(is_cancelled());
  }
  EXPECT_FALSE(is_cancelled());
  EXPECT_TRUE(cancellation.is_cancelled());
}

TEST(Cancellation, IsForEver) {
  int asked = 0;
  Cancellation cancellation([&] { return ++asked == 1; });
  const CancellationScope scope(&cancellation);
  EXPECT_TRUE(is_cancelled());
  EXPECT_TRUE(is_cancelled());
  EXPECT_EQ(asked, 1);
}

TEST(Cancellation, IsNotAskedForEachRow) {
  int asked = 0;
  Cancellation cancellation([&] {
    ++asked;
    return false;
  });
  const CancellationScope scope(&cancellation);
  for (std::size_t row = 0; row < 1'000'000; ++row) EXPECT_FALSE(is_cancelled_at(row));
  EXPECT_GE(asked, 1);
  EXPECT_LE(asked, 1 + 1'000'000 / static_cast<int>(kRowsBetweenQuestions));
}

TEST(Cancellation, EndsTheWorkOfBothThreads) {
  std::atomic<std::size_t> rows{0};
  Cancellation cancellation([&] { return rows > 100; });
  const CancellationScope scope(&cancellation);
  for_two_parts(1'000'000'000'000, 2'000'000'000'000, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !is_cancelled(); ++i) ++rows;
  });
  EXPECT_TRUE(cancellation.is_cancelled());
  EXPECT_GT(rows, 100u);
}

}  // namespace
}  // namespace plumb
