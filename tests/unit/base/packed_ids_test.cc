// SPDX-License-Identifier: Apache-2.0
// The decoder is chosen once for each run of the program: ctest runs these for every instruction
// set (tests/property/CMakeLists.txt).

#include "base/packed_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/cpu.h"
#include "base/window.h"
#include "support/dice.h"
#include "support/proto_message.h"

namespace plumb {
namespace {

using test::Dice;
using test::varint;
using Ids = std::vector<std::uint32_t>;

// What decode_packed_ids() makes of `packed`, with `slack` repeated behind it. Fails the test if it
// writes too far.
std::optional<Ids> decode(std::string_view packed, char slack) {
  constexpr std::uint32_t kUntouched = 0xABCDABCD;
  std::string memory(packed);
  memory.append(Window::kSlackBytes, slack);
  Ids ids(packed.size() + kPackedIdsSlack + 4, kUntouched);
  const std::uint32_t* const end =
      decode_packed_ids(std::string_view(memory).substr(0, packed.size()), ids.data());
  EXPECT_EQ(std::vector<std::uint32_t>(ids.end() - 4, ids.end()), Ids(4, kUntouched));
  if (end == nullptr) return std::nullopt;
  ids.resize(static_cast<std::size_t>(end - ids.data()));
  return ids;
}

// The same, one varint after the other.
std::optional<Ids> decode_naively(std::string_view packed) {
  Ids ids;
  ByteReader in(packed);
  while (!in.at_end()) {
    const std::size_t before = in.position();
    const std::uint64_t id = in.varint();
    const bool is_long = in.position() - before > 5;
    if (!in.ok() || id > UINT32_MAX || is_long) return std::nullopt;
    ids.push_back(static_cast<std::uint32_t>(id));
  }
  return ids;
}

void expect_same(std::string_view packed) {
  const auto expected = decode_naively(packed);
  for (const char slack : {'\0', '\x7f', '\x80', '\xff'}) {
    const auto actual = decode(packed, slack);
    ASSERT_EQ(actual.has_value(), expected.has_value())
        << testing::PrintToString(std::string(packed));
    if (expected) {
      ASSERT_EQ(*actual, *expected) << testing::PrintToString(std::string(packed));
    }
  }
}

// Values on both sides of each border between lengths.
Ids border_values() {
  Ids values = {0, 1, 2, UINT32_MAX};
  for (unsigned bit = 7; bit < 32; bit += 7) {
    for (std::uint32_t near = 0; near < 3; ++near) values.push_back((1U << bit) - 1 + near);
  }
  return values;
}

TEST(PackedIds, DecodesRunsOfEveryLengthAndWidth) {
  for (const std::uint32_t value : border_values()) {
    std::string packed;
    Ids ids;
    for (std::size_t count = 0; count <= 200; ++count) {
      const auto decoded = decode(packed, '\xff');
      ASSERT_TRUE(decoded.has_value()) << count << " times " << value;
      ASSERT_EQ(*decoded, ids);
      packed += varint(value);
      ids.push_back(value);
    }
  }
}

TEST(PackedIds, DecodesMixedWidths) {
  const Ids values = border_values();
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    const std::size_t kinds = 1 + dice.below(values.size());
    const std::size_t first = dice.below(values.size());
    std::string packed;
    Ids ids;
    for (std::uint32_t left = dice.below(200); left > 0; --left) {
      ids.push_back(values[(first + dice.below(kinds)) % values.size()]);
      packed += varint(ids.back());
    }
    const auto decoded = decode(packed, '\x80');
    ASSERT_TRUE(decoded.has_value()) << "seed " << seed;
    ASSERT_EQ(*decoded, ids) << "seed " << seed;
  }
}

TEST(PackedIds, AgreesWithOneByOneOnAnyBytes) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Dice dice(seed);
    std::string packed(dice.below(200), '\0');
    const std::uint32_t more = dice.below(60);  // Percentage of bytes that another follows.
    for (char& byte : packed) {
      byte = static_cast<char>(dice.below(128) | (dice.chance(more) ? 0x80 : 0));
    }
    expect_same(packed);
  }
}

TEST(PackedIds, RefusesWhatDoesNotEndOrFit) {
  const std::string_view bad[] = {
      "\x80",                      // Cut short.
      "\xff\xff\xff\xff\x10",      // 2^32.
      "\xff\xff\xff\xff\x7f",      // More.
      "\x80\x80\x80\x80\x80\x01",  // Six bytes.
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
  };
  for (const std::string_view end : bad) {
    for (std::size_t before = 0; before <= 130; ++before) {
      std::string packed(before, '\x05');
      packed += end;
      for (const char slack : {'\0', '\xff'}) EXPECT_FALSE(decode(packed, slack).has_value());
      packed += std::string(70, '\x07');
      if (end.size() > 1) {
        EXPECT_FALSE(decode(packed, '\0').has_value());
      }
    }
  }
}

// What count_plain_ids() says of `packed`, with other bytes around it.
std::size_t count_plain(std::string_view packed, std::uint32_t most, char around) {
  std::string memory(1, around);
  memory += packed;
  memory.append(Window::kSlackBytes, around);
  return count_plain_ids(std::string_view(memory).substr(1, packed.size()), most);
}

TEST(PackedIds, ArePlainOnlyWithinTheLimit) {
  for (std::uint32_t seed = 0; seed < 20000; ++seed) {
    Dice dice(seed);
    const std::uint32_t most = 1 + dice.below(1U << (1 + dice.below(24)));
    const bool is_wild = dice.chance(30);
    std::string packed;
    for (std::uint32_t left = dice.below(100); left > 0; --left) {
      packed +=
          varint(is_wild && dice.chance(3) ? dice.below(2 * most + 10) : 1 + dice.below(most));
    }
    if (dice.chance(10) && !packed.empty()) {
      packed[dice.below(static_cast<std::uint32_t>(packed.size()))] ^= '\x80';
    }
    const auto ids = decode_naively(packed);
    for (const char around : {'\0', '\x7f', '\x80', '\xff'}) {
      const std::size_t count = count_plain(packed, most, around);
      if (count == 0) continue;
      ASSERT_TRUE(ids.has_value()) << "seed " << seed;
      ASSERT_EQ(count, ids->size()) << "seed " << seed;
      for (const std::uint32_t id : *ids) ASSERT_TRUE(id >= 1 && id <= most) << "seed " << seed;
    }
  }
}

// Where the instruction set allows to tell at all.
TEST(PackedIds, ArePlainNearlyAlways) {
  for (const std::uint32_t most : {1000U, 16'383U, 16'384U, 200'000U, 2'000'000U}) {
    Dice dice(most);
    std::size_t plain = 0;
    for (std::uint32_t run = 0; run < 1000; ++run) {
      std::string packed;
      for (int i = 0; i < 30; ++i) packed += varint(1 + dice.below(most));
      plain += count_plain(packed, most, '\0') == 30 ? 1 : 0;
    }
    if (active_isa() == Isa::Avx512) {
      EXPECT_GT(plain, 600u) << most;
    } else {
      EXPECT_EQ(plain, 0u) << most;
    }
  }
}

TEST(PackedIds, TakesPaddedVarints) {
  const std::string packed("\x81\x00\x80\x80\x00\x82\x80\x80\x80\x00\x03", 11);
  const auto ids = decode(packed, '\0');
  ASSERT_TRUE(ids.has_value());
  EXPECT_EQ(*ids, (Ids{1, 0, 2, 3}));
}

}  // namespace
}  // namespace plumb
