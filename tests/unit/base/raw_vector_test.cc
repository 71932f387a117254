// SPDX-License-Identifier: Apache-2.0
#include "base/raw_vector.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <new>
#include <numeric>
#include <utility>
#include <vector>

namespace plumb {
namespace {

template <typename T>
std::vector<T> elements(const RawVector<T>& vector) {
  return {vector.begin(), vector.end()};
}

TEST(RawVector, HoldsWhatIsAppendedWhileItGrows) {
  RawVector<std::uint64_t> vector;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 0; i < 300'000; ++i) {  // Past the size from which pages are moved.
    vector.push_back(i * i);
    expected.push_back(i * i);
    if (i % 1000 != 0) continue;
    const std::uint64_t more[] = {i, i + 1, i + 2};
    vector.append(more);
    expected.insert(expected.end(), more, more + 3);
  }
  EXPECT_EQ(elements(vector), expected);
}

TEST(RawVector, KeepsTheFrontWhenItIsResized) {
  RawVector<std::uint8_t> vector;
  vector.resize(10);
  std::iota(vector.begin(), vector.end(), std::uint8_t{1});
  vector.resize(100'000);
  EXPECT_EQ(vector.size(), 100'000U);
  vector.resize(3);
  EXPECT_EQ(elements(vector), (std::vector<std::uint8_t>{1, 2, 3}));
  vector.clear();
  EXPECT_TRUE(vector.empty());
  EXPECT_GE(vector.capacity(), 100'000U);
}

TEST(RawVector, CopiesAreApart) {
  RawVector<int> first;
  first.assign(3, 7);
  RawVector<int> second = first;
  second[1] = 8;
  second.push_back(9);
  EXPECT_EQ(elements(first), (std::vector<int>{7, 7, 7}));
  EXPECT_EQ(elements(second), (std::vector<int>{7, 8, 7, 9}));
  first = second;
  EXPECT_EQ(elements(first), elements(second));
}

TEST(RawVector, LeavesNothingBehindWhenMoved) {
  RawVector<int> first;
  first.assign(5, 1);
  const int* const data = first.data();
  RawVector<int> second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  first.push_back(2);
  EXPECT_EQ(elements(first), std::vector<int>{2});
}

TEST(RawVector, TakesNothingWhenNothingIsAppended) {
  RawVector<int> vector;
  vector.append({});
  vector.assign(0, 1);
  EXPECT_EQ(vector.data(), nullptr);
}

TEST(RawVector, SaysWhenThereIsNoRoom) {
  RawVector<std::uint64_t> vector;
  vector.push_back(1);
  EXPECT_THROW(vector.resize(SIZE_MAX / 8), std::bad_alloc);
  EXPECT_THROW(vector.reserve(SIZE_MAX), std::bad_alloc);
  EXPECT_EQ(elements(vector), std::vector<std::uint64_t>{1});
}

TEST(RawVector, AsksTheHandlerWhenThereIsNoRoom) {
  struct NoRoom {};
  RawVector<char> vector;
  const std::new_handler before = std::set_new_handler([] { throw NoRoom(); });
  EXPECT_THROW(vector.reserve(SIZE_MAX), NoRoom);
  std::set_new_handler(before);
}

}  // namespace
}  // namespace plumb
