// SPDX-License-Identifier: Apache-2.0
#include "report/goroutine_diff.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/goroutine_text.h"
#include "report/leaks.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {
namespace {

struct One {
  int id;
  std::string_view state;
  std::string_view function;
  int creator = 1;
};

// A dump of goroutines that were all made by main.start.
Content dump_of(const std::vector<One>& goroutines) {
  std::string text;
  for (const One& one : goroutines) {
    text += "goroutine " + std::to_string(one.id) + " [" + std::string(one.state) + "]:\n" +
            std::string(one.function) +
            "()\n\t/srv/app/main.go:7 +0x1d\ncreated by main.start in "
            "goroutine " +
            std::to_string(one.creator) + "\n\t/srv/app/main.go:3 +0x2a\n\n";
  }
  MemorySource source(text);
  ReadOptions options;
  options.keep_goroutines = true;
  auto dump = read_goroutine_text(source, options);
  EXPECT_TRUE(dump.has_value());
  return *std::move(dump);
}

GoroutineDiff diff_of(const Content& before, const Content& after) {
  auto diff = build_goroutine_diff(before, after);
  EXPECT_TRUE(diff.has_value());
  diff->before_name = "a.txt";
  diff->after_name = "b.txt";
  return *std::move(diff);
}

// "before after state function: new ended stayed in out" of every group.
std::vector<std::string> lines_of(const GoroutineDiff& diff) {
  std::vector<std::string> lines;
  for (const GoroutineChange& change : diff.changes) {
    const StackGroup& group = diff.stacks.groups[change.group];
    std::string line = std::to_string(change.before) + ' ' + std::to_string(change.after) + ' ';
    line += state_text(diff.stacks, group);
    line += ' ';
    line += diff.stacks.text(diff.stacks.frame(group, group.blocked).function);
    const GoroutineMoves& moves = change.moves;
    line += ':';
    for (const std::int64_t count :
         {moves.fresh, moves.ended, moves.stayed, moves.moved_in, moves.moved_out}) {
      line += ' ' + std::to_string(count);
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(GoroutineDiff, FollowsGoroutinesByTheirIds) {
  const Content before = dump_of({{1, "select", "main.main"},
                                  {5, "chan send", "main.leak"},
                                  {6, "chan send", "main.leak"},
                                  {7, "IO wait", "main.serve"}});
  const Content after = dump_of({{1, "select", "main.main"},
                                 {5, "chan send, 9 minutes", "main.leak"},
                                 {7, "chan send", "main.leak"},
                                 {8, "chan send", "main.leak"},
                                 {9, "chan send", "main.leak"}});
  const GoroutineDiff diff = diff_of(before, after);
  EXPECT_TRUE(diff.has_ids);
  EXPECT_EQ(lines_of(diff), (std::vector<std::string>{"2 4 chan send main.leak: 2 1 1 1 0",
                                                      "1 0 IO wait main.serve: 0 0 0 0 1",
                                                      "1 1 select main.main: 0 0 1 0 0"}));
  EXPECT_EQ(diff.changes[0].moves.longest_minutes, 9U);
  EXPECT_EQ(diff.moves.fresh, 2);
  EXPECT_EQ(diff.moves.ended, 1);
  EXPECT_EQ(diff.moves.stayed, 2);
}

TEST(GoroutineDiff, SaysWhenTheDumpsAreOfTwoProcesses) {
  const GoroutineDiff diff =
      diff_of(dump_of({{5, "select", "main.a", 1}}), dump_of({{5, "select", "main.a", 17}}));
  EXPECT_FALSE(diff.has_ids);
  EXPECT_TRUE(diff.has_foreign_ids);
  EXPECT_EQ(lines_of(diff), std::vector<std::string>{"1 1 select main.a: 0 0 0 0 0"});
}

TEST(GoroutineDiff, ComparesProfilesByTheirGroups) {
  ProfileBuilder before;
  before.add(3, {{"runtime.gopark"}, {"runtime.chansend", "chan.go", 283}, {"main.leak"}});
  ProfileBuilder after;
  after.add(5, {{"runtime.gopark"}, {"runtime.chansend", "chan.go", 283}, {"main.leak"}});
  after.add(2, {{"runtime.gopark"}, {"runtime.selectgo"}, {"main.wait"}});
  const GoroutineDiff diff =
      diff_of(Content(std::move(before.profile)), Content(std::move(after.profile)));
  EXPECT_FALSE(diff.has_ids);
  EXPECT_FALSE(diff.has_foreign_ids);
  EXPECT_EQ(lines_of(diff), (std::vector<std::string>{"3 5 chan send main.leak: 0 0 0 0 0",
                                                      "0 2 select main.wait: 0 0 0 0 0"}));
}

TEST(GoroutineDiff, ComparesADumpWithAProfile) {
  ProfileBuilder after;
  after.add(5, {{"runtime.gopark", "/go/src/runtime/proc.go"},
                {"runtime.chansend", "/go/src/runtime/chan.go", 283},
                {"main.leak", "/srv/app/main.go", 7}});
  const GoroutineDiff diff =
      diff_of(dump_of({{5, "chan send", "main.leak"}}), Content(std::move(after.profile)));
  EXPECT_TRUE(diff.compares_stacks_only);
  EXPECT_EQ(lines_of(diff), std::vector<std::string>{"1 5 chan send main.leak: 0 0 0 0 0"});
}

TEST(GoroutineDiff, TypeArgumentsThatDumpsLeaveOutAreNotCompared) {
  ProfileBuilder after;
  after.add(1, {{"runtime.gopark", "/go/src/runtime/proc.go"},
                {"runtime.chansend", "/go/src/runtime/chan.go", 283},
                {"main.leak[go.shape.[]int,main.T[go.shape.int]].func1", "/srv/app/main.go", 7}});
  const GoroutineDiff diff = diff_of(dump_of({{5, "chan send", "main.leak[...].func1"}}),
                                     Content(std::move(after.profile)));
  EXPECT_EQ(lines_of(diff),
            std::vector<std::string>{"1 1 chan send main.leak[...].func1: 0 0 0 0 0"});
}

TEST(GoroutineDiff, RefusesOtherProfiles) {
  ProfileBuilder cpu("cpu", "nanoseconds");
  EXPECT_FALSE(
      build_goroutine_diff(Content(std::move(cpu.profile)), dump_of({{5, "select", "main.a"}}))
          .has_value());
}

TEST(GoroutineDiff, CountsAsAChangeWhatCameAndWent) {
  const GoroutineDiff diff = diff_of(dump_of({{5, "select", "main.a"}, {6, "select", "main.a"}}),
                                     dump_of({{7, "select", "main.a"}, {8, "select", "main.a"}}));
  ASSERT_EQ(diff.changes.size(), 1U);
  EXPECT_TRUE(is_change(diff.changes[0], {.least = 2, .row_count = 0}));
  EXPECT_FALSE(is_change(diff.changes[0], {.least = 3, .row_count = 0}));
}

TEST(GoroutineDiff, ReadsAsText) {
  const GoroutineDiff diff = diff_of(dump_of({{5, "chan send", "main.leak"}}),
                                     dump_of({{5, "chan send, 9 minutes", "main.leak"},
                                              {6, "chan send", "main.leak"},
                                              {7, "IO wait", "main.serve"}}));
  StringWriter out;
  render_goroutine_diff_text(diff, {.least = 1, .row_count = 1}, out);
  EXPECT_EQ(out.text(),
            "a.txt -> b.txt: 1 -> 3 goroutines, +2 (+200%)\n"
            "by their ids: 2 new, 1 stayed\n"
            "\n"
            "   change    before     after\n"
            "       +1         1         2  chan send\n"
            "             at          main.leak  /srv/app/main.go:7\n"
            "             created by  main.start  /srv/app/main.go:3\n"
            "             1 new, 1 stayed and waited at least 9 minutes\n"
            "\n"
            "Not shown: 1 group with smaller changes; -nodecount=0 shows all.\n");
}

TEST(GoroutineDiff, ReadsAsJsonAndCsv) {
  const GoroutineDiff diff =
      diff_of(dump_of({{5, "chan send", "main.leak"}}),
              dump_of({{5, "chan send", "main.leak"}, {6, "chan send", "main.leak"}}));
  StringWriter json_out;
  render_goroutine_diff_json(diff, {}, json_out);
  const auto json = nlohmann::json::parse(json_out.text(), nullptr, false);
  EXPECT_EQ(json["schema"], "plumb.diff.goroutines/1");
  EXPECT_EQ(json["groups"][0]["change"], 1);
  EXPECT_EQ(json["groups"][0]["kind"], "grew");
  EXPECT_EQ(json["groups"][0]["by_id"]["new"], 1);
  EXPECT_EQ(json["groups"][0]["frames"][0]["function"], "main.leak");
  EXPECT_EQ(json["groups"][0]["created_by"]["line"], 3);
  StringWriter csv;
  render_goroutine_diff_csv(diff, {}, csv);
  EXPECT_EQ(csv.text(),
            "change,before,after,kind,state,function,file,line,created_by,new,ended,stayed,"
            "stayed_minutes_longest\n"
            "1,1,2,grew,chan send,main.leak,/srv/app/main.go,7,main.start,1,0,1,0\n");
}

}  // namespace
}  // namespace plumb
