// SPDX-License-Identifier: Apache-2.0
#include "model/profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/describe_profile.h"
#include "support/make_profile.h"
#include "support/proto_message.h"

namespace plumb {
namespace {

using test::ProfileMaker;

std::vector<std::uint32_t> stack_of(const Profile& profile, std::size_t sample) {
  std::vector<LocationId> stack;
  profile.read_stack(sample, stack);
  std::vector<std::uint32_t> indices;
  for (const LocationId id : stack) indices.push_back(id.index);
  return indices;
}

using Indices = std::vector<std::uint32_t>;

TEST(Profile, HoldsValuesLabelsAndStacksOfEachSample) {
  ProfileMaker make;
  make.add_type("cpu", "nanoseconds");
  make.add({1, 10}, "a;b", {make.text_label("k", "v"), make.number_label("n", 5, "bytes")});
  make.add({2, -20}, "");
  make.add({3, 30}, "a", {make.text_label("k", "w")});
  const Profile& profile = make.profile;

  ASSERT_EQ(profile.sample_count(), 3U);
  EXPECT_EQ(profile.values(1)[1], -20);
  EXPECT_EQ(profile.labels(0).size(), 2U);
  EXPECT_TRUE(profile.labels(1).empty());
  ASSERT_EQ(profile.labels(2).size(), 1U);
  EXPECT_EQ(profile.text(profile.labels(2)[0].str), "w");
  EXPECT_EQ(stack_of(profile, 0), (Indices{1, 0}));  // Leaf first.
  EXPECT_EQ(stack_of(profile, 1), Indices{});
  EXPECT_EQ(stack_of(profile, 2), Indices{0});
}

TEST(Profile, LinesOfALocationAreItsOwn) {
  ProfileMaker make;
  make.add(1, "a|b|c;d;?");
  const Profile& profile = make.profile;
  const auto names = [&](std::uint32_t location) {
    std::string text;
    for (const Line& line : profile.lines_of(profile.location({location}))) {
      text += std::string(profile.text(profile.function(line.function).name)) + " ";
    }
    return text;
  };
  EXPECT_EQ(names(0), "c b a ");  // Innermost inlined first.
  EXPECT_EQ(names(1), "d ");
  EXPECT_EQ(names(2), "");
}

TEST(Profile, SamplesMayShareAStack) {
  ProfileMaker make;
  const LocationId a = make.location("a");
  const std::uint64_t key = make.profile.add_stack(std::vector<LocationId>{a, a});
  for (const std::int64_t value : {1, 2, 3}) make.profile.add_sample(key, {&value, 1}, {});
  EXPECT_EQ(make.profile.stack_key(0), make.profile.stack_key(2));
  EXPECT_EQ(stack_of(make.profile, 2), (Indices{0, 0}));
}

TEST(Profile, TakesStacksAsVarints) {
  Profile profile;
  const std::string packed = test::varint(1) + test::varint(300) + std::string("\x81\0", 2);
  const std::uint64_t key = profile.add_packed_stack(3, packed);
  profile.add_sample(key, {}, {});
  EXPECT_EQ(stack_of(profile, 0), (Indices{0, 299, 0}));
}

TEST(Profile, RemapsStacksOnce) {
  Profile profile;
  const std::uint64_t shared = profile.add_packed_stack(2, test::varint(70'000) + test::varint(9));
  const std::uint64_t empty = profile.add_packed_stack(0, "");
  for (const std::uint64_t key : {shared, empty, shared}) profile.add_sample(key, {}, {});
  int calls = 0;
  ASSERT_TRUE(profile.remap_stacks([&](std::uint64_t id) {
    ++calls;
    return static_cast<std::uint32_t>(id / 9 - 1);
  }));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(stack_of(profile, 0), (Indices{7776, 0}));
  EXPECT_EQ(stack_of(profile, 1), Indices{});
  EXPECT_EQ(profile.stack_key(2), profile.stack_key(0));
}

TEST(Profile, RemappingStopsAtWhatIsUnknown) {
  Profile profile;
  profile.add_sample(profile.add_packed_stack(2, test::varint(1) + test::varint(2)), {}, {});
  EXPECT_FALSE(profile.remap_stacks([](std::uint64_t id) { return id == 1 ? 0 : kNone; }));
}

// Numbers become longer and shorter: what is written waits for what is read, and catches up again.
TEST(Profile, RenumbersLocationsWhereTheyAre) {
  constexpr std::uint32_t kCount = 20'000;
  std::vector<std::uint32_t> numbers(kCount);
  for (std::uint32_t i = 0; i < kCount; ++i) numbers[i] = kCount - 1 - i;
  const auto make = [](bool are_in_order) {
    Profile profile;
    profile.sample_types.resize(1);
    std::vector<std::uint64_t> keys;
    for (std::uint32_t i = 0; i < kCount; ++i) {
      std::vector<LocationId> stack;
      for (std::uint32_t frame = 0; frame < i % 9; ++frame) stack.push_back({(i + frame) % kCount});
      keys.push_back(profile.add_stack(stack));
    }
    if (!are_in_order) std::ranges::reverse(keys);
    for (const std::uint64_t key : keys) profile.add_sample(key, std::vector<std::int64_t>{1}, {});
    return profile;
  };
  for (const bool are_in_order : {true, false}) {
    Profile profile = make(are_in_order);
    std::vector<std::uint8_t> kept(kCount, 1);
    for (std::uint32_t i = kCount / 2; i < kCount; i += 2) kept[i] = 0;
    profile.keep_samples(kept);
    const Profile before = profile.copy();
    profile.renumber_locations(numbers);
    ASSERT_EQ(profile.sample_count(), before.sample_count());
    for (std::size_t i = 0; i < profile.sample_count(); ++i) {
      Indices expected = stack_of(before, i);
      for (std::uint32_t& index : expected) index = numbers[index];
      ASSERT_EQ(stack_of(profile, i), expected) << "sample " << i;
    }
  }
}

// Takes the leaf off stacks of three frames, and drops those of two.
StackEdit edit_by_size(PackedStack stack, std::vector<LocationId>& edited) {
  if (stack.size() == 2) return StackEdit::Drop;
  if (stack.size() != 3) return StackEdit::Keep;
  for (const LocationId id : stack) edited.push_back(id);
  edited.erase(edited.begin());
  return StackEdit::Replace;
}

TEST(Profile, EditsStacksOnce) {
  ProfileMaker make;
  make.add(1, "a;b;c").add(2, "a").add(3, "").add(4, "a;b", {make.number_label("n", 4)});
  make.add(5, "b;a;c", {make.number_label("n", 5)});
  make.profile.add_sample(make.profile.stack_key(0), std::vector<std::int64_t>{6}, {});
  make.profile.add_sample(make.profile.stack_key(3), std::vector<std::int64_t>{7}, {});
  int calls = 0;
  make.profile.edit_stacks([&](PackedStack stack, std::vector<LocationId>& edited) {
    ++calls;
    return edit_by_size(stack, edited);
  });
  EXPECT_EQ(calls, 5);
  ASSERT_EQ(make.profile.sample_count(), 5U);
  EXPECT_EQ(stack_of(make.profile, 0), (Indices{1, 0}));
  EXPECT_EQ(stack_of(make.profile, 1), Indices{0});
  EXPECT_EQ(stack_of(make.profile, 2), Indices{});
  EXPECT_EQ(stack_of(make.profile, 3), (Indices{0, 1}));
  EXPECT_EQ(stack_of(make.profile, 4), (Indices{1, 0}));
  EXPECT_EQ(make.profile.stack_key(4), make.profile.stack_key(0));
  EXPECT_EQ(make.profile.values(3)[0], 5);
  ASSERT_EQ(make.profile.labels(3).size(), 1U);
  EXPECT_EQ(make.profile.labels(3)[0].num, 5);
  EXPECT_TRUE(make.profile.labels(4).empty());
}

// With enough samples for two threads: shared stacks in a row, stacks with large indices.
TEST(Profile, EditsManyStacks) {
  constexpr std::uint32_t kCount = 200'000;
  Profile profile;
  profile.sample_types.resize(1);
  std::uint64_t key = 0;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const std::vector<LocationId> stack(i % 5, LocationId{i});
    if (i % 7 != 1) key = profile.add_stack(stack);
    profile.add_sample(key, std::vector<std::int64_t>{i}, {});
  }
  Profile expected;
  expected.sample_types.resize(1);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    Indices stack = stack_of(profile, i);
    if (stack.size() == 2) continue;
    if (stack.size() == 3) stack.pop_back();
    std::vector<LocationId> ids;
    for (const std::uint32_t index : stack) ids.push_back({index});
    expected.add_sample(expected.add_stack(ids), profile.values(i), {});
  }
  Profile shared = profile.copy();
  profile.edit_stacks(edit_by_size);
  EXPECT_EQ(test::describe_profile(profile), test::describe_profile(expected));
  shared.edit_stacks(edit_by_size);
  EXPECT_EQ(test::describe_profile(shared), test::describe_profile(expected));
}

TEST(Profile, KeepsChosenSamples) {
  ProfileMaker make("a", "");
  make.add_type("b", "").add({1, 2}, "x", {make.number_label("n", 1)});
  make.add({3, 4}, "y").add({5, 6}, "z;x", {make.number_label("n", 2), make.number_label("n", 3)});
  make.profile.keep_samples(std::vector<std::uint8_t>{0, 1, 1});
  ASSERT_EQ(make.profile.sample_count(), 2U);
  EXPECT_EQ(make.profile.values(0)[1], 4);
  EXPECT_EQ(make.profile.values(1)[0], 5);
  EXPECT_TRUE(make.profile.labels(0).empty());
  ASSERT_EQ(make.profile.labels(1).size(), 2U);
  EXPECT_EQ(make.profile.labels(1)[1].num, 3);
  EXPECT_EQ(stack_of(make.profile, 1), (Indices{0, 2}));
  make.profile.keep_samples(std::vector<std::uint8_t>{0, 0});
  EXPECT_EQ(make.profile.sample_count(), 0U);
}

TEST(Profile, CopiesAreIndependent) {
  ProfileMaker make;
  make.add(7, "main;work|helper", {make.text_label("k", "v")}).add(8, "main");
  const std::string before = test::describe_profile(make.profile);
  Profile copy = make.profile.copy();
  EXPECT_EQ(test::describe_profile(copy), before);

  copy.keep_samples(std::vector<std::uint8_t>{0, 1});
  copy.functions[0].name = copy.strings.intern("renamed");
  copy.update_labels([](Label& label) { label.num = 1; });
  copy.edit_stacks([](PackedStack, std::vector<LocationId>&) { return StackEdit::Replace; });
  EXPECT_EQ(test::describe_profile(make.profile), before);
  EXPECT_EQ(copy.sample_count(), 1U);
  EXPECT_EQ(copy.values(0)[0], 8);
  EXPECT_EQ(stack_of(copy, 0), Indices{});

  Profile second = make.profile.copy();
  make.add(9, "other");
  EXPECT_EQ(test::describe_profile(second), before);
  second.strings.intern("later");
  make.profile = Profile();
  EXPECT_EQ(test::describe_profile(second), before);
}

TEST(Profile, SelectsSampleTypesWithTheirValues) {
  ProfileMaker make("a", "");
  make.add_type("b", "").add_type("c", "").add({1, 2, 3}, "x").add({4, 5, 6}, "");
  make.profile.select_sample_types(std::vector<std::size_t>{2, 0});
  ASSERT_EQ(make.profile.sample_types.size(), 2U);
  EXPECT_EQ(make.profile.text(make.profile.sample_types[0].type), "c");
  EXPECT_EQ(make.profile.values(0)[0], 3);
  EXPECT_EQ(make.profile.values(0)[1], 1);
  EXPECT_EQ(make.profile.values(1)[0], 6);
  EXPECT_EQ(make.profile.values(1)[1], 4);
}

TEST(Profile, UpdatesEveryLabel) {
  ProfileMaker make;
  make.add(1, "a", {make.number_label("n", 1), make.number_label("n", 2)});
  make.add(1, "a", {make.number_label("n", 3)});
  make.profile.update_labels([](Label& label) { label.num *= 10; });
  EXPECT_EQ(make.profile.labels(0)[1].num, 20);
  EXPECT_EQ(make.profile.labels(1)[0].num, 30);
}

TEST(Profile, SurvivesAMove) {
  ProfileMaker make;
  make.add(7, "main;work|helper", {make.text_label("k", "v")});
  const std::string before = test::describe_profile(make.profile);
  const Profile moved = std::move(make.profile);
  EXPECT_EQ(test::describe_profile(moved), before);
}

TEST(Profile, CountsItsMemory) {
  ProfileMaker make;
  const std::size_t before = make.profile.memory_bytes();
  for (int i = 0; i < 1000; ++i) make.add(1, "a;b;c", {make.text_label("k", "v")});
  EXPECT_GE(make.profile.memory_bytes(),
            before + 1000 * (sizeof(Label) + sizeof(std::int64_t) + 3));
}

TEST(Label, EmptyTextIsText) {
  ProfileMaker make;
  EXPECT_TRUE(make.text_label("k", "v").is_string());
  EXPECT_TRUE(make.text_label("k", "").is_string());
  EXPECT_FALSE(make.number_label("k", 0, "bytes").is_string());
}

}  // namespace
}  // namespace plumb
