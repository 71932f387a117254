// SPDX-License-Identifier: Apache-2.0
#include "report/leak_baseline.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "leak/stack_grouper.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {
namespace {

StackGroups groups_of(std::string_view function, std::int64_t line, std::int64_t count = 5) {
  DumpBuilder dump;
  dump.add("chan send", {{function, "/srv/app/main.go", line}},
           {{0, static_cast<std::uint32_t>(count)}});
  StackGrouper grouper;
  grouper.add(dump.dump);
  return std::move(grouper).finish();
}

std::vector<Finding> findings_of(Level level) {
  Finding finding;
  finding.level = level;
  finding.kind = WaitKind::ChanSend;
  return {finding};
}

bool is_known(const LeakBaseline& baseline, const StackGroups& stacks, Level level) {
  std::vector<Finding> findings = findings_of(level);
  mark_known(baseline, stacks, findings);
  return findings[0].is_known;
}

TEST(LeakBaseline, KnowsWhatItWroteAfterARebuild) {
  const StackGroups stacks = groups_of("main.fetch[go.shape.int].func1", 27);
  const std::string text = write_leak_baseline(stacks, findings_of(Level::Likely), {});
  const auto baseline = parse_leak_baseline(text);
  ASSERT_TRUE(baseline.has_value()) << text;
  EXPECT_TRUE(is_known(*baseline, stacks, Level::Likely));
  EXPECT_TRUE(
      is_known(*baseline, groups_of("main.fetch[go.shape.string].func2", 31), Level::Likely));
  EXPECT_FALSE(is_known(*baseline, groups_of("main.store.func1", 27), Level::Likely));
}

TEST(LeakBaseline, ReportsWhatBecameSurer) {
  const StackGroups stacks = groups_of("main.fetch", 27);
  const auto baseline =
      parse_leak_baseline(write_leak_baseline(stacks, findings_of(Level::Possible), {}));
  ASSERT_TRUE(baseline.has_value());
  EXPECT_TRUE(is_known(*baseline, stacks, Level::Possible));
  EXPECT_FALSE(is_known(*baseline, stacks, Level::Likely));
}

TEST(LeakBaseline, RulesHoldUpToTheirNumber) {
  const auto baseline = parse_leak_baseline(
      R"({"schema":"plumb.leaks.baseline/1","rules":[{"function":"main.work","at_most":8}]})");
  ASSERT_TRUE(baseline.has_value());
  EXPECT_TRUE(is_known(*baseline, groups_of("main.work", 1, 8), Level::Likely));
  EXPECT_FALSE(is_known(*baseline, groups_of("main.work", 1, 9), Level::Likely));
  const std::string again = write_leak_baseline(groups_of("main.work", 1), {}, *baseline);
  EXPECT_EQ(parse_leak_baseline(again)->rules.size(), 1u);
}

TEST(LeakBaseline, RefusesWhatItCannotRead) {
  for (const char* text :
       {"", "[]", "{", R"({"schema":"other"})",
        R"({"schema":"plumb.leaks.baseline/1","known":[{"key":"a"}]})",
        R"({"schema":"plumb.leaks.baseline/1","known":[7]})",
        R"({"schema":"plumb.leaks.baseline/1","rules":[{"function":"a","at_most":-1}]})"}) {
    EXPECT_FALSE(parse_leak_baseline(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace plumb
