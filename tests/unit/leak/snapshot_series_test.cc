// SPDX-License-Identifier: Apache-2.0
#include "leak/snapshot_series.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

const TestStack kSend = {{"main.send", "/srv/app/main.go", 27}};
const TestStack kWork = {{"main.work", "/srv/app/main.go", 40}};

const Residence& residence_of(const SnapshotSeries& series, std::string_view function) {
  for (std::size_t i = 0; i < series.stacks.groups.size(); ++i) {
    const StackGroup& group = series.stacks.groups[i];
    if (series.stacks.text(series.stacks.frame(group, group.blocked).function) == function) {
      return series.residence[i];
    }
  }
  static const Residence none;
  return none;
}

TEST(SnapshotSeries, CountsWhoCameStayedAndLeft) {
  const SnapshotSeries series = series_of({{{"chan send", kSend, {4, 7}}},
                                           {{"chan send", kSend, {4, 7, 9}}},
                                           {{"chan send", kSend, {7, 9, 12}}}});
  const Residence& residence = residence_of(series, "main.send");
  EXPECT_EQ(residence.first_count, 2u);
  EXPECT_EQ(residence.arrived, 2u);
  EXPECT_EQ(residence.departed, 1u);
  EXPECT_EQ(residence.stayed, 4u);
  EXPECT_EQ(residence.exposure, 240);
  EXPECT_EQ(residence.residents, 1u);
  EXPECT_EQ(residence.late, 1u);
  EXPECT_EQ(series.id_window(), 120);
}

TEST(SnapshotSeries, TakesWhoIsElsewhereForOneThatLeft) {
  const SnapshotSeries series = series_of({{{"chan send", kSend, {4, 7}}, {"select", kWork, {8}}},
                                           {{"chan send", kSend, {4}}, {"select", kWork, {7, 8}}}});
  EXPECT_EQ(residence_of(series, "main.send").departed, 1u);
  EXPECT_EQ(residence_of(series, "main.work").arrived, 1u);
  EXPECT_EQ(residence_of(series, "main.work").residents, 1u);
}

// Each connection has one goroutine, and each request of it another watcher.
TEST(SnapshotSeries, AHandlerThatServesAnotherRequestHasLeft) {
  const TestStack handler = {{"main.poll", "/srv/app/main.go", 27},
                             {"net/http.(*conn).serve", "/go/src/net/http/server.go", 2067}};
  const TestStack watcher = {
      {"net/http.(*connReader).backgroundRead", "/go/src/net/http/server.go", 700},
      {"net/http.(*connReader).startBackgroundRead", "/go/src/net/http/server.go", 690, 0,
       FrameKind::CreatedBy}};
  const auto of = [&](std::uint64_t id, std::uint64_t creator) {
    return TestGroup{"IO wait", watcher, {id}, 0, creator};
  };
  const TestGroup handlers{"select", handler, {10, 20, 30}};
  const SnapshotSeries series =  // The client of the last one goes away.
      series_of(
          {{handlers, of(11, 10), of(21, 20), of(31, 30)}, {handlers, of(11, 10), of(45, 20)}});
  const Residence& residence = residence_of(series, "main.poll");
  EXPECT_EQ(residence.departed, 1u);
  EXPECT_EQ(residence.arrived, 1u);
  EXPECT_EQ(residence.residents, 2u);
}

TEST(SnapshotSeries, ASleeperThatIsAwakeHasNotLeft) {
  const SnapshotSeries series =
      series_of({{{"sleep", kWork, {10, 20, 30}}},
                 {{"sleep", kWork, {10, 30, 40}}, {"runnable", kWork, {20}}},
                 {{"sleep", kWork, {10, 20, 30, 40, 50}}}});
  const Residence& residence = residence_of(series, "main.work");
  EXPECT_EQ(residence.departed, 0u);
  EXPECT_EQ(residence.arrived, 2u);
  EXPECT_EQ(residence.residents, 3u);
  const SnapshotSeries waiting = series_of(
      {{{"select", kWork, {10, 20}}}, {{"select", kWork, {10}}, {"runnable", kWork, {20}}}});
  EXPECT_EQ(residence_of(waiting, "main.work").departed, 1u);
}

TEST(SnapshotSeries, RemembersWhereWhoIsElsewhereWas) {
  const SnapshotSeries series = series_of({{{"select", kWork, {7, 8}}},
                                           {{"chan send", kSend, {7}}, {"select", kWork, {8}}},
                                           {{"select", kWork, {7, 8}}},
                                           {{"chan send", kSend, {7, 9}}, {"select", kWork, {8}}}});
  std::vector<std::string> places;
  for (const EarlierPlace& place : series.earlier) {
    places.push_back(std::to_string(place.id) + " from " + std::to_string(place.since) + ' ' +
                     std::string(series.stacks.text(series.stacks.groups[place.group].state)));
  }
  EXPECT_EQ(places,
            (std::vector<std::string>{"7 from 0 select", "7 from 1 chan send", "7 from 2 select"}));
  EXPECT_FALSE(series.lacks_earlier);
}

TEST(SnapshotSeries, DescribesTheLatestSnapshot) {
  const SnapshotSeries series =
      series_of({{{"chan send", kSend, {4, 7, 9}}}, {{"select", kWork, {8}, 3}}});
  ASSERT_EQ(series.stacks.groups.size(), 2u);
  EXPECT_EQ(series.stacks.groups[0].count, 0);
  EXPECT_EQ(series.stacks.groups[1].count, 1);
  EXPECT_EQ(series.stacks.groups[1].waits.oldest(), 3u);
  EXPECT_EQ(series.stacks.goroutine_count, 1);
  EXPECT_EQ(series.counts[0].size(), 1u);
  EXPECT_EQ(series.counts[0][0].count, 3);
}

TEST(SnapshotSeries, CountsByIntervalsWithoutTimes) {
  const SnapshotSeries series = series_of(
      {{{"chan send", kSend, {4, 7}}}, {{"chan send", kSend, {4, 7}}, {"running", kWork, {9}}}}, 0);
  EXPECT_FALSE(series.has_times);
  EXPECT_EQ(residence_of(series, "main.send").exposure, 2);
  EXPECT_EQ(series.id_window(), 1);
}

TEST(SnapshotSeries, NoticesARestart) {
  const SnapshotSeries series = series_of({{{"chan send", kSend, ids_from(100, 50, 100), 5}},
                                           {{"chan send", kSend, {20, 21, 22}}},
                                           {{"chan send", kSend, {20, 21, 22, 30}}}});
  EXPECT_EQ(series.restarts, 1u);
  EXPECT_EQ(series.first_since_restart, 1u);
  EXPECT_EQ(residence_of(series, "main.send").departed, 0u);
  EXPECT_EQ(residence_of(series, "main.send").residents, 3u);
}

// Another process that has made as many goroutines, and more: only creators tell.
TEST(SnapshotSeries, TellsAnotherProcessByTheCreatorsOfTheSameIds) {
  const TestStack by_poll = stack_of("main.send", "main.poll");
  const TestStack by_serve = stack_of("main.send", "main.serve");
  EXPECT_EQ(series_of({{{"chan send", by_poll, ids_from(20, 5, 10)}},
                       {{"chan send", by_serve, ids_from(30, 9, 10)}}})
                .restarts,
            1u);
  // Made by the same function, but by different goroutines.
  EXPECT_EQ(series_of({{{"chan send", by_poll, {20, 30}, 0, 7}},
                       {{"chan send", by_poll, {30, 40}, 0, 8}}})
                .restarts,
            1u);
  // Not told by one of them.
  EXPECT_EQ(series_of({{{"chan send", by_poll, {20, 30}, 0, 7}},
                       {{"chan send", by_poll, {30, 40}, 0, 0}}})
                .restarts,
            0u);
  EXPECT_EQ(series_of({{{"chan send", by_poll, {20, 30}}}, {{"select", kWork, {20, 30}}}}).restarts,
            0u);
}

TEST(SnapshotSeries, TheSameDumpAgainIsNoSecondOne) {
  const std::vector<TestGroup> dump = {{"sync.Mutex.Lock", kSend, {4, 7, 9}, 1, 0, 0xc0000100}};
  const SnapshotSeries series = series_of({dump, dump, dump}, 0);
  EXPECT_EQ(series.id_snapshots, 1u);
  EXPECT_EQ(residence_of(series, "main.send").residents, 0u);
  EXPECT_LT(judge(series, {}).worst, Level::Likely);
  EXPECT_EQ(judge(series_of({dump, dump}, 60), {}).worst, Level::Likely);  // A minute passed.
}

// Dumps of which the numbers in `cut` lack their end.
SnapshotSeries series_with_cuts(const std::vector<std::vector<TestGroup>>& snapshots,
                                const std::vector<std::size_t>& cut) {
  SeriesBuilder builder;
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    GoroutineDump dump = dump_of(snapshots[i]);
    if (std::ranges::find(cut, i) != cut.end()) add_loss(dump.losses, "goroutine cut short");
    builder.start_snapshot("", static_cast<std::int64_t>(i + 1) * 60'000'000'000);
    builder.add(dump);
  }
  return std::move(builder).finish();
}

TEST(SnapshotSeries, WhatACutDumpLacksHasNotComeLater) {
  const std::vector<TestGroup> part = {{"chan send", kSend, ids_from(10, 15, 1)}};
  const std::vector<TestGroup> whole = {{"chan send", kSend, ids_from(10, 30, 1)}};
  EXPECT_EQ(judge(series_with_cuts({part, whole}, {}), {}).worst, Level::Likely);
  const SnapshotSeries series = series_with_cuts({part, whole}, {0});
  EXPECT_EQ(series.id_snapshots, 1u);
  EXPECT_EQ(residence_of(series, "main.send").arrived, 0u);
  const Findings findings = judge(series, {});
  EXPECT_LT(findings.worst, Level::Likely);
  ASSERT_FALSE(findings.notes.empty());
  EXPECT_EQ(findings.notes[0],
            "1 snapshot is cut; goroutines that are missing there have neither come nor left.");
}

TEST(SnapshotSeries, WhatACutDumpLacksHasNotLeft) {
  const std::vector<TestGroup> few = {{"chan send", kSend, ids_from(10, 8, 10)},
                                      {"running", kWork, {100}}};
  const std::vector<TestGroup> more = {{"chan send", kSend, ids_from(10, 16, 10)},
                                       {"running", kWork, {200}}};
  const std::vector<TestGroup> part = {{"chan send", kSend, ids_from(10, 3, 10)}};
  const SnapshotSeries series = series_with_cuts({few, more, part}, {2});
  EXPECT_EQ(series.id_snapshots, 2u);
  EXPECT_EQ(residence_of(series, "main.send").departed, 0u);
  EXPECT_EQ(judge(series, {}).worst, Level::Likely);
}

TEST(SnapshotSeries, ACutDumpThatIsAloneIsStillOne) {
  const SnapshotSeries series =
      series_with_cuts({{{"chan send", kSend, ids_from(10, 8, 10)}}}, {0});
  EXPECT_EQ(series.goroutines.size(), 8u);
  EXPECT_TRUE(judge(series, {}).notes.empty());
}

TEST(SnapshotSeries, TheCountsOfACutProfileAreNoGrowth) {
  SeriesBuilder builder;
  for (std::int64_t i = 1; i <= 10; ++i) {
    builder.start_snapshot("", i * 5'000'000'000);
    ProfileBuilder profile;
    profile.add(2 * i, {{"runtime.gopark"}, {"runtime.chansend1"}, {"main.send", "/srv/main.go"}});
    if (i < 9) add_loss(profile.profile.losses, "goroutine missing", 20 - 2 * i, 1);
    EXPECT_TRUE(builder.add(profile.profile));
  }
  EXPECT_LT(judge(std::move(builder).finish(), {}).worst, Level::Possible);
}

Profile profile_of_build(std::string_view build_id, std::int64_t count) {
  ProfileBuilder builder;
  builder.add(count, {{"runtime.gopark"}, {"runtime.chansend1"}, {"main.send", "/srv/main.go", 3}});
  Mapping mapping;
  mapping.build_id = builder.profile.strings.intern(build_id);
  builder.profile.mappings.push_back(mapping);
  return std::move(builder.profile);
}

SnapshotSeries series_of_builds(const std::vector<std::string_view>& builds) {
  SeriesBuilder builder;
  std::int64_t at = 1;
  for (const std::string_view build : builds) {
    builder.start_snapshot("", at * 60'000'000'000);
    EXPECT_TRUE(builder.add(profile_of_build(build, at++)));
  }
  return std::move(builder).finish();
}

TEST(SnapshotSeries, AnotherBuildIsAnotherProcess) {
  const SnapshotSeries series = series_of_builds({"aa", "aa", "bb", "", "bb"});
  EXPECT_EQ(series.restarts, 1u);
  EXPECT_EQ(series.first_since_restart, 2u);
  EXPECT_EQ(series.builds, (std::vector<std::string>{"aa", "bb"}));
  const Findings findings = judge(series, {});
  ASSERT_EQ(findings.notes.size(), 2u);
  EXPECT_EQ(findings.notes[0], "The series has 2 builds; what the last one brought: -since=bb");
}

TEST(SnapshotSeries, ABuildThatIsNotKnownIsNoOther) {
  EXPECT_EQ(series_of_builds({"", "aa", "", "aa"}).restarts, 0u);
  EXPECT_EQ(series_of_builds({"", ""}).builds.size(), 0u);
}

TEST(SnapshotSeries, DoesNotTakeTheEndOfABurstForARestart) {
  const SnapshotSeries series = series_of(
      {{{"chan send", kSend, {20, 21, 22}, 3}, {"select", kWork, ids_from(1000, 50, 100)}},
       {{"chan send", kSend, {20, 21, 22}, 4}}});
  EXPECT_EQ(series.restarts, 0u);
  EXPECT_EQ(residence_of(series, "main.send").residents, 3u);
}

TEST(SnapshotSeries, CountsAGoroutineOnceThatADumpHasTwice) {
  const SnapshotSeries series = series_of({{{"chan send", kSend, {4, 4, 7}}}});
  EXPECT_EQ(series.goroutines.size(), 2u);
}

TEST(SnapshotSeries, FindsTheGroupsOfADumpInAProfile) {
  SeriesBuilder builder;
  builder.start_snapshot("dump", 1);
  builder.add(dump_of({{"chan receive", kSend, {4, 7}}}));
  ProfileBuilder profile;
  profile.add(5, {{"runtime.gopark"},
                  {"runtime.chanrecv", "/go/src/runtime/chan.go", 600},
                  {"runtime.chanrecv2"},
                  {"main.send", "/srv/app/main.go", 27}});
  builder.start_snapshot("profile", 2);
  ASSERT_TRUE(builder.add(profile.profile).has_value());
  const SnapshotSeries series = std::move(builder).finish();
  EXPECT_EQ(series.stacks.groups[0].count, 5);
  EXPECT_EQ(series.stacks.groups[0].is_range, true);
  EXPECT_EQ(series.stacks.groups[1].count, 0);
  ASSERT_EQ(series.counts[0].size(), 2u);
  EXPECT_EQ(series.counts[0][1].count, 5);
}

// Go prints no minutes for those that it proved to be leaked, and a profile may prove as much.
TEST(SnapshotSeries, WhatIsProvedTwiceCountsOnce) {
  GoroutineDump dump = dump_of({{"chan send", kSend, {4, 7, 9}}});
  DumpBuilder leaked;
  leaked.add("chan send", kSend, {{0, 2}});
  leaked.dump.groups.back().is_leaked = true;
  SeriesBuilder builder;
  builder.start_snapshot("", 60'000'000'000);
  builder.add(dump);
  builder.add(leaked.dump);
  ProfileBuilder proof("goroutineleak");
  proof.add(2, {{"runtime.gopark", "/go/src/runtime/proc.go", 460},
                {"runtime.chansend", "/go/src/runtime/chan.go", 283},
                {"runtime.chansend1", "/go/src/runtime/chan.go", 161},
                kSend[0]});
  EXPECT_TRUE(builder.add_hint(proof.profile));
  const SnapshotSeries series = std::move(builder).finish();
  ASSERT_EQ(series.snapshots.size(), 1u);
  EXPECT_EQ(series.snapshots[0].total, 5);
  EXPECT_EQ(series.stacks.goroutine_count, 5);
  EXPECT_EQ(series.stacks.groups[0].count, 5);
  EXPECT_EQ(series.stacks.groups[0].leaked, 2);
}

// Named from the last to the first, no leak would be seen.
TEST(SnapshotSeries, DumpsInTheWrongOrderAreSuspected) {
  const TestStack send = stack_of("main.fetch.func1", "main.fetch");
  const std::vector<TestGroup> early = {{"chan send", send, ids_from(20, 40, 20)}, busy(820)};
  const std::vector<TestGroup> late = {{"chan send", send, ids_from(20, 60, 20)}, busy(1220)};
  const auto notes = [](const SnapshotSeries& series) {
    std::string text;
    for (const std::string& note : judge(series, {}).notes) text += note;
    return text;
  };
  EXPECT_NE(notes(series_of({late, early}, 0)).find("taken in another order"), std::string::npos);
  EXPECT_EQ(notes(series_of({early, late}, 0)).find("another order"), std::string::npos);
  // Their times tell that they are in order.
  EXPECT_EQ(notes(series_of({late, early}, 60)).find("another order"), std::string::npos);
}

}  // namespace
}  // namespace plumb
