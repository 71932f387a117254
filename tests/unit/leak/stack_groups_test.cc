// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "leak/stack_grouper.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {
namespace {

const TestStack kSend = {{"main.send", "/srv/app/main.go", 27}};
const TestFrame kCreator = {"main.main", "/srv/app/main.go", 20, 0, FrameKind::CreatedBy};

StackGroups group(const DumpBuilder& builder) {
  StackGrouper grouper;
  grouper.add(builder.dump);
  return std::move(grouper).finish();
}

StackGroups group(const ProfileBuilder& builder) {
  StackGrouper grouper;
  const Result<void> added = grouper.add(builder.profile);
  EXPECT_TRUE(added.has_value());
  return std::move(grouper).finish();
}

std::string blocked(const StackGroups& groups, std::size_t at = 0) {
  const StackGroup& group = groups.groups[at];
  if (group.blocked == kNone) return "";
  return std::string(groups.text(groups.frame(group, group.blocked).function));
}

std::string entry(const StackGroups& groups, std::size_t at = 0) {
  const StackGroup& group = groups.groups[at];
  if (group.entry == kNone) return "";
  return std::string(groups.text(groups.frame(group, group.entry).function));
}

TEST(StackGrouper, JoinsGoroutinesWhateverTheirLabelsAndFlags) {
  DumpBuilder builder;
  builder.add("chan send", kSend, {{0, 3}, {5, 2}}, {{"tenant", "a"}});
  builder.add("chan send", kSend, {{2, 1}}, {{"tenant", "b"}}).is_locked = true;
  builder.add("chan send", kSend, {{0, 4}}).is_leaked = true;
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 1u);
  StackGroup joined = groups.groups[0];
  EXPECT_EQ(joined.count, 10);
  EXPECT_EQ(joined.locked, 1);
  EXPECT_EQ(joined.leaked, 4);
  EXPECT_EQ(joined.waits.oldest(), 5u);
  EXPECT_EQ(joined.waits.median(), 0u);  // Of 0 0 0 2 5 5: the leaked ones have no minutes.
  EXPECT_EQ(groups.goroutine_count, 10);
  EXPECT_TRUE(groups.has_wait_times);
}

TEST(StackGrouper, CountsLabelsMostFrequentFirst) {
  DumpBuilder builder;
  builder.add("chan send", kSend, {{0, 1}}, {{"tenant", "a"}, {"job", "x"}});
  builder.add("chan send", kSend, {{0, 5}}, {{"tenant", "b"}, {"job", "x"}});
  const StackGroups groups = group(builder);
  std::string text;
  for (const LabelCount& label : groups.groups[0].labels) {
    text += std::string(groups.text(label.key)) + '=' + std::string(groups.text(label.value)) +
            ':' + std::to_string(label.count) + ' ';
  }
  EXPECT_EQ(text, "job=x:6 tenant=b:5 tenant=a:1 ");
}

TEST(StackGrouper, BoundsTheLabelsOfAGroup) {
  ProfileBuilder builder;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kMaxGroupLabels + 10; ++i) ids.push_back("r" + std::to_string(i));
  for (const std::string& id : ids) builder.add(2, kSend, {{"request", id}});
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 1u);
  EXPECT_EQ(groups.groups[0].labels.size(), kMaxGroupLabels);
  EXPECT_EQ(groups.groups[0].more_labels, 20);
}

TEST(StackGrouper, KeepsStatesStacksAndCreatorsApart) {
  DumpBuilder builder;
  TestStack created = kSend;
  created.push_back(kCreator);
  TestStack elsewhere = kSend;
  elsewhere.push_back({"main.main", "/srv/app/main.go", 21, 0, FrameKind::CreatedBy});
  builder.add("chan send", kSend);
  builder.add("chan receive", kSend);
  builder.add("chan send", {{"main.send", "/srv/app/main.go", 28}});
  builder.add("chan send", {{"main.send", "/srv/app/other.go", 27}});
  builder.add("chan send", created);
  builder.add("chan send", elsewhere);
  builder.add("chan send", kSend);
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 6u);
  EXPECT_EQ(groups.groups[0].count, 2);
  EXPECT_EQ(groups.groups[4].frame_count, 1u);
  ASSERT_NE(groups.groups[4].creator.index, kNone);
  EXPECT_EQ(groups.text(groups.frame(groups.groups[4].creator).function), "main.main");
}

TEST(StackGrouper, KnowsWhoCreatedTheFirst) {
  DumpBuilder builder;
  TestStack created = kSend;
  created.push_back(kCreator);
  builder.add("select", created).first_creator_id = 7;
  builder.add("chan send", created).first_creator_id = 7;
  builder.add("chan send", created).first_creator_id = 8;
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 2u);
  EXPECT_EQ(groups.groups[0].creator_id, 7u);
  EXPECT_FALSE(groups.groups[0].has_many_creators);
  EXPECT_EQ(groups.groups[1].creator_id, 7u);
  EXPECT_TRUE(groups.groups[1].has_many_creators);
  EXPECT_EQ(groups.groups[1].first_id, 2u);
}

TEST(StackGrouper, LeavesTheStackOfTheCreatorOut) {
  DumpBuilder builder;
  builder.add("select", {{"main.work"},
                         kCreator,
                         {"", "", 1, 0, FrameKind::Ancestor},
                         {"main.main"},
                         {"main.init.0", "/srv/app/main.go", 1, 0, FrameKind::CreatedBy}});
  const StackGroups groups = group(builder);
  EXPECT_EQ(groups.groups[0].frame_count, 1u);
  EXPECT_EQ(groups.text(groups.frame(groups.groups[0].creator).function), "main.main");
}

TEST(StackGrouper, ComparesStacksWithoutWhatTextDumpsHide) {
  ProfileBuilder builder;
  const TestFrame send = {"main.send", "/srv/app/main.go", 27};
  builder.add(1, {{"runtime.mallocgc"}, send, {"runtime.main"}});
  builder.add(2, {{"runtime.memmove"}, {"runtime.growslice"}, send});
  builder.add(4, {send, {"main.main"}});
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 2u);
  EXPECT_EQ(groups.groups[0].count, 3);
  EXPECT_EQ(groups.groups[0].frame_count, 3u);  // Those of the first sample.
}

TEST(StackGrouper, ComparesAllFramesWhereAllAreHidden) {
  DumpBuilder builder;
  builder.add("idle", {{"runtime.gopark"}, {"runtime.bgsweep"}});
  builder.add("idle", {{"runtime.gopark"}, {"runtime.bgscavenge"}});
  builder.add("idle", {});
  builder.add("idle", {{"runtime.gopark"}, {"runtime.bgsweep"}});
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 3u);
  EXPECT_EQ(groups.groups[0].count, 2);
}

TEST(StackGrouper, ShowsTheUsersFirstAndLastFunction) {
  struct Case {
    std::string_view name;
    TestStack stack;
    std::string_view blocked;
    std::string_view entry;
  };
  const std::string_view pq = "/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go";
  const std::string_view goroot = "/usr/local/go/src/x.go";
  const Case cases[] = {
      {"the user's code between the library's",
       {{"runtime.gopark", goroot},
        {"internal/poll.(*FD).Read", goroot},
        {"github.com/lib/pq.(*conn).recv", pq},
        {"shop/db.Load"},
        {"shop.Serve"},
        {"net/http.(*conn).serve", goroot}},
       "shop/db.Load",
       "shop.Serve"},
      {"a third party's if there is none of the user's",
       {{"net.(*conn).Read", goroot},
        {"github.com/lib/pq.(*conn).recv", pq},
        {"github.com/lib/pq.(*conn).run", pq},
        {"net/http.(*conn).serve", goroot}},
       "github.com/lib/pq.(*conn).recv",
       "github.com/lib/pq.(*conn).run"},
      {"the library's if there is no other",
       {{"runtime.gopark", goroot},
        {"internal/poll.(*FD).Accept", goroot},
        {"net.(*netFD).accept", goroot},
        {"net/http.(*Server).Serve", goroot}},
       "net.(*netFD).accept",
       "net/http.(*Server).Serve"},
      {"the runtime's as the last resort",
       {{"runtime.gopark", goroot}, {"runtime.bgsweep", goroot}, {"runtime.goexit", goroot}},
       "runtime.bgsweep",
       "runtime.bgsweep"},
      {"what a C++ program called",
       {{"plumb::rt::detail::park"}, {"plumb::rt::chan::send"}, {"shop::serve"}, {"shop::run"}},
       "shop::serve",
       "shop::run"},
      {"what a C++ program called, if that is all that is left",
       {{"plumb::rt::detail::park"}, {"plumb::rt::detail::wait_for"}, {"plumb::rt::accept"}},
       "plumb::rt::accept",
       "plumb::rt::accept"},
      {"frames left out are no place",
       {{"", "", 52, 0, FrameKind::Elided}, {"main.f"}},
       "main.f",
       "main.f"},
      {"no stack", {}, "", ""},
  };
  for (const Case& c : cases) {
    DumpBuilder builder;
    builder.add("select", c.stack);
    const StackGroups groups = group(builder);
    EXPECT_EQ(blocked(groups), c.blocked) << c.name;
    EXPECT_EQ(entry(groups), c.entry) << c.name;
  }
}

TEST(StackGrouper, MarksWhoTookTheProfile) {
  DumpBuilder builder;
  builder.add("running", {{"runtime/pprof.writeGoroutineStacks"}, {"main.handler"}});
  builder.add("running", {{"main.handler"}});
  const StackGroups groups = group(builder);
  EXPECT_TRUE(is_profiler(groups, groups.groups[0]));
  EXPECT_FALSE(is_profiler(groups, groups.groups[1]));
}

TEST(StackGrouper, GivesNoMinutesToWhatIsRunning) {
  DumpBuilder builder;
  builder.add("running", kSend);
  EXPECT_TRUE(group(builder).groups[0].waits.empty());
}

TEST(StackGrouper, ReadsStatesFromLabels) {
  ProfileBuilder builder;
  const auto goroutine = [](std::int64_t id, std::int64_t creator, std::int64_t minutes) {
    return std::vector<TestLabel>{{"go::goroutine", "", id},
                                  {"go::goroutine_created_by", "", creator},
                                  {"go::goroutine_state", "chan send"},
                                  {"go::goroutine_wait_minutes", "", minutes}};
  };
  builder.add(1, kSend, goroutine(20, 5, 4)).add(1, kSend, goroutine(21, 6, 8));
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 1u);
  const StackGroup& joined = groups.groups[0];
  EXPECT_EQ(joined.count, 2);
  EXPECT_EQ(groups.text(joined.state), "chan send");
  EXPECT_EQ(joined.state_source, StateSource::Read);
  EXPECT_EQ(joined.first_id, 20u);
  EXPECT_EQ(joined.creator_id, 5u);
  EXPECT_TRUE(joined.has_many_creators);
  EXPECT_EQ(joined.waits.oldest(), 8u);
  EXPECT_TRUE(joined.labels.empty());
}

TEST(StackGrouper, TakesALeakProfileAtItsWord) {
  ProfileBuilder builder("goroutineleak");
  builder.add(13, kSend);
  const StackGroups groups = group(builder);
  EXPECT_EQ(groups.groups[0].leaked, 13);
  EXPECT_TRUE(groups.groups[0].counts_goroutines);
}

TEST(StackGrouper, TakesOtherCountsForNoGoroutines) {
  ProfileBuilder builder("threadcreate");
  builder.add(6, {});
  const StackGroups groups = group(builder);
  EXPECT_EQ(groups.goroutine_count, 6);
  EXPECT_FALSE(groups.groups[0].counts_goroutines);
  EXPECT_EQ(groups.groups[0].state.index, 0u);
}

TEST(StackGrouper, RefusesProfilesOfOtherThings) {
  ProfileBuilder builder("alloc_objects");
  builder.profile.sample_types.push_back(
      {builder.profile.strings.intern("alloc_space"), builder.profile.strings.intern("bytes")});
  StackGrouper grouper;
  const Result<void> added = grouper.add(builder.profile);
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code(), ErrorCode::Usage);
  EXPECT_EQ(added.error().message(),
            "no profile of goroutines: its values are alloc_objects/count, alloc_space/bytes");
}

TEST(StackGrouper, SumsInputsAndSignedCounts) {
  ProfileBuilder first;
  first.add(5, kSend);
  ProfileBuilder second;
  second.add(-2, {{"main.other"}}).add(0, {{"main.gone"}}).add(3, kSend);
  StackGrouper grouper;
  ASSERT_TRUE(grouper.add(first.profile).has_value());
  ASSERT_TRUE(grouper.add(second.profile).has_value());
  const StackGroups groups = std::move(grouper).finish();
  ASSERT_EQ(groups.groups.size(), 2u);
  EXPECT_EQ(groups.groups[0].count, 8);
  EXPECT_EQ(groups.groups[1].count, -2);
  EXPECT_EQ(groups.goroutine_count, 6);
}

TEST(StackGrouper, LeavesOutRuntimeFramesKnownByAddressOnly) {
  ProfileBuilder builder;
  const TestFrame pc = {"", "", 0, 0x439a15};
  builder.add(1, {pc, pc, {"main.work"}, pc});
  builder.add(1, {pc, pc});
  const StackGroups groups = group(builder);
  ASSERT_EQ(groups.groups.size(), 2u);
  EXPECT_EQ(groups.groups[0].frame_count, 1u);
  EXPECT_EQ(groups.groups[0].skipped_frames, 2u);
  EXPECT_EQ(groups.groups[1].frame_count, 2u);  // Nothing else is known.
  EXPECT_EQ(address_text(groups.frame(groups.groups[1], 0)), "0x439a15");
}

TEST(StackGrouper, KeepsGoroutinesWithTheLabelOnly) {
  StackGrouper grouper(
      [](std::string_view key, std::string_view value) { return key == "tenant" && value == "a"; });
  DumpBuilder dump;
  dump.add("select", kSend, {{0, 3}}, {{"tenant", "a"}});
  dump.add("select", kSend, {{0, 4}}, {{"tenant", "b"}});
  grouper.add(dump.dump);
  ProfileBuilder profile;
  profile.add(10, {{"main.f"}}, {{"tenant", "a"}}).add(20, {{"main.f"}});
  ASSERT_TRUE(grouper.add(profile.profile).has_value());
  const StackGroups groups = std::move(grouper).finish();
  ASSERT_EQ(groups.groups.size(), 2u);
  EXPECT_EQ(groups.groups[0].count, 3);
  EXPECT_EQ(groups.groups[1].count, 10);
  EXPECT_EQ(groups.goroutine_count, 37);
}

TEST(StackGrouper, KeepsGoroutinesThatHaveWaitedLongEnough) {
  StackGrouper grouper({}, 5);
  DumpBuilder dump;
  dump.add("select", kSend, {{4, 3}, {5, 2}, {9, 1}});
  dump.add("running", kSend);
  dump.add("select", {{"main.young"}}, {{1, 7}});
  dump.add("chan send", kSend).is_leaked = true;  // Go does not print for how long.
  grouper.add(dump.dump);
  const StackGroups groups = std::move(grouper).finish();
  ASSERT_EQ(groups.groups.size(), 1u);
  EXPECT_EQ(groups.groups[0].count, 3);
  EXPECT_EQ(groups.goroutine_count, 15);
}

}  // namespace
}  // namespace plumb
