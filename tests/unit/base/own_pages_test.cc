// SPDX-License-Identifier: Apache-2.0
#include "base/own_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace plumb {
namespace {

constexpr std::size_t kSize = 100'000;

TEST(OwnPages, AreZeroAndCanBeWritten) {
  const OwnPages pages(kSize);
  const std::span<char> bytes(pages.data(), kSize);
  EXPECT_TRUE(std::ranges::all_of(bytes, [](char byte) { return byte == 0; }));
  std::ranges::fill(bytes, 'x');
  EXPECT_EQ(bytes.back(), 'x');
}

TEST(OwnPages, MoveWithWhatIsInThem) {
  OwnPages first(kSize);
  char* const data = first.data();
  data[7] = 'y';
  OwnPages second(std::move(first));
  EXPECT_EQ(first.data(), nullptr);  // NOLINT(bugprone-use-after-move): that is asked here.
  EXPECT_EQ(second.data(), data);
  OwnPages third;
  EXPECT_EQ(third.data(), nullptr);
  third = std::move(second);
  EXPECT_EQ(third.data()[7], 'y');
  third = {};
  EXPECT_EQ(third.data(), nullptr);
}

TEST(OwnPages, RefuseMoreThanThereIs) {
  EXPECT_THROW(OwnPages(SIZE_MAX / 2), std::bad_alloc);
}

}  // namespace
}  // namespace plumb
