// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace plumb {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct IntCase {
  std::string_view text;
  std::optional<std::int64_t> value;
};

TEST(GoInt, ReadsEveryBaseOfGo) {
  const IntCase cases[] = {
      {"0", 0},
      {"42", 42},
      {"-7", -7},
      {"+7", 7},
      {"0x2a", 42},
      {"0X2A", 42},
      {"-0x1", -1},
      {"0b101", 5},
      {"0o17", 15},
      {"017", 15},
      {"00", 0},
      {"9223372036854775807", kMost},
      {"-9223372036854775808", kLeast},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"99999999999999999999", std::nullopt},
      {"08", std::nullopt},
      {"0x", std::nullopt},
      {"0b2", std::nullopt},
      {"", std::nullopt},
      {"-", std::nullopt},
      {"--1", std::nullopt},
      {"1.5", std::nullopt},
      {" 1", std::nullopt},
      {"0x-1", std::nullopt},
  };
  for (const IntCase& c : cases) EXPECT_EQ(parse_go_int(c.text), c.value) << c.text;
}

TEST(GoInt, OfADoubleNeverOverflows) {
  EXPECT_EQ(go_int64(1.9), 1);
  EXPECT_EQ(go_int64(-1.9), -1);
  EXPECT_EQ(go_int64(9.3e18), kLeast);
  EXPECT_EQ(go_int64(-9.3e18), kLeast);
  EXPECT_EQ(go_int64(-9223372036854775808.0), kLeast);
  EXPECT_EQ(go_int64(std::nan("")), kLeast);
  EXPECT_EQ(go_int64(std::numeric_limits<double>::infinity()), kLeast);
  EXPECT_EQ(multiply_wrapping(kMost, 2), -2);
}

TEST(UnsampleHeap, GivesThePoissonEstimate) {
  // 1 / (1 - exp(-1)) = 1.5819767.
  EXPECT_EQ(unsample_heap({.count = 1000, .size = 524'288'000}, 524'288),
            (HeapValues{.count = 1581, .size = 829'411'403}));
  // Blocks far larger than the rate are all sampled.
  EXPECT_EQ(unsample_heap({.count = 3, .size = 300'000'000}, 524'288),
            (HeapValues{.count = 3, .size = 300'000'000}));
  EXPECT_EQ(unsample_heap({.count = 5, .size = 50}, 1), (HeapValues{.count = 5, .size = 50}));
  EXPECT_EQ(unsample_heap({.count = 5, .size = 50}, -9), (HeapValues{.count = 5, .size = 50}));
  EXPECT_EQ(unsample_heap({.count = 5, .size = 0}, 2), HeapValues{});
  EXPECT_EQ(unsample_heap({.count = 0, .size = 5}, 1), HeapValues{});
  // Numbers that mean nothing give something.
  EXPECT_EQ(unsample_heap({.count = kMost, .size = 1}, kMost).count, kLeast);
}

TEST(HexAddresses, AreFoundBetweenAnything) {
  struct Case {
    std::string_view text;
    std::vector<std::uint64_t> addresses;
  };
  const Case cases[] = {
      {"", {}},
      {" 0x1 0xff", {1, 255}},
      {"PC: 0x00bc8f1c: helper(arg *)", {0xbc8f1c}},
      {"0x0x1", {0}},
      {"0xx0x1", {1}},
      {"00x1", {1}},
      {"0xAB 0x", {}},
      {"0xffffffffffffffff", {UINT64_MAX}},
      {"0x00000000000000000000001", {1}},
  };
  for (const Case& c : cases) {
    std::vector<std::uint64_t> addresses;
    EXPECT_TRUE(read_hex_addresses(c.text, addresses)) << c.text;
    EXPECT_EQ(addresses, c.addresses) << c.text;
  }
  std::vector<std::uint64_t> addresses;
  const auto read = read_hex_addresses("0x1 0x10000000000000000", addresses);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "0x10000000000000000 is no 64-bit number");
}

}  // namespace
}  // namespace plumb
