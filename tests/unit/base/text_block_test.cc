// SPDX-License-Identifier: Apache-2.0
#include "base/text_block.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace plumb {
namespace {

TEST(TextBlock, HandsOnWhatWasWrittenInOrder) {
  StringWriter out;
  TextBlock block(out);
  std::string expected = "before ";
  out << "before ";
  for (int i = 0; i < 100'000; ++i) {
    char* at = block.room(kDecimalBytes + 1);
    at = write_decimal(at, i);
    *at++ = '\n';
    block.commit(at);
    expected += std::to_string(i) + '\n';
  }
  block.append({});
  block.append("end");
  block.flush();
  EXPECT_EQ(out.text(), expected + "end");
}

TEST(TextBlock, TakesTextsLargerThanABlock) {
  const std::string large(1'000'000, 'x');
  StringWriter out;
  TextBlock block(out);
  block.append("a");
  block.append(large);
  block.append("b");
  block.flush();
  block.flush();
  EXPECT_EQ(out.text(), "a" + large + "b");
}

TEST(WriteDecimal, PadsOnTheLeft) {
  char text[32];
  const auto written = [&](std::int64_t number, std::size_t width) {
    return std::string(text, write_decimal_right(text, number, width));
  };
  EXPECT_EQ(written(0, 3), "  0");
  EXPECT_EQ(written(-17, 3), "-17");
  EXPECT_EQ(written(12345, 3), "12345");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min(), 10), "-9223372036854775808");
}

}  // namespace
}  // namespace plumb
