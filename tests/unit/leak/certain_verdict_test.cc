// SPDX-License-Identifier: Apache-2.0
// What needs no statistics: it can never go on, or it is the runtime's.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

// `select {}` in each of so many processes, at the same time.
Level level_of_endless_selects(const TestStack& stack, std::uint32_t processes,
                               const std::vector<std::uint64_t>& ids) {
  SeriesBuilder builder;
  builder.start_snapshot("", 60'000'000'000);
  for (std::uint32_t process = 0; process < processes; ++process) {
    builder.add(dump_of({{"select (no cases)", stack, ids}}), process);
  }
  return judge_place(std::move(builder).finish(), stack[0].function).level;
}

TEST(CertainVerdict, OneEndlessSelectOfAProcessMayBeMeant) {
  const TestStack waiter = stack_of("main.hold", "main.run");
  EXPECT_EQ(level_of_endless_selects(waiter, 1, {20, 30}), Level::Confirmed);
  EXPECT_LT(level_of_endless_selects(waiter, 3, {20}), Level::Confirmed);
  EXPECT_EQ(level_of_endless_selects(waiter, 3, {20, 30}), Level::Confirmed);
  const TestStack of_main = {{"main.main", "/srv/app/main.go", 27}};
  EXPECT_EQ(level_of_endless_selects(of_main, 3, {1}), Level::Benign);
  // A file that holds the same dump twice.
  EXPECT_EQ(level_of_endless_selects(of_main, 1, {1, 1}), Level::Benign);
}

Finding judge_crash(std::string_view line, const TestGroup& group, std::string_view bubble = {}) {
  GoroutineDump dump = dump_of({group});
  dump.crash_text.emplace_back(line);
  dump.groups[0].bubble = dump.strings.intern(bubble);
  SeriesBuilder builder;
  builder.start_snapshot("", 0);
  builder.add(dump);
  return judge_place(std::move(builder).finish(), group.stack[0].function);
}

TEST(CertainVerdict, BelievesTheRuntimeThatNothingCanGoOn) {
  constexpr std::string_view kAsleep = "fatal error: all goroutines are asleep - deadlock!";
  const TestGroup main{"chan receive", {{"main.main", "/srv/app/main.go", 27}}, {1}};
  const TestGroup sender{"chan send", stack_of("main.send", "main.serve"), {20}};
  EXPECT_EQ(judge_crash(kAsleep, main).level, Level::Confirmed);
  EXPECT_EQ(judge_crash(kAsleep, sender).level, Level::Confirmed);
  EXPECT_EQ(judge_crash(kAsleep, sender).evidence.front().id, "E5");
  EXPECT_LT(judge_crash("panic: no luck", sender).level, Level::Confirmed);
  constexpr std::string_view kBubble =
      "panic: deadlock: main bubble goroutine has exited but blocked goroutines remain";
  EXPECT_EQ(judge_crash(kBubble, sender, "1").level, Level::Confirmed);
  EXPECT_LT(judge_crash(kBubble, sender).level, Level::Confirmed);
}

TEST(CertainVerdict, TheGoroutineOfAThreadIsOfTheRuntime) {
  const SnapshotSeries series = series_of({{{"idle", stack_of("runtime.futex"), {0}}}});
  EXPECT_EQ(judge(series, {}).all[0].level, Level::Benign);
}

// What Go's own proof can add depends on what they wait for, and on whether it was asked.
TEST(CertainVerdict, TheProofIsAdvisedWhereItMayCome) {
  const auto advice = [](const TestStack& stack, std::string_view state, bool is_asked) {
    SeriesBuilder builder;
    for (const std::size_t count : {10U, 20U}) {
      builder.start_snapshot("", static_cast<std::int64_t>(count) * 6'000'000'000);
      builder.add(dump_of({{state, stack, ids_from(20, count, 10)}, busy(20 + 10 * count)}));
    }
    ProfileBuilder none("goroutineleak");
    if (is_asked) {
      EXPECT_TRUE(builder.add_hint(none.profile));
    }
    const Finding finding = judge_place(std::move(builder).finish(), "main.work");
    EXPECT_EQ(to_string(finding.level), "likely") << finding.reason;
    return finding.next;
  };
  const auto says = [](std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  };
  const TestStack work = stack_of("main.work", "main.serve");
  EXPECT_TRUE(says(advice(work, "chan send", false), "goroutineleakprofile"));
  EXPECT_TRUE(says(advice(work, "chan send", true), "has none of them"));
  TestStack request = work;
  request.insert(request.begin(),
                 {"net/http.(*persistConn).roundTrip", "/go/src/net/http/transport.go", 2720});
  EXPECT_EQ(advice(request, "select", false), "a longer series: plumb record");
}

}  // namespace
}  // namespace plumb
