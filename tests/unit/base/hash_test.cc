// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace plumb {
namespace {

TEST(HashBytes, DependsOnTheBytesOnly) {
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string text(size, 'a');
    const std::string elsewhere = "12345" + text + "tail";
    EXPECT_EQ(hash_bytes(text), hash_bytes(std::string_view(elsewhere).substr(5, size))) << size;
  }
  EXPECT_EQ(hash_bytes({}), hash_bytes(""));
}

TEST(HashBytes, DependsOnEveryBit) {
  for (std::size_t size = 1; size < 70; ++size) {
    const std::string text(size, 'a');
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      std::string other = text;
      other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
      ASSERT_NE(hash_bytes(text), hash_bytes(other)) << size << " bytes, bit " << bit;
    }
  }
}

TEST(HashBytes, DependsOnLengthAndSeed) {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 100; ++size) {
    seen.insert(hash_bytes(std::string(size, '\0'), 1));
    seen.insert(hash_bytes(std::string(size, '\0'), 2));
  }
  EXPECT_EQ(seen.size(), 200U);
}

TEST(HashBytes, SpreadsOverTheLowBits) {
  constexpr std::size_t kBuckets = 1024;
  std::set<std::uint64_t> used;
  for (std::size_t i = 0; i < kBuckets * 4; ++i) {
    used.insert(hash_bytes("main.function" + std::to_string(i), 7) % kBuckets);
  }
  // A random function leaves 1 in 55 buckets empty.
  EXPECT_GT(used.size(), kBuckets * 9 / 10);
}

TEST(HashMix, DependsOnBothWords) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 64; ++a) {
    for (std::uint64_t b = 0; b < 64; ++b) seen.insert(hash_mix(a, b));
  }
  EXPECT_EQ(seen.size(), 64U * 64U);
}

}  // namespace
}  // namespace plumb
