// SPDX-License-Identifier: Apache-2.0
#include "rt/channel_index.h"

#include <gtest/gtest.h>

#include <map>

#include "support/dice.h"

namespace plumb::rt::detail {
namespace {

constexpr std::uintptr_t kSize = sizeof(ChanCore);

TEST(ChannelIndex, KnowsEveryWordOfAChannelAndNoOther) {
  struct Row {
    const char* name;
    std::uintptr_t address;
  };
  constexpr std::uintptr_t kPage = 0x5555'5000'0000;
  const Row rows[] = {
      {"at the start of a page", kPage},
      {"in its middle", kPage + 2048},
      {"over its end", kPage + 4096 - 16},
      {"ends where it ends", kPage + 4096 - kSize / 16 * 16},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    ChannelIndex index;
    ASSERT_TRUE(index.allocate());
    ASSERT_TRUE(index.add(row.address));
    index.number();
    EXPECT_EQ(index.size(), 1u);
    EXPECT_EQ(index.find(row.address - 1), ChannelIndex::kNone);
    for (std::uintptr_t i = 0; i < kSize; ++i) EXPECT_EQ(index.find(row.address + i), 0u);
    EXPECT_EQ(index.find(row.address + kSize), ChannelIndex::kNone);
  }
}

TEST(ChannelIndex, RefusesWhatIsNoChannel) {
  ChannelIndex index;
  ASSERT_TRUE(index.allocate());
  EXPECT_FALSE(index.add(0));
  EXPECT_FALSE(index.add(0x5555'5000'0008));
  index.number();
  EXPECT_EQ(index.size(), 0u);
  EXPECT_EQ(index.find(0x5555'5000'0008), ChannelIndex::kNone);
}

// Against a map of all channels.
TEST(ChannelIndex, AgreesWithAMap) {
  test::Dice dice(7);
  for (int round = 0; round < 20; ++round) {
    ChannelIndex index;
    ASSERT_TRUE(index.allocate());
    std::map<std::uintptr_t, int> channels;
    std::uintptr_t at = 0x7000'0000'0000;
    const std::size_t count = 1 + dice.below(2000);
    for (std::size_t i = 0; i < count; ++i) {
      at += (kSize + 15) / 16 * 16 + dice.below(dice.chance(10) ? 100'000 : 20) * 16;
      channels[at] = 0;
      ASSERT_TRUE(index.add(at));
      if (dice.chance(10)) {
        ASSERT_TRUE(index.add(at));
      }
    }
    index.number();
    ASSERT_EQ(index.size(), channels.size());
    std::map<std::uint32_t, std::uintptr_t> numbers;
    index.for_each([&](std::uint32_t number, std::uintptr_t address) {
      EXPECT_TRUE(channels.contains(address));
      EXPECT_TRUE(numbers.emplace(number, address).second);
    });
    EXPECT_EQ(numbers.size(), channels.size());
    for (int i = 0; i < 20'000; ++i) {
      const std::uintptr_t word = 0x7000'0000'0000 + dice.below(at - 0x7000'0000'0000 + 4096);
      const auto behind = channels.upper_bound(word);
      const bool is_in = behind != channels.begin() && word - std::prev(behind)->first < kSize;
      const std::uint32_t found = index.find(word);
      ASSERT_EQ(found != ChannelIndex::kNone, is_in);
      if (is_in) {
        ASSERT_EQ(numbers[found], std::prev(behind)->first);
      }
    }
  }
}

}  // namespace
}  // namespace plumb::rt::detail
