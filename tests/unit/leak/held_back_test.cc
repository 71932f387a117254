// SPDX-License-Identifier: Apache-2.0
// What keeps healthy programs from being accused.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

std::string level_of(const SnapshotSeries& series, std::string_view function) {
  return std::string(to_string(judge_place(series, function).level));
}

const TestStack kLocker = {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                           {"main.(*Box).get", "/srv/app/main.go", 27},
                           {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
const TestStack kOnceWaiter = {{"sync.(*Mutex).lockSlow", "/go/src/sync/mutex.go", 171},
                               {"sync.(*Once).doSlow", "/go/src/sync/once.go", 74},
                               {"main.get", "/srv/app/main.go", 27},
                               {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
const TestStack kOnceRunner = {{"main.get.func1", "/srv/app/main.go", 28},
                               {"sync.(*Once).doSlow", "/go/src/sync/once.go", 78},
                               {"main.get", "/srv/app/main.go", 27},
                               {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};

// Made all along, half of them so many minutes ago.
std::vector<TestGroup> aged(std::string_view state, const TestStack& stack, std::uint32_t minutes) {
  return {{state, stack, ids_from(100, 10, 100), minutes},
          {state, stack, ids_from(1100, 10, 100), 0},
          busy(2100)};
}

// Ten, and ten more so many seconds later.
SnapshotSeries growing(std::string_view state, const TestStack& stack, std::int64_t seconds,
                       const std::vector<TestGroup>& others = {}) {
  std::vector<std::vector<TestGroup>> snapshots = {
      {{state, stack, ids_from(20, 10, 10)}, busy(120)},
      {{state, stack, ids_from(20, 20, 10)}, busy(215)}};
  for (auto& groups : snapshots) groups.insert(groups.end(), others.begin(), others.end());
  return series_of(snapshots, seconds);
}

// A slow start looks like it.
TEST(HeldBack, ALockIsHeldForAWhile) {
  constexpr std::string_view kMutex = "sync.Mutex.Lock";
  EXPECT_EQ(level_of(series_of({aged(kMutex, kLocker, 2)}), "main.(*Box).get"), "possible");
  EXPECT_EQ(level_of(series_of({aged(kMutex, kLocker, 5)}), "main.(*Box).get"), "likely");
  EXPECT_EQ(level_of(growing(kMutex, kLocker, 12), "main.(*Box).get"), "possible");
  EXPECT_EQ(level_of(growing(kMutex, kLocker, 60), "main.(*Box).get"), "likely");
  // Many snapshots tell that it is not given back.
  std::vector<std::vector<TestGroup>> snapshots;
  for (std::uint64_t i = 0; i < 12; ++i) {
    snapshots.push_back({{kMutex, kLocker, ids_from(100, 4 + 4 * i, 20)}, busy(190 + 80 * i)});
  }
  EXPECT_EQ(level_of(series_of(snapshots, 5), "main.(*Box).get"), "likely");
}

TEST(HeldBack, ALockWhoseHolderIsAtWorkIsGivenBack) {
  const TestGroup slow{"sleep", stack_of("main.(*Box).reload", "main.main"), {10}};
  const TestGroup idle{"select", stack_of("main.(*Box).reload", "main.main"), {10}};
  const auto level = [](const TestGroup& holder, std::int64_t seconds) {
    return level_of(growing("sync.Mutex.Lock", kLocker, seconds, {holder}), "main.(*Box).get");
  };
  EXPECT_EQ(level(slow, 60), "possible");
  EXPECT_EQ(level(slow, 300), "likely");
  EXPECT_EQ(level(idle, 60), "likely");
}

TEST(HeldBack, AFunctionThatIsCalledOnceMayBeSlow) {
  const auto level = [](std::string_view state, std::int64_t seconds) {
    const TestGroup runner{state, kOnceRunner, {10}};
    return level_of(growing("sync.Mutex.Lock", kOnceWaiter, seconds, {runner}), "main.get");
  };
  EXPECT_EQ(level("sleep", 60), "possible");
  EXPECT_EQ(level("IO wait", 60), "possible");
  EXPECT_EQ(level("running", 60), "possible");
  EXPECT_EQ(level("sleep", 300), "likely");
  EXPECT_EQ(level("chan receive", 60), "likely");
  // Of another one.
  TestStack other = kOnceRunner;
  other[2].function = "main.put";
  EXPECT_EQ(
      level_of(growing("sync.Mutex.Lock", kOnceWaiter, 60, {{"sleep", other, {10}}}), "main.get"),
      "likely");
}

}  // namespace
}  // namespace plumb
