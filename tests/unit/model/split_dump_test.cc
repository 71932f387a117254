// SPDX-License-Identifier: Apache-2.0
#include "model/split_dump.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/join_dumps.h"
#include "unit/leak/series_builder.h"

namespace plumb {
namespace {

const TestStack kMain = {{"main.main"}};
const TestStack kSend = {{"main.send"}};
const TestStack kMake = {{"runtime/pprof.writeGoroutineStacks"}};

// The goroutines of the groups, as "state of function: ids, by minutes".
std::string text_of(const GoroutineDump& dump) {
  std::string text;
  for (std::size_t i = 0; i < dump.groups.size(); ++i) {
    const GoroutineGroup& group = dump.groups[i];
    if (group.count == 0) continue;
    text += std::string(dump.text(group.state)) + " x" + std::to_string(group.count) + " from " +
            std::to_string(group.first_id);
    for (const WaitCount& wait : group.waits) {
      text += " " + std::to_string(wait.minutes) + "min:" + std::to_string(wait.goroutines);
    }
    text += "; ";
  }
  return text + std::to_string(dump.goroutines.size()) + " of " +
         std::to_string(dump.goroutine_count);
}

std::vector<std::string> texts_of(const std::vector<DumpPart>& parts) {
  std::vector<std::string> texts;
  for (const DumpPart& part : parts) texts.push_back(text_of(part.dump));
  return texts;
}

// Groups without ids of their own begin with that of their first goroutine.
GoroutineDump dump_with_ids(const std::vector<TestGroup>& groups) {
  GoroutineDump dump = dump_of(groups);
  for (std::size_t i = 0; i < groups.size(); ++i) dump.groups[i].first_id = groups[i].ids.front();
  return dump;
}

TEST(SplitDump, LeavesOneDumpAlone) {
  EXPECT_TRUE(split_dump({}).empty());
  EXPECT_TRUE(
      split_dump(dump_with_ids({{"select", kMain, {1}}, {"chan send", kSend, {5, 7}}})).empty());
}

TEST(SplitDump, BeginsWithTheGoroutineThatMakesTheDump) {
  GoroutineDump dump = dump_with_ids({{"running", kMake, {80}},
                                      {"select", kMain, {1}},
                                      {"chan send", kSend, {5, 7}},
                                      {"running", kMake, {90}},
                                      {"select", kMain, {1}, 2},
                                      {"chan send", kSend, {5, 7, 9}, 3}});
  dump.crash_text.emplace_back("SIGQUIT: quit");
  const std::vector<DumpPart> parts = split_dump(dump);
  EXPECT_EQ(texts_of(parts),
            (std::vector<std::string>{
                "running x1 from 80 0min:1; select x1 from 1 0min:1; chan send x2 from 5 0min:2; "
                "4 of 4",
                "running x1 from 90 0min:1; select x1 from 1 2min:1; chan send x3 from 5 3min:3; "
                "5 of 5"}));
  EXPECT_TRUE(parts[0].dump.crash_text.empty());
  EXPECT_EQ(parts[1].dump.crash_text, dump.crash_text);
}

TEST(SplitDump, BeginsWithMainIfThatMakesTheDump) {
  const std::vector<DumpPart> parts = split_dump(dump_with_ids({{"running", kMain, {1}},
                                                                {"chan send", kSend, {5}},
                                                                {"running", kMain, {1}},
                                                                {"chan send", kSend, {6}},
                                                                {"idle", kMake, {0}},
                                                                {"sleep", kMain, {1}}}));
  EXPECT_EQ(texts_of(parts), (std::vector<std::string>{
                                 "running x1 from 1 0min:1; chan send x1 from 5 0min:1; 2 of 2",
                                 "running x1 from 1 0min:1; chan send x1 from 6 0min:1; 2 of 2",
                                 "idle x1 from 0 0min:1; sleep x1 from 1 0min:1; 2 of 2"}));
}

// Of three processes, of which the first made two dumps and the third none that has goroutines.
TEST(SplitDump, TellsProcessesApart) {
  GoroutineDump dump = dump_with_ids({{"select", kMain, {1}},
                                      {"chan send", kSend, {5}},
                                      {"running", kMake, {9}},
                                      {"sleep", kMain, {1}}});
  join_dump(dump, dump_with_ids({{"running", kMake, {7}}, {"select", kMain, {1}}}));
  join_dump(dump, {});
  ASSERT_EQ(dump.processes.size(), 3U);
  EXPECT_EQ(dump.processes[1].first_group, 4U);
  EXPECT_EQ(dump.processes[2].first_group, 6U);
  const std::vector<DumpPart> parts = split_dump(dump);
  EXPECT_EQ(texts_of(parts),
            (std::vector<std::string>{"select x1 from 1 0min:1; chan send x1 from 5 0min:1; 2 of 2",
                                      "running x1 from 7 0min:1; select x1 from 1 0min:1; 2 of 2",
                                      "running x1 from 9 0min:1; sleep x1 from 1 0min:1; 2 of 2"}));
  EXPECT_EQ(parts[1].process, 1U);
  EXPECT_EQ(parts[1].round, 0U);
  EXPECT_EQ(parts[2].process, 0U);
  EXPECT_EQ(parts[2].round, 1U);
}

}  // namespace
}  // namespace plumb
