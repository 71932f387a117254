// SPDX-License-Identifier: Apache-2.0
#include "base/varint.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumb {
namespace {

std::vector<std::uint8_t> encoded(std::uint64_t value) {
  std::vector<std::uint8_t> bytes;
  append_varint(bytes, value);
  return bytes;
}

TEST(Varint, HasSevenBitsInEachByte) {
  EXPECT_EQ(encoded(0), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(encoded(127), (std::vector<std::uint8_t>{0x7F}));
  EXPECT_EQ(encoded(128), (std::vector<std::uint8_t>{0x80, 1}));
  EXPECT_EQ(encoded(300), (std::vector<std::uint8_t>{0xAC, 2}));
  EXPECT_EQ(encoded(UINT64_MAX).size(), 10U);
}

TEST(Varint, ReadsBackWhatItWrote) {
  std::string bytes;
  std::vector<std::uint64_t> values;
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t near : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      values.push_back((std::uint64_t{1} << bit) + near);
      append_varint(bytes, values.back());
    }
  }
  const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
  for (const std::uint64_t value : values) ASSERT_EQ(read_varint_trusted(at), value);
  EXPECT_EQ(reinterpret_cast<const char*>(at), bytes.data() + bytes.size());
}

}  // namespace
}  // namespace plumb
