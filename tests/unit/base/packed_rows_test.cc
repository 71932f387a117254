// SPDX-License-Identifier: Apache-2.0
#include "base/packed_rows.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace plumb {
namespace {

struct Row {
  std::uint64_t a = 0;
  std::uint32_t b = 0;

  [[nodiscard]] std::array<std::uint64_t, 2> numbers() const { return {a, b}; }
  static Row from(const std::array<std::uint64_t, 2>& all) {
    return {all[0], static_cast<std::uint32_t>(all[1])};
  }
};

std::vector<std::array<std::uint64_t, 2>> all_of(const PackedRows<Row>& rows) {
  std::vector<std::array<std::uint64_t, 2>> all;
  for (const Row& row : rows) all.push_back(row.numbers());
  return all;
}

TEST(PackedRows, HaveNoneAtFirst) {
  const PackedRows<Row> rows;
  EXPECT_TRUE(rows.empty());
  EXPECT_TRUE(all_of(rows).empty());
  EXPECT_EQ(rows.memory_bytes(), 0u);
}

// Differences around the lengths at which they take more bytes, up and down.
TEST(PackedRows, KeepNumbersOfAnySize) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  PackedRows<Row> rows;
  std::vector<std::array<std::uint64_t, 2>> want;
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{127}, std::uint64_t{128},
        std::uint64_t{129}, std::uint64_t{32767}, std::uint64_t{32768}, std::uint64_t{32769},
        kMost / 2, kMost / 2 + 1, kMost / 2 + 2, kMost - 1, kMost}) {
    for (const std::uint64_t from : {std::uint64_t{0}, size, kMost - size}) {
      want.push_back({from, 7});
      want.push_back({from + size, static_cast<std::uint32_t>(size)});
    }
  }
  for (const auto& numbers : want) rows.push_back(Row::from(numbers));
  EXPECT_EQ(all_of(rows), want);
  EXPECT_EQ(rows.back().numbers(), want.back());
  EXPECT_EQ(rows[3].numbers(), want[3]);
}

TEST(PackedRows, TakeLittleForSmallDifferencesInAnyNumberOfBlocks) {
  constexpr std::uint64_t kRows = 200'000;
  PackedRows<Row> rows;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    rows.push_back({i * 20, static_cast<std::uint32_t>(i % 9)});
  }
  EXPECT_EQ(rows.size(), kRows);
  EXPECT_LT(rows.memory_bytes(), 4 * kRows);
  std::uint64_t i = 0;
  for (const Row& row : rows) {
    ASSERT_EQ(row.a, i * 20);
    ASSERT_EQ(row.b, i % 9);
    ++i;
  }
  EXPECT_EQ(i, kRows);
}

TEST(PackedRows, AreDrainedInOrder) {
  constexpr std::uint64_t kRows = 50'000;
  PackedRows<Row> rows;
  for (std::uint64_t i = 0; i < kRows; ++i) rows.push_back({i * i, 3});
  std::uint64_t i = 0;
  rows.drain([&](const Row& row) {
    ASSERT_EQ(row.a, i * i);
    ASSERT_EQ(row.b, 3u);
    ++i;
  });
  EXPECT_EQ(i, kRows);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(rows.memory_bytes(), 0u);
  rows.push_back({5, 6});
  EXPECT_EQ(all_of(rows), (std::vector<std::array<std::uint64_t, 2>>{{5, 6}}));
}

TEST(PackedRows, AreEmptyAfterTheyWereMoved) {
  PackedRows<Row> rows = {{1, 2}, {3, 4}};
  const PackedRows<Row> others = std::move(rows);
  EXPECT_EQ(others.size(), 2u);
  rows.clear();
  rows.push_back({5, 6});
  EXPECT_EQ(all_of(rows), (std::vector<std::array<std::uint64_t, 2>>{{5, 6}}));
}

TEST(RowCodec, SaysBeforeHowManyBytesARowTakes) {
  using Codec = RowCodec<3>;
  std::array<char, Codec::kMostBytes> bytes{};
  const Codec::Numbers before = {1000, 7, 3};
  for (const std::uint64_t step : {0, 1, 63, 64, 127, 128, 300, 40'000, 5'000'000}) {
    const Codec::Numbers row = {1000 + step, 7, 3 - step};
    const auto size =
        static_cast<std::size_t>(Codec::write(bytes.data(), before, row) - bytes.data());
    EXPECT_EQ(Codec::size(before, row), size);
    Codec::Numbers read = before;
    EXPECT_EQ(Codec::read(bytes.data(), read), bytes.data() + size);
    EXPECT_EQ(read, row);
  }
}

// Those behind the first three take nothing where they are as before.
TEST(RowCodec, WritesWhatSeldomChangesOnlyThen) {
  using Codec = RowCodec<7>;
  std::array<char, Codec::kMostBytes> bytes{};
  const Codec::Numbers before = {1000, 7, 3, 9, 0, 1, 1};
  const std::vector<std::pair<Codec::Numbers, std::size_t>> cases = {
      {{1004, 7, 3, 9, 0, 1, 1}, 2},
      {{1004, 8, 2, 9, 0, 1, 1}, 4},
      {{1004, 7, 3, 9, 0, 1, 2}, 5},
      {{1004, 7, 3, UINT64_MAX, 0xc000012000, 0, 0}, 15},
  };
  for (const auto& [row, want] : cases) {
    const auto size =
        static_cast<std::size_t>(Codec::write(bytes.data(), before, row) - bytes.data());
    EXPECT_EQ(size, want);
    EXPECT_EQ(Codec::size(before, row), size);
    Codec::Numbers read = before;
    EXPECT_EQ(Codec::read(bytes.data(), read), bytes.data() + size);
    EXPECT_EQ(read, row);
  }
}

}  // namespace
}  // namespace plumb
