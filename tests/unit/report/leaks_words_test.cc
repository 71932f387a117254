// SPDX-License-Identifier: Apache-2.0
// The overview above the groups, on a terminal of any width.
#include "report/leaks_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/report/leaking_report.h"

namespace plumb {
namespace {

// Two places that leak, ten goroutines a minute each; of one object if `creator` made both.
LeaksReport two_leaks(std::string_view creator = "main.tidy") {
  const auto stack = [](std::string_view function, std::string_view file, std::string_view by) {
    return TestStack{{function, file, 44}, {by, file, 9, 0, FrameKind::CreatedBy}};
  };
  LeaksOptions options;
  options.limit = -1;
  return leaking_report(
      {stack("example.com/shop/search.(*Engine).Query.func1", "/srv/search.go", "main.serve"),
       stack("main.add", "/srv/main.go", creator)},
      std::move(options));
}

TEST(LeakTable, TellsHowSureHowManyHowFastHowMuchSinceWhenAndWhere) {
  const LeaksReport report = two_leaks();
  const std::vector<std::string> lines = leak_table(report, 80);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "  level   count   growth   memory   since  where");
  EXPECT_EQ(lines[1],
            "  likely     20  +10/min  51.99kB  ~2 min  search.go:44 (*Engine).Query.func1");
  EXPECT_EQ(lines[2], "  likely     20  +10/min  51.99kB  ~2 min  main.go:44 add");
}

TEST(LeakTable, FitsTheTerminal) {
  const LeaksReport report = two_leaks();
  for (std::size_t width = 20; width < 90; ++width) {
    for (const std::string& line : leak_table(report, width)) EXPECT_LE(line.size(), width);
  }
  const std::string narrow = leak_table(report, 60)[1];
  EXPECT_TRUE(narrow.ends_with("search.go:44 (...")) << narrow;
}

TEST(LeakTable, TellsOfAnObjectOnce) {
  const LeaksReport report = two_leaks("main.serve");
  EXPECT_EQ(report.shown.size(), 2u);
  EXPECT_TRUE(leak_table(report, 80).empty());
}

TEST(LeakTable, OfOneLeakIsNoHelp) {
  LeaksReport report = two_leaks();
  report.shown.resize(1);
  EXPECT_TRUE(leak_table(report, 80).empty());
}

TEST(Wrapped, BreaksBetweenWords) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("they come and none leaves", 14),
            (Lines{"they come and", "    none", "    leaves"}));
  EXPECT_EQ(wrapped("they come and none leaves", 0), (Lines{"they come and none leaves"}));
  EXPECT_EQ(wrapped("", 10), (Lines{""}));
  EXPECT_EQ(wrapped("a unbreakable", 6), (Lines{"a", "    unbreakable"}));
}

TEST(Outdented, KeepsTheShapeOfTheLines) {
  EXPECT_EQ(outdented({"\tgo func() {", "", "\t\tch <- v", "\t}()"}),
            (std::vector<std::string>{"go func() {", "", "    ch <- v", "}()"}));
  EXPECT_EQ(outdented({}), std::vector<std::string>{});
  EXPECT_EQ(outdented({"\t", "  "}), (std::vector<std::string>{"", ""}));
}

}  // namespace
}  // namespace plumb
