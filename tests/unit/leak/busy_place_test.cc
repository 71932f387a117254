// SPDX-License-Identifier: Apache-2.0
// A leak at a place where most goroutines leave at once.
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

const TestStack kSend = stack_of("main.fetch.func1", "main.fetch");

// Ten at a time that leave before the next snapshot, and, if `stay`, one more in each that stays.
std::vector<std::vector<TestGroup>> busy_place(std::string_view state, const TestStack& stack,
                                               bool stay) {
  std::vector<std::vector<TestGroup>> snapshots;
  for (std::uint64_t i = 0; i < 10; ++i) {
    std::vector<std::uint64_t> ids;
    for (std::uint64_t j = 1; stay && j <= i; ++j) ids.push_back(100 * j);
    const auto passing = ids_from(100 * i + 110, 10, 2);
    ids.insert(ids.end(), passing.begin(), passing.end());
    snapshots.push_back({{state, stack, ids}, busy(100 * i + 199)});
  }
  return snapshots;
}

TEST(BusyPlace, HasALeakAmongThoseThatLeave) {
  const SnapshotSeries series = series_of(busy_place("chan send", kSend, true), 5);
  const Finding finding = judge_place(series, "main.fetch.func1");
  EXPECT_EQ(finding.level, Level::Likely) << finding.reason;
  ASSERT_FALSE(finding.evidence.empty());
  EXPECT_EQ(finding.evidence.front().id, "E2");
  EXPECT_EQ(
      judge_place(series_of(busy_place("chan send", kSend, false), 5), "main.fetch.func1").level,
      Level::Benign);
}

// Most peers answer, and some never do.
TEST(BusyPlace, HasSilentPeersAmongThoseThatAnswer) {
  const auto level = [](const TestStack& stack, bool stay) {
    const SnapshotSeries series = series_of(busy_place("IO wait", stack, stay), 5);
    return judge_place(series, stack[0].function).level;
  };
  EXPECT_EQ(level(kSend, true), Level::Possible);
  EXPECT_EQ(level(kSend, false), Level::Benign);
  const TestStack idle = {
      {"net/http.(*connReader).Read", "/go/src/net/http/server.go", 812},
      {"net/http.(*Server).Serve", "/go/src/net/http/server.go", 3464, 0, FrameKind::CreatedBy}};
  EXPECT_EQ(level(idle, true), Level::Benign);
}

}  // namespace
}  // namespace plumb
