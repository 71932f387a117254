// SPDX-License-Identifier: Apache-2.0
#include "model/profile.h"

#include <gtest/gtest.h>

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

TEST(Profile, RewritesStacksOnce) {
  ProfileMaker make;
  make.add(1, "a;b;c").add(2, "a").add(3, "");
  make.profile.add_sample(make.profile.stack_key(0), std::vector<std::int64_t>{4}, {});
  int calls = 0;
  make.profile.rewrite_stacks([&](std::vector<LocationId>& stack) {
    ++calls;
    if (stack.size() == 1) stack.insert(stack.end(), 3, {1});
    if (stack.size() == 3) stack.erase(stack.begin());
  });
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(stack_of(make.profile, 0), (Indices{1, 0}));
  EXPECT_EQ(stack_of(make.profile, 1), (Indices{0, 1, 1, 1}));
  EXPECT_EQ(stack_of(make.profile, 2), Indices{});
  EXPECT_EQ(stack_of(make.profile, 3), (Indices{1, 0}));
}

TEST(Profile, DropsSampleTypesWithTheirValues) {
  ProfileMaker make("a", "");
  make.add_type("b", "").add_type("c", "").add({1, 2, 3}, "x").add({4, 5, 6}, "");
  make.profile.keep_sample_types({true, false, true});
  ASSERT_EQ(make.profile.sample_types.size(), 2U);
  EXPECT_EQ(make.profile.text(make.profile.sample_types[1].type), "c");
  EXPECT_EQ(make.profile.values(0)[0], 1);
  EXPECT_EQ(make.profile.values(0)[1], 3);
  EXPECT_EQ(make.profile.values(1)[0], 4);
  EXPECT_EQ(make.profile.values(1)[1], 6);
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
