// SPDX-License-Identifier: Apache-2.0
// Dumps of several processes in one log are read as if each had a log of its own.
#include "formats/goroutine_streams.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "model/split_dump.h"
#include "support/dice.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

using test::Dice;

// What a process printed, line by line.
std::vector<std::string> lines_of(int count, std::string_view function) {
  std::vector<std::string> lines;
  for (int id = 1; id <= count; ++id) {
    lines.push_back("goroutine " + std::to_string(id) + " [chan send]:");
    lines.push_back("main." + std::string(function) + "(0x1)");
    lines.emplace_back("\t/srv/a.go:1 +0x1");
    lines.emplace_back("created by main.main in goroutine 1");
    lines.emplace_back("\t/srv/a.go:2 +0x1");
    lines.emplace_back("");
  }
  return lines;
}

struct MixedLog {
  const char* name;
  const char* prefixes[2];
  const char* suffix = "";  // Of a line in a string of JSON.
};

std::string logged(const MixedLog& log, std::size_t who, const std::string& line) {
  const bool is_json = log.suffix[0] != '\0';
  return log.prefixes[who] + (is_json ? replace_all(line, "\t", "\\t") : line) + log.suffix + '\n';
}

void PrintTo(const MixedLog& log, std::ostream* out) {
  *out << log.name;
}

class Mixed : public testing::TestWithParam<MixedLog> {};

TEST_P(Mixed, GivesTheGoroutinesOfEach) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const std::vector<std::string> printed[] = {lines_of(20, "send"), lines_of(30, "work")};
    std::size_t next[] = {0, 0};
    std::string log;
    while (next[0] < printed[0].size() || next[1] < printed[1].size()) {
      std::size_t who = dice.below(2);
      if (next[who] == printed[who].size()) who = 1 - who;
      for (std::size_t run = 1 + dice.below(8); run > 0 && next[who] < printed[who].size(); --run) {
        log += logged(GetParam(), who, printed[who][next[who]++]);
      }
    }
    const GoroutineDump dump = dump_of(log);
    ASSERT_EQ(dump.goroutine_count, 50U);
    ASSERT_EQ(dump.processes.size(), 2U);
    ASSERT_EQ(dump.processes[1].first_group, 1U);
    ASSERT_EQ(dump.groups.size(), 2U);
    EXPECT_TRUE(dump.losses.empty()) << dump.losses[0].what;
    for (const GoroutineGroup& group : dump.groups) {
      const std::vector<std::string> frames = frames_of(dump, group);
      ASSERT_EQ(frames.size(), 2U);
      EXPECT_EQ(frames[0], group.count == 20 ? "call main.send /srv/a.go:1 +1"
                                             : "call main.work /srv/a.go:1 +1");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Logs, Mixed,
    testing::Values(
        MixedLog{"Compose", {"web-1  | ", "web-2  | "}},
        MixedLog{"Kubectl", {"[pod/web-7d9f8-abcde/app] ", "[pod/web-7d9f8-x/app] "}},
        MixedLog{"Stern", {"web-7d9f8-abcde app ", "web-7d9f8-fghij app "}},
        MixedLog{"Syslog",
                 {"Nov 27 09:00:01 node-a app[12]: ", "Nov 27 09:00:01 node-b app[345]: "}},
        MixedLog{"Journal", {"Nov 27 09:00:01 host app[12]: ", "Nov 27 09:00:01 host app[345]: "}},
        MixedLog{"SameNumber",
                 {"Nov 27 09:00:01 node-a app[7]: ", "Nov 27 09:00:01 node-b app[7]: "}},
        MixedLog{"JournalAsJson",
                 {R"({"_PID":"12","SYSLOG_IDENTIFIER":"app","_HOSTNAME":"host","MESSAGE":")",
                  R"({"_PID":"345","SYSLOG_IDENTIFIER":"app","_HOSTNAME":"host","MESSAGE":")"},
                 R"("})"},
        MixedLog{"NumberBehindTheText",
                 {R"({ "_COMM" : "app", "MESSAGE" : ")", R"({ "_COMM" : "web", "MESSAGE" : ")"},
                 R"(", "_PID" : "7" })"},
        MixedLog{"ContainersInTheJournal",
                 {R"({"_COMM":"dockerd","_PID":"7","CONTAINER_NAME":"web-1","MESSAGE":")",
                  R"({"_COMM":"dockerd","_PID":"7","CONTAINER_NAME":"web-2","MESSAGE":")"},
                 R"("})"},
        MixedLog{"FluentBit",
                 {R"({"kubernetes":{"pod_name":"web-1","container_name":"app"},"log":")",
                  R"({"kubernetes":{"pod_name":"web-2","container_name":"app"},"log":")"},
                 R"("})"},
        MixedLog{
            "Filebeat",
            {R"({"host":{"name":"a"},"kubernetes":{"pod":{"uid":"1","name":"a"}},"message":")",
             R"({"host":{"name":"a"},"kubernetes":{"pod":{"uid":"2","name":"b"}},"message":")"},
            R"("})"},
        MixedLog{"Logcli",
                 {R"({"labels":{"app":"web","level":"a","pod":"web-1"},"line":")",
                  R"({"labels":{"app":"web","level":"b","pod":"web-2"},"line":")"},
                 R"(","timestamp":"2026-11-27T09:00:01Z"})"}),
    [](const auto& log) { return std::string(log.param.name); });

// Whoever writes a log line, its level and its place are no process.
TEST(GoroutineStreams, OneProcessMayChangeItsPrefix) {
  const GoroutineDump dump = dump_of(
      "I1127 a.go:1] goroutine 1 [select]:\nI1127 a.go:1] main.f()\nI1127 a.go:1] \ta.go:1 +0x1\n"
      "\n"
      "W1127 b.go:2] goroutine 2 [select]:\nW1127 b.go:2] main.f()\nW1127 b.go:2] \ta.go:1 +0x1\n");
  EXPECT_EQ(dump.goroutine_count, 2U);
  EXPECT_TRUE(dump.processes.empty());
}

// Names behind that of the process are its own affair.
TEST(GoroutineStreams, ANameBehindThatOfTheProcessIsNone) {
  const GoroutineDump dump = dump_of(
      "web-1 | goroutine 1 [select]:\nweb-1 | main.f()\nweb-1 | \ta.go:1 +0x1\nweb-1 | \n"
      "web-1 | my-log: goroutine 2 [select]:\nweb-1 | my-log: main.f()\n"
      "web-1 | my-log: \ta.go:1 +0x1\n");
  EXPECT_EQ(dump.goroutine_count, 2U);
  EXPECT_TRUE(dump.processes.empty());
}

// What is learned late is not known early, however far a block reaches.
TEST(GoroutineStreams, ProcessesAreTheSameWhereverBlocksEnd) {
  const std::string log =
      "Nov 27 09:00:01 host app[12]: goroutine 1 [chan send]:\n"
      "Nov 27 09:00:0 1host app[345]: goroutine 1 [chan send]:\n"
      "Nov 27 09:00:01 host app[345]: main.work(0x1)\n"
      "Nov 27 09:00:01 host app[345]: goroutine 2 [chan send]:\n"
      "Nov 27 09:00:02 host app[12]: main.send(0x1)\n"
      "Nov 27 09:00:02 host app[12]: \ta.go:1 +0x1\n"
      "x_2 host app[12]: goroutine 9 [select]:\n"
      "x_2 host app[345]: main.work(0x1)\n"
      "x_2 host app[345]: \ta.go:9 +0x1\n";
  const std::string whole = describe(read_in_stretches(log, active_isa(), SIZE_MAX));
  for (const std::size_t stretch : {1, 2, 3, 5}) {
    EXPECT_EQ(describe(read_in_stretches(log, active_isa(), stretch)), whole) << stretch;
  }
}

// The number says that it is one process, the name in front that there are two.
TEST(GoroutineStreams, ALineThatNoProcessTakesIsOfTheOneItsNumberNames) {
  const GoroutineDump dump = dump_of(
      "b-:1 host app[12]:goroutine 1 [select]:\n"
      "w- 1 host app[12]:goroutine 2 [select]:\n");
  EXPECT_EQ(dump.goroutine_count, 2U);
}

// One program that panicked three times, each time as the only process.
void expect_three_runs(const std::string& log) {
  const GoroutineDump dump = dump_of(log);
  EXPECT_EQ(dump.goroutine_count, 3U);
  EXPECT_TRUE(dump.processes.empty());
  EXPECT_EQ(dump.crash_text, std::vector<std::string>(3, "panic: boom"));
  EXPECT_EQ(split_dump(dump).size(), 3U);
}

// A program that was restarted: no two processes at a time.
TEST(GoroutineStreams, ANumberBehindAllOthersIsTheProgramRestarted) {
  std::string log;
  for (const std::string_view number : {"12", "345", "9"}) {
    for (const std::string_view line :
         {"start", "panic: boom", "", "goroutine 1 [running]:", "main.f()", "\ta.go:1 +0x1"}) {
      log += "Nov 27 09:00:01 host app[" + std::string(number) + "]: " + std::string(line) + '\n';
    }
    log += "Nov 27 09:00:02 host systemd[1]: app.service: Failed with result 'exit-code'.\n";
  }
  expect_three_runs(log);
}

// One that was restarted, in the records of the journal; who else writes there does not count.
TEST(GoroutineStreams, TheJournalTellsWhoWasRestarted) {
  std::string log;
  const auto write = [&log](std::string_view program, std::string_view number,
                            std::string_view text) {
    log += R"({"__CURSOR":"s=1","_HOSTNAME":"host","SYSLOG_IDENTIFIER":")" + std::string(program) +
           R"(","_PID":")" + std::string(number) + R"(","MESSAGE":")" + std::string(text) + "\"}\n";
  };
  for (const std::string_view number : {"12", "345", "9"}) {
    for (const std::string_view line :
         {"start", "panic: boom", "", "goroutine 1 [running]:", "main.f()", "\\ta.go:1 +0x1"}) {
      write("app", number, line);
    }
    for (int i = 0; i < 100; ++i) write("cron", std::to_string(1000 + i), "session opened");
  }
  expect_three_runs(log);
}

// Each record a whole dump.
TEST(GoroutineStreams, RecordsOfTheJournalAreOfProcesses) {
  std::string log;
  for (const std::string_view number : {"12", "345", "12", "345"}) {
    log += R"({"MESSAGE":"goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n","_PID":")" +
           std::string(number) + R"(","_COMM":"app"})" + '\n';
  }
  const GoroutineDump dump = dump_of(log);
  EXPECT_EQ(dump.goroutine_count, 4U);
  EXPECT_EQ(dump.processes.size(), 2U);
  for (const std::size_t stretch : {1, 2, 3}) {
    EXPECT_EQ(describe(read_in_stretches(log, active_isa(), stretch)), describe(dump));
  }
}

// More processes than there are readers: the rest is read all the same.
TEST(GoroutineStreams, ManyNamesAreReadAsOne) {
  std::string log;
  for (int i = 0; i < 100; ++i) {
    const std::string prefix = "pod-" + std::to_string(i) + " | ";
    for (const std::string_view line : {"goroutine 7 [select]:", "main.f()", "\ta.go:1 +0x1", ""}) {
      log += prefix + std::string(line) + '\n';
    }
  }
  const GoroutineDump dump = dump_of(log);
  EXPECT_EQ(dump.goroutine_count, 100U);
  EXPECT_EQ(dump.processes.size(), 64U);
}

}  // namespace
}  // namespace plumb
