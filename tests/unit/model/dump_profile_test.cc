// SPDX-License-Identifier: Apache-2.0
#include "model/dump_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

/// Builds dumps by hand.
class DumpBuilder {
 public:
  GoroutineDump dump;

  DumpFrameId frame(FrameKind kind, std::string_view function, std::string_view file = {},
                    std::int64_t line = 0) {
    dump.frames.push_back(
        {dump.strings.intern(function), dump.strings.intern(file), line, 0, kind});
    return {static_cast<std::uint32_t>(dump.frames.size() - 1)};
  }

  GoroutineGroup& group(std::string_view state, const std::vector<DumpFrameId>& stack,
                        const std::vector<WaitCount>& waits) {
    GoroutineGroup group;
    group.state = dump.strings.intern(state);
    group.first_frame = static_cast<std::uint32_t>(dump.stacks.size());
    group.frame_count = static_cast<std::uint32_t>(stack.size());
    dump.stacks.insert(dump.stacks.end(), stack.begin(), stack.end());
    group.waits = waits;
    for (const WaitCount& wait : waits) group.count += wait.goroutines;
    dump.goroutine_count += group.count;
    dump.groups.push_back(std::move(group));
    return dump.groups.back();
  }

  void label(GoroutineGroup& group, std::string_view key, std::string_view value) {
    if (group.label_count == 0) group.first_label = static_cast<std::uint32_t>(dump.labels.size());
    dump.labels.push_back({dump.strings.intern(key), dump.strings.intern(value), 0, {}});
    ++group.label_count;
  }
};

/// The samples as text: value, labels in the order of their keys, and the locations, leaf first,
/// the lines of one location joined by "+".
std::vector<std::string> samples_of(const Profile& profile) {
  std::vector<std::string> samples;
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    std::vector<std::string> labels;
    for (const Label& label : profile.labels(i)) {
      std::string value =
          label.is_string() ? std::string(profile.text(label.str)) : std::to_string(label.num);
      labels.push_back(std::string(profile.text(label.key)) + "=" + value +
                       std::string(profile.text(label.unit)));
    }
    std::ranges::sort(labels);
    std::string text = std::to_string(profile.values(i)[0]);
    for (const std::string& label : labels) text += " " + label;
    text += " |";
    profile.read_stack(i, stack);
    for (const LocationId id : stack) {
      std::string joint = " ";
      for (const Line& line : profile.lines_of(profile.location(id))) {
        const Function& function = profile.function(line.function);
        text += joint + std::string(profile.text(function.name));
        if (line.line != 0) {
          text += "@" + std::string(profile.text(function.file)) + ":" + std::to_string(line.line);
        }
        joint = "+";
      }
    }
    samples.push_back(text);
  }
  return samples;
}

using Samples = std::vector<std::string>;

TEST(DumpProfile, IsAGoroutineProfile) {
  const Profile profile = profile_from_dump(GoroutineDump());
  ASSERT_EQ(profile.sample_types.size(), 1U);
  EXPECT_EQ(profile.text(profile.sample_types[0].type), "goroutine");
  EXPECT_EQ(profile.text(profile.sample_types[0].unit), "count");
  EXPECT_TRUE(profile.has_period_type);
  EXPECT_EQ(profile.period, 1);
  EXPECT_EQ(profile.sample_count(), 0U);
}

TEST(DumpProfile, HasOneSamplePerGroupAndWait) {
  DumpBuilder builder;
  const auto call = builder.frame(FrameKind::Call, "main.f", "a.go", 1);
  const auto creator = builder.frame(FrameKind::CreatedBy, "main.m", "m.go", 7);
  GoroutineGroup& group = builder.group("chan send", {call, creator}, {{0, 3}, {5, 2}});
  group.is_locked = group.is_leaked = true;
  group.first_id = 18;
  group.first_creator_id = 1;
  EXPECT_EQ(samples_of(profile_from_dump(builder.dump)),
            (Samples{"3 created_at=m.go:7 created_by=main.m creator_goid=1 leaked=true locked=true "
                     "state=chan send | main.f@a.go:1",
                     "2 created_at=m.go:7 created_by=main.m creator_goid=1 leaked=true locked=true "
                     "state=chan send wait_minutes=5minutes | main.f@a.go:1"}));
}

TEST(DumpProfile, NamesIdsOnlyWhereTheyHoldForAll) {
  DumpBuilder builder;
  const auto call = builder.frame(FrameKind::Call, "main.f", "a.go", 1);
  GoroutineGroup& one = builder.group("select", {call}, {{4, 1}});
  one.first_id = 18;
  one.first_creator_id = 2;
  GoroutineGroup& many = builder.group("sleep", {call}, {{0, 2}});
  many.first_id = 19;
  many.first_creator_id = 2;
  many.has_many_creators = true;
  EXPECT_EQ(samples_of(profile_from_dump(builder.dump)),
            (Samples{"1 creator_goid=2 goid=18 state=select wait_minutes=4minutes | main.f@a.go:1",
                     "2 state=sleep | main.f@a.go:1"}));
}

TEST(DumpProfile, HasOneSamplePerGoroutineIfTheDumpHasRows) {
  DumpBuilder builder;
  const auto call = builder.frame(FrameKind::Call, "main.f", "a.go", 1);
  builder.group("select", {call}, {{0, 1}, {9, 1}});
  builder.dump.goroutines = {{18, 1, 9, 0}, {19, 0, 0, 0}};
  const Profile profile = profile_from_dump(builder.dump);
  EXPECT_EQ(samples_of(profile),
            (Samples{"1 creator_goid=1 goid=18 state=select wait_minutes=9minutes | main.f@a.go:1",
                     "1 goid=19 state=select | main.f@a.go:1"}));
  EXPECT_EQ(profile.stack_key(0), profile.stack_key(1));
}

TEST(DumpProfile, JoinsInlinedCallsToTheirCaller) {
  DumpBuilder builder;
  const auto inner = builder.frame(FrameKind::Inlined, "main.i", "a.go", 1);
  const auto outer = builder.frame(FrameKind::Inlined, "main.j", "a.go", 2);
  const auto call = builder.frame(FrameKind::Call, "main.f", "a.go", 3);
  const auto elided = builder.frame(FrameKind::Elided, "...5 frames elided...", {}, 5);
  builder.group("select", {inner, outer, call, call, inner, elided, inner}, {{0, 1}});
  const Profile profile = profile_from_dump(builder.dump);
  EXPECT_EQ(samples_of(profile),
            (Samples{"1 state=select | main.i@a.go:1+main.j@a.go:2+main.f@a.go:3 main.f@a.go:3 "
                     "main.i@a.go:1 ...5 frames elided... main.i@a.go:1"}));
  EXPECT_EQ(profile.locations.size(), 4U);
  EXPECT_EQ(profile.functions.size(), 4U);
}

TEST(DumpProfile, PutsAncestorsInALabel) {
  DumpBuilder builder;
  const auto call = builder.frame(FrameKind::Call, "main.c", "a.go", 1);
  const auto creator = builder.frame(FrameKind::CreatedBy, "main.b", "a.go", 2);
  const auto parent = builder.frame(FrameKind::Ancestor, "[originating from goroutine]", {}, 17);
  const auto in_parent = builder.frame(FrameKind::Call, "main.b", "a.go", 3);
  const auto grand_creator = builder.frame(FrameKind::CreatedBy, "main.main", "a.go", 4);
  const auto grandparent = builder.frame(FrameKind::Ancestor, "[originating from goroutine]");
  const auto in_grandparent = builder.frame(FrameKind::Call, "main.main", "a.go", 5);
  builder.group("running",
                {call, creator, parent, in_parent, grand_creator, grandparent, in_grandparent},
                {{0, 1}});
  EXPECT_EQ(
      samples_of(profile_from_dump(builder.dump)),
      (Samples{"1 ancestors=goroutine 17: main.b, created by main.main; goroutine ?: "
               "main.main created_at=a.go:2 created_by=main.b state=running | main.c@a.go:1"}));
}

TEST(DumpProfile, ShowsAStackThatCouldNotBePrinted) {
  DumpBuilder builder;
  const auto creator = builder.frame(FrameKind::CreatedBy, "main.m", "m.go", 7);
  builder.group("running", {creator}, {{0, 1}}).stack_unavailable = true;
  EXPECT_EQ(samples_of(profile_from_dump(builder.dump)),
            (Samples{"1 created_at=m.go:7 created_by=main.m state=running | "
                     "goroutine running on other thread; stack unavailable"}));
}

TEST(DumpProfile, LabelsOfTheProgramWin) {
  DumpBuilder builder;
  const auto call = builder.frame(FrameKind::Call, "main.f", "a.go", 1);
  GoroutineGroup& group = builder.group("select", {call}, {{5, 1}});
  builder.label(group, "state", "mine");
  builder.label(group, "wait_minutes", "long");
  builder.label(group, "job", "ingest");
  group.bubble = builder.dump.strings.intern("3");
  group.is_durable = group.is_scanning = true;
  EXPECT_EQ(samples_of(profile_from_dump(builder.dump)),
            (Samples{"1 durable=true job=ingest scanning=true state=mine synctest_bubble=3 "
                     "wait_minutes=long | main.f@a.go:1"}));
}

TEST(DumpProfile, CarriesLossesAndCrashText) {
  DumpBuilder builder;
  builder.dump.losses = {{"goroutine cut short", 1, 12}};
  builder.dump.crash_text = {"panic: boom"};
  const Profile profile = profile_from_dump(builder.dump);
  ASSERT_EQ(profile.losses.size(), 1U);
  EXPECT_EQ(profile.losses[0].first_place, 12U);
  ASSERT_EQ(profile.comments.size(), 1U);
  EXPECT_EQ(profile.text(profile.comments[0]), "panic: boom");
}

}  // namespace
}  // namespace plumb
