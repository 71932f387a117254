// SPDX-License-Identifier: Apache-2.0
#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace plumb {
namespace {

using namespace std::string_view_literals;

TEST(ByteReader, ReadsVarints) {
  struct Case {
    std::string_view name;
    std::string_view bytes;
    std::uint64_t value;
  };
  constexpr Case kCases[] = {
      {"one byte", "\x7f"sv, 127},
      {"two bytes", "\x80\x01"sv, 128},
      {"zero, padded", "\x80\x80\x00"sv, 0},
      {"the largest", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv, UINT64_MAX},
      {"more bits than fit are dropped", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv, UINT64_MAX},
      {"only bits that do not fit", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7e"sv, 0},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    ByteReader in(c.bytes);
    EXPECT_EQ(in.varint(), c.value);
    EXPECT_TRUE(in.ok());
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(in.position(), c.bytes.size());
  }
}

TEST(ByteReader, FailsOnVarintsThatDoNotEnd) {
  ByteReader cut("\x80\x80"sv, 100);
  EXPECT_EQ(cut.varint(), 0U);
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().code(), ErrorCode::Truncated);
  EXPECT_EQ(cut.error().describe(), "input ends inside a field (at byte 102)");

  const std::string eleven(11, '\x80');
  ByteReader endless(eleven);
  EXPECT_EQ(endless.varint(), 0U);
  ASSERT_FALSE(endless.ok());
  EXPECT_EQ(endless.error().code(), ErrorCode::Malformed);
  EXPECT_EQ(endless.error().describe(), "varint exceeds 10 bytes (at byte 10)");
}

TEST(ByteReader, TakesNoMoreThanThereIs) {
  const std::string_view bytes = "abcdef";
  for (std::size_t count = 0; count <= bytes.size(); ++count) {
    ByteReader in(bytes);
    EXPECT_EQ(in.take(count), bytes.substr(0, count));
    EXPECT_TRUE(in.ok());
  }
  for (const std::uint64_t count : {std::uint64_t{7}, std::uint64_t{1} << 60, UINT64_MAX}) {
    ByteReader in(bytes);
    in.take(1);
    EXPECT_EQ(in.take(count), "");
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.error().code(), ErrorCode::Truncated);
    EXPECT_EQ(in.error().offset(), 1U);
  }
}

TEST(ByteReader, StaysFailed) {
  ByteReader in("\x01\x02"sv);
  in.take(3);
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(in.varint(), 0U);
  EXPECT_EQ(in.take(1), "");
  EXPECT_EQ(in.take(0), "");
  EXPECT_EQ(in.error().code(), ErrorCode::Truncated);
}

TEST(ByteReader, CarriesOffsetsIntoNestedRecords) {
  ByteReader in("\x01\x02\x80\x04"sv, 1000);
  in.varint();
  ByteReader inner = in.nested(2);
  EXPECT_EQ(inner.offset(), 1001U);
  EXPECT_EQ(inner.varint(), 2U);
  EXPECT_EQ(inner.varint(), 0U);  // Its varint must not run on into the outer record.
  EXPECT_FALSE(inner.ok());
  EXPECT_EQ(inner.error().offset(), 1003U);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.varint(), 4U);
  EXPECT_TRUE(in.at_end());
}

TEST(ByteReader, HasNothingOfNothing) {
  ByteReader in({});
  EXPECT_TRUE(in.at_end());
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.take(0), "");
  EXPECT_TRUE(in.ok());
}

}  // namespace
}  // namespace plumb
