// SPDX-License-Identifier: Apache-2.0
#include "formats/hex_digits.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <string>

namespace plumb {
namespace {

std::string padded(const std::string& text) {
  return text + std::string(kHexSlackBytes, 'f');
}

TEST(HexDigits, ReadsNumbersOfEveryLength) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 5000; ++round) {
    const std::uint64_t number = random() >> (round % 3 == 0 ? random() % 64 : 4 * (round / 500));
    char digits[20];
    std::snprintf(digits, sizeof digits, "%llx", static_cast<unsigned long long>(number));
    const std::string text = padded(std::string(digits) + ' ');
    const char* const end = text.data() + std::string(digits).size();
    std::uint64_t value = 0;
    ASSERT_EQ(read_hex_digits(text.data(), value), end) << digits;
    ASSERT_EQ(value, number);
  }
}

TEST(HexDigits, StopsAtEveryByteThatIsNoDigit) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) continue;
    for (std::size_t before = 0; before <= 16; ++before) {
      const std::string text = padded(std::string(before, '7') + c);
      std::uint64_t value = 0;
      ASSERT_EQ(read_hex_digits(text.data(), value), text.data() + before) << byte;
    }
  }
}

TEST(HexDigits, StopsBehindTheSixteenthDigit) {
  const std::string text = padded("123456789abcdef01");
  std::uint64_t value = 0;
  EXPECT_EQ(read_hex_digits(text.data(), value), text.data() + 16);
  EXPECT_EQ(value, 0x123456789abcdef0u);
}

}  // namespace
}  // namespace plumb
