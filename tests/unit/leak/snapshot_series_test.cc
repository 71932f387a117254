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
  const SnapshotSeries series =
      series_of({{{"chan send", kSend, {4, 7}}}, {{"chan send", kSend, {4, 7}}}}, 0);
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

}  // namespace
}  // namespace plumb
