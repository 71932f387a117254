// SPDX-License-Identifier: Apache-2.0
// Who waits for whose lock, and what the verdict makes of it.
#include "leak/lock_graph.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

constexpr std::uint64_t kA = 0xc000012000;
constexpr std::uint64_t kB = 0xc000012400;

TestStack lock_stack(std::string_view function, std::string_view caller) {
  return {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
          {function, "/srv/main.go", 27},
          {caller, "/srv/main.go", 40},
          {"main.serve", "/srv/main.go", 9, 0, FrameKind::CreatedBy}};
}

TestGroup waiting(std::string_view function, std::string_view caller,
                  std::vector<std::uint64_t> ids, std::uint64_t lock,
                  std::vector<std::uint64_t> pointers) {
  return {"sync.Mutex.Lock",  lock_stack(function, caller), std::move(ids), 0, 1, lock,
          std::move(pointers)};
}

TestGroup busy(std::uint64_t id) {
  return {"running", {{"main.busy", "/srv/main.go", 3}}, {id}, 0, 0, 0, {}};
}

LockGraph graph_of(const SnapshotSeries& series) {
  return find_lock_graph(study_series(series, GoroutineIndex(series)));
}

std::uint64_t id_of(const SnapshotSeries& series, std::uint32_t row) {
  return study_series(series, GoroutineIndex(series)).goroutines.known()[row].id;
}

std::span<const std::uint32_t> holders_of(const LockGraph& graph, std::uint32_t lock) {
  const LockHolders* const holders = graph.find_holders(lock);
  return holders == nullptr ? std::span<const std::uint32_t>() : graph.rows_of(*holders);
}

// Two goroutines, each with both objects among its arguments.
std::vector<TestGroup> crosswise(std::uint64_t newest) {
  return {waiting("main.(*conn).mark", "main.(*pool).fail", {20}, kB, {kA, kB}),
          waiting("main.(*pool).revive", "main.(*conn).done", {21}, kA, {kB, kA}), busy(newest)};
}

std::string evidence_text(const Finding& finding) {
  std::string text;
  for (const Evidence& item : finding.evidence) text += item.text + "\n";
  return text;
}

TEST(LockGraph, HasTheLocksByAddress) {
  const SnapshotSeries series = series_of(
      {{waiting("main.f", "main.g", {3, 4, 5}, kA, {}), waiting("main.h", "main.g", {6}, kA, {}),
        waiting("main.k", "main.g", {7}, kB, {})}});
  const LockGraph graph = graph_of(series);
  ASSERT_EQ(graph.locks.size(), 2u);
  EXPECT_EQ(graph.locks[0].address, kA);
  EXPECT_EQ(graph.waiters_of(0).size(), 4u);
  EXPECT_EQ(graph.waiters_of(1).size(), 1u);
  EXPECT_EQ(graph.find(0, kB), 1u);
  EXPECT_EQ(graph.find(1, kB), kNone);
  EXPECT_TRUE(graph.cycles.empty());
}

TEST(LockGraph, FindsACycleByPointers) {
  const SnapshotSeries series = series_of({crosswise(50)});
  const LockGraph graph = graph_of(series);
  ASSERT_EQ(graph.cycles.size(), 1u);
  EXPECT_EQ(graph.cycles[0].size(), 2u);
  ASSERT_EQ(holders_of(graph, 0).size(), 1u);
  EXPECT_EQ(graph.find_holders(0)->hint, HolderHint::Pointer);
}

TEST(LockGraph, FindsTheObjectInFrontOfItsLock) {
  const SnapshotSeries series = series_of(
      {{waiting("main.(*cache).size", "main.(*cache).get", {20}, kA + 24, {kA}),
        {"chan send", {{"main.(*cache).flush", "/srv/main.go", 50}}, {12}, 0, 0, 0, {kA}}}});
  const LockGraph graph = graph_of(series);
  ASSERT_EQ(graph.locks.size(), 1u);
  const std::span<const std::uint32_t> holders = holders_of(graph, 0);
  ASSERT_EQ(holders.size(), 1u);
  EXPECT_EQ(id_of(series, holders[0]), 12u);
}

// The arguments were not on the stack any more, but both are in a method that called another one.
TEST(LockGraph, FindsACycleByTypes) {
  const SnapshotSeries series =
      series_of({{waiting("main.(*account).deposit", "main.(*account).transfer", {20}, kB, {kB}),
                  waiting("main.(*account).deposit", "main.(*account).transfer", {21}, kA, {kA})}});
  const LockGraph graph = graph_of(series);
  ASSERT_EQ(graph.cycles.size(), 1u);
  ASSERT_EQ(holders_of(graph, 0).size(), 1u);
  EXPECT_EQ(graph.find_holders(0)->hint, HolderHint::Type);
}

// Those that only came to the first lock have the same objects among their arguments.
TEST(LockGraph, PrefersWhoIsInACallOfAnother) {
  TestGroup queue{"sync.Mutex.Lock",
                  {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                   {"main.(*conn).done", "/srv/main.go", 38}},
                  {3, 4},
                  0,
                  1,
                  kA,
                  {kA, kB}};
  std::vector<TestGroup> groups = crosswise(50);
  groups.push_back(queue);
  const SnapshotSeries series = series_of({groups});
  const LockGraph graph = graph_of(series);
  const std::span<const std::uint32_t> holders = holders_of(graph, graph.find(0, kB));
  ASSERT_FALSE(holders.empty());
  EXPECT_EQ(id_of(series, holders[0]), 21u);
}

// Both orders in one function, with a crowd in front of its first lock. Who is in the crowd has the
// other lock's object among its arguments and holds nothing; who holds a lock has left that line.
std::vector<TestGroup> crowds_at_two_locks(std::uint64_t newest) {
  const auto at_line = [](std::int64_t line, std::string_view caller,
                          std::vector<std::uint64_t> ids, std::uint64_t lock,
                          std::vector<std::uint64_t> pointers) {
    TestGroup group =
        waiting("main.(*account).move", caller, std::move(ids), lock, std::move(pointers));
    group.stack[1].line = line;
    return group;
  };
  return {at_line(27, "main.forth", {30, 31, 32}, kA, {kB}),
          at_line(27, "main.back", {40, 41}, kB, {kA}), at_line(30, "main.forth", {20}, kB, {kB}),
          at_line(30, "main.back", {21}, kA, {kA}), busy(newest)};
}

TEST(LockGraph, WhoStandsInACrowdHoldsNothing) {
  std::vector<TestGroup> crowds = crowds_at_two_locks(50);
  crowds.erase(crowds.begin() + 2, crowds.begin() + 4);
  const SnapshotSeries series = series_of({crowds});
  EXPECT_TRUE(graph_of(series).holders.empty());
}

TEST(LockGraph, WhoIsFurtherOnInAFunctionMayHoldWhatItLockedBefore) {
  const SnapshotSeries series = series_of({crowds_at_two_locks(50)});
  const LockGraph graph = graph_of(series);
  const auto holder_of = [&](std::uint64_t lock) {
    const auto rows = holders_of(graph, graph.find(0, lock));
    return rows.size() == 1 ? id_of(series, rows[0]) : 0;
  };
  EXPECT_EQ(holder_of(kA), 20u);
  EXPECT_EQ(holder_of(kB), 21u);
  ASSERT_EQ(graph.cycles.size(), 1u);
  EXPECT_EQ(graph.cycles[0].size(), 2u);
}

TEST(LockGraph, FindsRingsOfSeveral) {
  constexpr std::uint64_t kC = 0xc000012800;
  const SnapshotSeries series = series_of({{waiting("main.f", "main.eat", {20}, kB, {kA, kB}),
                                            waiting("main.g", "main.eat", {21}, kC, {kB, kC}),
                                            waiting("main.h", "main.eat", {22}, kA, {kC, kA})}});
  const LockGraph graph = graph_of(series);
  ASSERT_EQ(graph.cycles.size(), 1u);
  EXPECT_EQ(graph.cycles[0].size(), 3u);
}

TEST(LockGraph, KeepsProcessesApart) {
  SeriesBuilder builder;
  builder.start_snapshot("", 60'000'000'000);
  const std::vector<TestGroup> both = crosswise(50);
  builder.add(dump_of({both[0]}), 0);
  builder.add(dump_of({both[1]}), 1);
  const SnapshotSeries series = std::move(builder).finish();
  const LockGraph graph = graph_of(series);
  EXPECT_EQ(graph.locks.size(), 2u);
  EXPECT_TRUE(graph.cycles.empty());
}

TEST(LockVerdict, ACycleThatLastsIsLockOrder) {
  const SnapshotSeries series = series_of({crosswise(50), crosswise(80)});
  const Findings findings = judge(series, {});
  const Finding* const finding = find_finding(series, findings, "main.(*conn).mark");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(to_string(finding->level), "likely");
  EXPECT_EQ(finding->pattern, "L12");
  EXPECT_NE(evidence_text(*finding).find(
                "a cycle: goroutine 21 in main.(*pool).revive waits for the lock at 0xc000012000, "
                "which goroutine 20 in main.(*conn).mark may hold, and that for the lock at "
                "0xc000012400, which goroutine 21 in main.(*pool).revive may hold"),
            std::string::npos)
      << evidence_text(*finding);
}

TEST(LockVerdict, ACrowdAtALockOfACycleIsToldOfIt) {
  const SnapshotSeries series = series_of({crowds_at_two_locks(50), crowds_at_two_locks(80)});
  const Findings findings = judge(series, {});
  for (const Finding& finding : findings.all) {
    const StackGroup& group = series.stacks.groups[finding.group];
    if (finding.kind == WaitKind::Running) continue;
    const bool is_in_cycle = group.count == 1;
    EXPECT_EQ(to_string(finding.level), "likely") << group.first_id;
    EXPECT_EQ(finding.pattern, "L12") << group.first_id;
    EXPECT_EQ(finding.cause.find("is one of them") != std::string::npos, is_in_cycle)
        << finding.cause;
    const std::string text = evidence_text(finding);
    EXPECT_NE(text.find("a cycle: goroutine 2"), std::string::npos) << text;
    EXPECT_NE(text.find("further on in the function"), std::string::npos) << text;
  }
}

// In one dump it may be traffic through a pair of locks.
TEST(LockVerdict, ACycleOfAMomentIsNone) {
  const SnapshotSeries series = series_of({crosswise(50)});
  const Findings findings = judge(series, {});
  const Finding* const finding = find_finding(series, findings, "main.(*conn).mark");
  ASSERT_NE(finding, nullptr);
  EXPECT_LT(finding->level, Level::Likely);
  EXPECT_EQ(evidence_text(*finding).find("a cycle"), std::string::npos);
}

// The same goroutine at the same line, but it waits for another lock by now.
TEST(LockVerdict, WhoWaitsForAnotherLockHasMoved) {
  const SnapshotSeries series =
      series_of({{waiting("main.f", "main.g", {20, 21}, kA, {}), busy(50)},
                 {waiting("main.f", "main.g", {20, 21}, kB, {}), busy(80)}});
  const Findings findings = judge(series, {});
  const Finding* const finding = find_finding(series, findings, "main.f");
  ASSERT_NE(finding, nullptr);
  EXPECT_LT(finding->level, Level::Possible) << finding->reason;
}

TEST(LockVerdict, TheHolderOnAChannelIsFoundByItsObject) {
  const auto snapshot = [](std::uint64_t newest) {
    return std::vector<TestGroup>{
        waiting("main.(*hub).size", "main.handle", {20, 21, 22}, kA, {kA}),
        // Of another type, so that nothing but the argument tells.
        {"chan send", {{"main.publish", "/srv/main.go", 60}}, {12}, 0, 1, 0, {kA}},
        {"chan receive", {{"main.idle", "/srv/main.go", 70}}, {13}, 0, 1, 0, {kB}},
        busy(newest)};
  };
  const SnapshotSeries series = series_of({snapshot(50), snapshot(80)});
  const Findings findings = judge(series, {});
  const Finding* const waiters = find_finding(series, findings, "main.(*hub).size");
  const Finding* const holder = find_finding(series, findings, "main.publish");
  ASSERT_NE(waiters, nullptr);
  ASSERT_NE(holder, nullptr);
  EXPECT_EQ(waiters->pattern, "L14");
  EXPECT_EQ(to_string(holder->level), "likely");
  EXPECT_NE(evidence_text(*waiters).find("all 3 wait for one lock, that at 0xc000012000"),
            std::string::npos)
      << evidence_text(*waiters);
  EXPECT_NE(evidence_text(*holder).find("that has its object among its arguments"),
            std::string::npos)
      << evidence_text(*holder);
}

TEST(FleetVerdict, CountsThatFollowTheAgeOfProcessesGrow) {
  SeriesBuilder builder;
  builder.start_snapshot("", 60'000'000'000);
  for (std::uint32_t process = 0; process < 6; ++process) {
    const std::uint64_t newest = 1000 * (process + 1);
    TestGroup stuck{"chan send",
                    {{"main.send", "/srv/main.go", 5}},
                    ids_from(10, 4 * (process + 1), 40),
                    0,
                    1,
                    0,
                    {}};
    builder.add(dump_of({stuck, busy(newest)}), process);
  }
  const SnapshotSeries series = std::move(builder).finish();
  const Findings findings = judge(series, {});
  const Finding* const finding = find_finding(series, findings, "main.send");
  ASSERT_NE(finding, nullptr);
  EXPECT_GE(finding->level, Level::Possible);
  EXPECT_NE(evidence_text(*finding).find("6 of 6 processes have it, 4 to 24 each"),
            std::string::npos)
      << evidence_text(*finding);
  EXPECT_NE(evidence_text(*finding).find("the longer a process has run"), std::string::npos);
}

}  // namespace
}  // namespace plumb
