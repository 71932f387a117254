// SPDX-License-Identifier: Apache-2.0
// The stacks that StackReader decodes by the block are those that Profile::read_stack() reads one
// by one, whatever has been done to the profile. Blocks are of some kilobytes: each profile here
// has many.

#include "model/stack_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/dice.h"

namespace plumb {
namespace {

using test::Dice;

constexpr std::size_t kSamples = 5000;

std::vector<LocationId> random_stack(Dice& dice) {
  std::vector<LocationId> stack(dice.below(60));
  constexpr std::uint32_t kMost[] = {100, 10'000, 1'000'000, 4'000'000'000};
  for (LocationId& id : stack) id.index = dice.below(kMost[dice.below(4)]);
  return stack;
}

Profile random_profile(Dice& dice) {
  Profile profile;
  profile.sample_types.resize(1);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::int64_t value = 1;
    profile.add_sample(profile.add_stack(random_stack(dice)), {&value, 1}, {});
  }
  return profile;
}

void expect_same(const Profile& profile, StackReader& reader, std::size_t i) {
  std::vector<LocationId> expected;
  profile.read_stack(i, expected);
  const std::span<const LocationId> actual = reader.stack(i);
  ASSERT_TRUE(std::ranges::equal(actual, expected)) << "sample " << i;
}

void expect_reads_all_of(const Profile& profile) {
  StackReader reader(profile);
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_same(profile, reader, i));
  }
}

TEST(StackReader, ReadsStacksInOrderAndInAny) {
  Dice dice(1);
  const Profile profile = random_profile(dice);
  expect_reads_all_of(profile);
  StackReader reader(profile);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_same(profile, reader, dice.below(kSamples)));
  }
}

TEST(StackReader, ReadsWhatIsLeftOfSamples) {
  Dice dice(2);
  for (const std::uint32_t percent : {0, 1, 10, 50, 90, 99}) {
    SCOPED_TRACE(percent);
    Profile profile = random_profile(dice);
    std::vector<std::uint8_t> kept(kSamples);
    for (std::uint8_t& keep : kept) keep = dice.below(100) < percent ? 1 : 0;
    profile.keep_samples(kept);
    expect_reads_all_of(profile);
  }
  Profile profile = random_profile(dice);
  std::vector<std::uint8_t> kept(kSamples);
  for (std::size_t i = 0; i < kSamples; i += 1000) kept[i] = kept[i + 1] = 1;  // Far apart.
  profile.keep_samples(kept);
  expect_reads_all_of(profile);
}

TEST(StackReader, ReadsEditedStacks) {
  Dice dice(3);
  for (const bool is_shared : {false, true}) {  // Edited in place, or into a copy.
    for (int round = 0; round < 3; ++round) {
      Profile profile = random_profile(dice);
      const Profile other = is_shared ? profile.copy() : Profile();
      Dice fate(7);
      // Large profiles are edited by two threads: what becomes of a stack depends on nothing else.
      profile.edit_stacks([](PackedStack stack, std::vector<LocationId>& edited) {
        std::uint32_t sum = 0;
        for (const LocationId id : stack) {
          sum += id.index;
          if (id.index % 3 != 0) edited.push_back(id);
        }
        return sum % 3 == 0 ? StackEdit::Keep : sum % 3 == 1 ? StackEdit::Replace : StackEdit::Drop;
      });
      expect_reads_all_of(profile);
      profile.extend_stacks([&](std::size_t i, auto& roots, auto&) {
        if (i % 2 == 0) roots.push_back({fate.below(100)});
      });
      expect_reads_all_of(profile);
    }
  }
}

TEST(StackReader, ReadsStacksThatSamplesShareInAnyOrder) {
  Dice dice(4);
  Profile profile;
  profile.sample_types.resize(1);
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 500; ++i) keys.push_back(profile.add_stack(random_stack(dice)));
  const std::int64_t value = 1;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const bool in_order = i / 1000 % 2 == 0;
    const std::size_t which = in_order ? i % keys.size() : dice.below(keys.size());
    profile.add_sample(keys[which], {&value, 1}, {});
  }
  expect_reads_all_of(profile);
}

TEST(StackReader, ReadsNumbersThatAreLongerThanTheyNeedBe) {
  Dice dice(5);
  Profile profile;
  profile.sample_types.resize(1);
  const std::int64_t value = 1;
  for (std::size_t i = 0; i < kSamples; ++i) {
    std::string packed;
    const std::uint64_t frames = dice.below(20);
    for (std::uint64_t frame = 0; frame < frames; ++frame) {
      packed += static_cast<char>(1 + dice.below(0x7F));
      if (dice.below(3) != 0) continue;
      packed.back() = static_cast<char>(packed.back() | '\x80');
      packed.append(dice.below(6), '\x80');
      packed += '\0';
    }
    profile.add_sample(profile.add_packed_stack(frames, packed), {&value, 1}, {});
  }
  expect_reads_all_of(profile);
}

}  // namespace
}  // namespace plumb
