// SPDX-License-Identifier: Apache-2.0
// Places with a pattern, or a text of their own.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "leak/wait_state.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

// Ten goroutines, and ten more a minute later.
SnapshotSeries growing(std::string_view state, const TestStack& stack) {
  return series_of({{{state, stack, ids_from(20, 10, 10)}, busy(120)},
                    {{state, stack, ids_from(20, 20, 10)}, busy(215)}});
}

bool says(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const TestStack kIterator = {
    {"iter.Pull[...].func1.1", "/go/src/iter/iter.go", 287},
    {"main.(*Tree).All.func1", "/srv/app/tree.go", 12},
    {"iter.Pull[...].func1", "/go/src/iter/iter.go", 301},
    {"iter.Pull[...]", "/go/src/iter/iter.go", 271, 0, FrameKind::CreatedBy}};

TEST(PatternCases, AnIteratorThatIsNotStoppedIsALeak) {
  const Finding finding = judge_place(growing("coroutine", kIterator), "main.(*Tree).All.func1");
  EXPECT_EQ(to_string(finding.level), "likely") << finding.reason;
  EXPECT_EQ(finding.pattern, "L23");
  EXPECT_TRUE(says(finding.fix, "defer stop()")) << finding.fix;
}

TEST(PatternCases, AnIteratorThatIsKeptIsNone) {
  const std::vector<TestGroup> kept = {{"coroutine", kIterator, ids_from(20, 10, 10)}, busy(120)};
  const Finding finding = judge_place(series_of({kept, kept}), "main.(*Tree).All.func1");
  EXPECT_LT(finding.level, Level::Possible) << finding.reason;
}

// Who asks for the next value waits in the same state while the iterator works.
TEST(PatternCases, WhoReadsAnIteratorIsNotTheIterator) {
  const TestStack reader = {{"iter.Pull[...].func2", "/go/src/iter/iter.go", 320},
                            {"main.merge", "/srv/app/tree.go", 40},
                            {"main.serve", "/srv/app/main.go", 9, 0, FrameKind::CreatedBy}};
  EXPECT_NE(judge_place(growing("coroutine", reader), "main.merge").pattern, "L23");
}

TEST(PatternCases, AnIteratorIsToldFromItsFramesAlone) {
  EXPECT_EQ(state_of_function("iter.Pull[...].func1.1"), "coroutine");
  EXPECT_EQ(state_of_function("iter.Pull2[...].func2"), "coroutine");
}

}  // namespace
}  // namespace plumb
