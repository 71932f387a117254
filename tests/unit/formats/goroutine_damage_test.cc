// SPDX-License-Identifier: Apache-2.0
// Dumps that are cut, mixed up or hostile: what can be read is kept, what was lost is said, and
// nothing grows beyond its limit.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

std::vector<std::string> losses_of(const GoroutineDump& dump) {
  std::vector<std::string> losses;
  for (const Loss& loss : dump.losses) {
    losses.push_back(std::to_string(loss.count) + " " + loss.what + " at " +
                     std::to_string(loss.first_place));
  }
  return losses;
}

/// What holds for every dump, however damaged.
void expect_consistent(const GoroutineDump& dump) {
  std::uint64_t total = 0;
  for (const GoroutineGroup& group : dump.groups) {
    total += group.count;
    std::uint64_t waiting = 0;
    for (const WaitCount& wait : group.waits) waiting += wait.goroutines;
    EXPECT_EQ(waiting, group.count);
    EXPECT_TRUE(std::ranges::is_sorted(group.waits, {}, &WaitCount::minutes));
    ASSERT_LE(group.first_frame + std::size_t{group.frame_count}, dump.stacks.size());
    ASSERT_LE(group.first_label + std::size_t{group.label_count}, dump.labels.size());
  }
  EXPECT_EQ(total, dump.goroutine_count);
  EXPECT_EQ(dump.goroutines.size(), dump.goroutine_count);
}

constexpr std::string_view kTwo =
    "goroutine 17 [chan receive, 5 minutes]:\n"
    "main.worker(0xc0000420c0)\n"
    "\t/srv/main.go:20 +0x1d\n"
    "created by main.main in goroutine 1\n"
    "\t/srv/main.go:31 +0x4b\n"
    "\n"
    "goroutine 18 [select]:\n"
    "main.wait(...)\n"
    "\t/srv/main.go:40\n"
    "main.worker(0xc0000420c0)\n"
    "\t/srv/main.go:21 +0x1d\n"
    "created by main.main in goroutine 1\n"
    "\t/srv/main.go:31 +0x4b\n";

TEST(GoroutineDamage, CutAnywhereKeepsWhatStandsBefore) {
  const std::size_t second = kTwo.find("goroutine 18");
  for (std::size_t size = 0; size <= kTwo.size(); ++size) {
    SCOPED_TRACE(size);
    const Result<GoroutineDump> dump = read_dump(kTwo.substr(0, size));
    if (!dump) {
      EXPECT_LT(size, second);
      EXPECT_EQ(dump.error().code(), ErrorCode::NotRecognized);
      continue;
    }
    expect_consistent(*dump);
    EXPECT_EQ(dump->goroutines[0].id, 17U);
    EXPECT_EQ(dump->goroutines[0].wait_minutes, 5U);
    EXPECT_LE(dump->goroutine_count, 2U);
  }
}

TEST(GoroutineDamage, CutInsideAGoroutineIsSaid) {
  const std::size_t begin = kTwo.find("goroutine 18");
  // Behind the colon of the last line the frame is complete as far as anybody can tell.
  const std::size_t end = kTwo.rfind(".go:31") + 4;
  for (std::size_t size = begin + 1; size <= end; ++size) {
    const GoroutineDump dump = dump_of(kTwo.substr(0, size));
    const auto line = std::ranges::count(kTwo.substr(0, size), '\n') + 1;
    ASSERT_EQ(dump.losses.size(), 1U) << size;
    EXPECT_EQ(dump.losses[0].what, "goroutine cut short") << size;
    EXPECT_EQ(dump.losses[0].count, 1U) << size;
    EXPECT_LE(dump.losses[0].first_place, static_cast<std::uint64_t>(line)) << size;
    EXPECT_GE(dump.losses[0].first_place + 1, static_cast<std::uint64_t>(line)) << size;
  }
  EXPECT_TRUE(dump_of(kTwo.substr(0, begin)).losses.empty());
  EXPECT_TRUE(dump_of(kTwo).losses.empty());
}

// As a terminal does that has `columns` of them.
std::string wrapped(std::string_view text, std::size_t columns) {
  std::string out;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    for (; line.size() > columns; line.remove_prefix(columns)) {
      out.append(line.substr(0, columns)).append("\n");
    }
    out.append(line).append("\n");
  }
  return out;
}

TEST(GoroutineDamage, LineThatATerminalBrokeIsOne) {
  const std::string text =
      "goroutine 17 [select]:\n"
      "main.(*Pool).worker(0xc0000420c0, {0xc000012340, 0x1?})\n"
      "\t/srv/with/a/long/path/main.go:20 +0x1d\n"
      "created by main.(*Pool).start in goroutine 1\n"
      "\t/srv/with/a/long/path/main.go:31 +0x4b\n";
  const GoroutineDump want = dump_of(text);
  for (const std::size_t columns : {26U, 28U, 29U, 35U, 45U, 60U}) {
    const GoroutineDump dump = dump_of(wrapped(text, columns));
    EXPECT_EQ(frames_of(dump, dump.groups[0]), frames_of(want, want.groups[0])) << columns;
    EXPECT_EQ(losses_of(dump), losses_of(want)) << columns;
  }
}

TEST(GoroutineDamage, BrokenLineThatIsLostIsSaid) {
  const std::string text = replace_all(std::string(kTwo), " in goroutine 1\n", " in\nx\ny\n");
  EXPECT_EQ(losses_of(dump_of(text)),
            std::vector<std::string>{"2 frame without its file line at 4"});
}

TEST(GoroutineDamage, EndOfABlockOfCodeIsNoCut) {
  const std::string two(kTwo.substr(0, kTwo.size() - 1));
  const GoroutineDump want = dump_of(kTwo);
  for (const std::string_view end : {"</pre>", "\n</pre>", "\n</Data></EventData></Event>", "```",
                                     "\n```", "\n```\n", "</Data></EventData></Event>\n"}) {
    EXPECT_EQ(describe(dump_of(two + std::string(end))), describe(want)) << end;
  }
}

// What a log makes of lines is learned from a header even if that is all there is.
TEST(GoroutineDamage, LogMayEndBehindItsOnlyHeader) {
  for (const std::string_view log : {
           "goroutine 1 [running]:",
           "goroutine 1 [running]:\r",
           "web-1  | goroutine 1 [running]:",
           "MESSAGE=goroutine 1 [running]:",
           "\"goroutine 1 [running]:\"",
           "2026-11-22T19:41:03Z,\"goroutine 1 [running]:\"",
           R"({"log":"goroutine 1 [running]:\n","stream":"stderr"})",
           R"({"MESSAGE":"goroutine 1 [running]:","_PID":"1"})",
           R"({"log":"web-1  | goroutine 1 [running]:\n"})",
       }) {
    for (const std::string_view before : {"", "x\n", "{\"log\":\"x\"}\n"}) {
      SCOPED_TRACE(std::string(before) + std::string(log));
      const GoroutineDump dump = dump_of(std::string(before) + std::string(log));
      EXPECT_EQ(dump.goroutine_count, 1U);
      const std::string line = before.empty() ? "1" : "2";
      EXPECT_EQ(losses_of(dump), std::vector<std::string>{"1 goroutine cut short at " + line});
    }
  }
  EXPECT_EQ(dump_of(R"([{"log":"x"},{"log":"goroutine 1 [running]:"}])").goroutine_count, 1U);
}

TEST(GoroutineDamage, RecordedDumpsCutAnywhereAreConsistent) {
  for (const std::string_view file :
       {"go1.25.3-cockroachdb/crash/crash.labels.txt", "go1.21/crash/crash.ancestors.txt",
        "go1.26dev/crash/crash.nested.GOTRACEBACK-2.txt"}) {
    const std::string text = read_sample(std::string(file));
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const Result<GoroutineDump> dump = read_dump(std::string_view(text).substr(0, size));
      if (dump) expect_consistent(*dump);
    }
  }
}

TEST(GoroutineDamage, CutAt64MiBIsSaid) {
  const std::string_view goroutine =
      "goroutine 17 [select]:\nmain.f()\n\ta.go:1 +0x1\ncreated by main.m\n\tm.go:1 +0x1\n\n";
  std::string text;
  while (text.size() < std::size_t{64} << 20) text += goroutine;
  text.resize(std::size_t{64} << 20);
  const Result<GoroutineDump> dump = read_dump(text, ReadOptions());
  ASSERT_TRUE(dump.has_value());
  const auto said = [](const Loss& loss) { return loss.what.find("64 MiB") != std::string::npos; };
  EXPECT_EQ(std::ranges::count_if(dump->losses, said), 1);
  EXPECT_EQ(dump->groups.front().count, (std::size_t{64} << 20) / goroutine.size());
}

TEST(GoroutineDamage, CutGzipKeepsWhatWasInflated) {
  class CutSource final : public ByteSource {
   public:
    Result<std::size_t> read(std::span<char> buffer) override {
      if (done_) return Error(ErrorCode::Truncated, "unexpected EOF");
      done_ = true;
      return kTwo.copy(buffer.data(), buffer.size());
    }

   private:
    bool done_ = false;
  };
  CutSource source;
  const Result<GoroutineDump> dump = read_goroutine_text(source, ReadOptions());
  ASSERT_TRUE(dump.has_value());
  EXPECT_EQ(dump->goroutine_count, 2U);
  EXPECT_EQ(losses_of(*dump), std::vector<std::string>{"1 end of the input: unexpected EOF at 0"});
}

struct Case {
  std::string_view name;
  std::string_view text;
  std::vector<std::string> frames;  // Of the first group.
  std::vector<std::string> losses;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class GoroutineDamageCase : public testing::TestWithParam<Case> {};

TEST_P(GoroutineDamageCase, IsKeptAsFarAsItGoes) {
  const GoroutineDump dump = dump_of(GetParam().text);
  expect_consistent(dump);
  ASSERT_FALSE(dump.groups.empty());
  EXPECT_EQ(frames_of(dump, dump.groups.front()), GetParam().frames);
  EXPECT_EQ(losses_of(dump), GetParam().losses);
}

INSTANTIATE_TEST_SUITE_P(
    Mixed, GoroutineDamageCase,
    testing::ValuesIn(std::vector<Case>{
        {"LogLineBetweenFrames",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\nGET /x took (200)\nmain.g()\n"
         "\ta.go:2 +0x1\n",
         {"call main.f a.go:1 +1", "call main.g a.go:2 +1"},
         {"1 line of other text inside a goroutine at 4"}},
        {"LogLineInsideAFrame",
         "goroutine 1 [select]:\nmain.f()\nGET /x took (200)\n\ta.go:1 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"1 line of other text inside a goroutine at 3"}},
        {"LogLinesBehindAreNoLoss",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\nGET /x took (200)\nbye\n",
         {"call main.f a.go:1 +1"},
         {}},
        {"LogWithoutEndBehindAnUnfinishedGoroutine",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 "
         "+0x1\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n"
         "14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n31\n32\n33\n34\n35\n"
         "main.g()\n\ta.go:2 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"1 frame behind too much other text at 39"}},
        {"FramesBehindMuchOtherTextOfAGoroutineWithoutItsLast",
         "goroutine 7 [select]:\nmain.f()\n\ta.go:1 "
         "+0x1\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n"
         "14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n31\n32\n33\n34\n35\n"
         "created by main.g in goroutine 1\n\ta.go:2 +0x1\n",
         {"call main.f a.go:1 +1", "creator main.g a.go:2 +1"},
         {"35 line of other text inside a goroutine at 4"}},
        {"RaceReportInFront",
         "WARNING: DATA RACE\nWrite at 0x00c00001c0a8 by goroutine 8:\n  main.f()\n"
         "      /srv/a.go:10 +0x44\n\ngoroutine 7 [select]:\nmain.f()\n\ta.go:1 +0x1\n"
         "created by main.g in goroutine 1\n\ta.go:2 +0x1\n",
         {"call main.f a.go:1 +1", "creator main.g a.go:2 +1"},
         {}},
        {"StackInFrontOfAWholeDump",
         "main.log(0x1)\n\ta.go:9 +0x1\n\ngoroutine 7 [running]:\nmain.f()\n\ta.go:1 +0x1\n"
         "created by main.g in goroutine 1\n\ta.go:2 +0x1\n",
         {"call main.f a.go:1 +1", "creator main.g a.go:2 +1"},
         {}},
        {"BlankLinesBetweenAllLines",
         "goroutine 7 [chan send]:\n\nmain.f(0x1)\n\n\ta.go:1 +0x1\n\ncreated by main.g in "
         "goroutine 1\n\n\ta.go:2 +0x1\n\n\n\ngoroutine 1 [select]:\n\nmain.main()\n\n"
         "\ta.go:3 +0x1\n\nGET /x took (200)\n\nmain.h()\n\n\ta.go:4 +0x1\n",
         {"call main.f a.go:1 +1", "creator main.g a.go:2 +1"},
         {}},
        {"BlankLineBehindTheHeader",
         "goroutine 7 [chan send]:\n\nmain.f(0x1)\n\ta.go:1 +0x1\n\n\n",
         {"call main.f a.go:1 +1"},
         {}},
        {"FramesBehindTooMuchOtherText",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 "
         "+0x1\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n"
         "14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n31\n32\n"
         "...5 frames elided...\n",
         {"call main.f a.go:1 +1"},
         {}},
        {"FunctionWithoutFile",
         "goroutine 1 [select]:\nmain.f()\nmain.g()\n\ta.go:2 +0x1\nmain.h()\n\n"
         "goroutine 1 [sleep]:\n",
         {"call main.g a.go:2 +1"},
         {"2 frame without its file line at 2"}},
        {"FileWithoutFunction",
         "goroutine 1 [select]:\n\ta.go:1 +0x1\nmain.g()\n\ta.go:2 +0x1\n",
         {"call main.g a.go:2 +1"},
         {"1 line of other text inside a goroutine at 2"}},
        {"FramesBeforeTheFirstHeader",
         "x(0x1)\n\ta.go:9 +0x1\ncreated by main.m\n\ta.go:10 +0x1\n\n"
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"2 frame without its goroutine's header at 1"}},
        {"UnreadableHeader",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n\n"
         "goroutine 2 [select and then garbage\nmain.g()\n\ta.go:2 +0x1\n\n"
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"1 goroutine with an unreadable header at 5"}},
        {"HeaderBrokenInALabelForEver",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n\n"
         "goroutine 2 [select, \"a\":\"b\nmain.g()\n\ta.go:2 +0x1\n\n"
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"1 goroutine with an unreadable header at 5"}},
        {"HeaderInsideAFrame",
         "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\nmain.g()\ngoroutine 1 [sleep]:\n"
         "main.f()\n\ta.go:1 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"1 frame without its file line at 4"}},
        {"UnknownAttribute",
         "goroutine 1 [select, of the future]:\nmain.f()\n\ta.go:1 +0x1\n",
         {"call main.f a.go:1 +1"},
         {"1 unknown attribute of a goroutine at 1"}},
        {"NulBytes",
         std::string_view("goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n\0\0\nmain.g()\n"
                          "\ta.go:2 +0x1\n",
                          70),
         {"call main.f a.go:1 +1", "call main.g a.go:2 +1"},
         {"1 line of other text inside a goroutine at 4"}},
    }),
    [](const testing::TestParamInfo<Case>& test) { return std::string(test.param.name); });

// The last frame that was printed is known already, and stands behind a blank line.
TEST(GoroutineDamage, CutBehindAKnownFrameIsACut) {
  const std::string text =
      "goroutine 7 [select]:\nmain.f()\n\ta.go:1 +0x1\n\nmain.f()\n\ta.go:1 +0x1\n";
  for (const std::size_t stretch : {1, 100}) {
    const GoroutineDump dump = read_in_stretches(text, active_isa(), stretch);
    EXPECT_EQ(losses_of(dump), std::vector<std::string>{"1 goroutine cut short at 7"});
  }
}

// What looks like the record of a log, but stands where a known frame does, is no record.
TEST(GoroutineDamage, DumpInTheArgumentsOfAFrameIsNone) {
  const std::string text =
      "goroutine 7 [select]:\nmain.f(0x1)\n\ta.go:1 +0x1\n\n"
      "goroutine 8 [select]:\nmain.f({goroutine 1 [x]:\\nmain.g()\\n\\ta.go:2 +0x1)\n\ta.go:1 "
      "+0x1\n";
  const std::string whole = describe(read_in_stretches(text, active_isa(), SIZE_MAX));
  for (const std::size_t stretch : {1, 2, 5, 6}) {
    EXPECT_EQ(describe(read_in_stretches(text, active_isa(), stretch)), whole) << stretch;
  }
}

TEST(GoroutineDamage, LineOfManyMegabytesIsPassedOver) {
  const std::string dump = "goroutine 1 [select]:\nmain.f()\n\ta.go:1 +0x1\n";
  const std::string line(std::size_t{17} << 20, 'x');
  const GoroutineDump got =
      dump_of(line + "\n" + dump + line + "\nmain.g()\n\ta.go:2 +0x1\n\n" + dump + "\n" + line);
  EXPECT_EQ(got.goroutine_count, 2U);
  EXPECT_EQ(losses_of(got)[0], "3 line that is too long at 1");
}

TEST(GoroutineDamage, InputWithoutANewlineIsReadInConstantMemory) {
  class Endless final : public ByteSource {
   public:
    Result<std::size_t> read(std::span<char> buffer) override {
      if (left_ == 0) return std::size_t{0};
      --left_;
      std::ranges::fill(buffer, 'g');
      return buffer.size();
    }

   private:
    int left_ = 1000;
  };
  Endless source;
  const Result<GoroutineDump> dump = read_goroutine_text(source, ReadOptions());
  ASSERT_FALSE(dump.has_value());
  EXPECT_EQ(dump.error().code(), ErrorCode::NotRecognized);
}

TEST(GoroutineDamage, NumbersBeyond64BitsAreRefused) {
  const GoroutineDump dump = dump_of(
      "goroutine 1 [select, 99999999999 minutes]:\nmain.f()\n\ta.go:1 +0x1\n\n"
      "goroutine 99999999999999999999 [select]:\nmain.f()\n\ta.go:1 +0x1\n\n"
      "goroutine 2 [select]:\nmain.f()\n\ta.go:99999999999999999999 +0x1\n\n"
      "goroutine 3 [select, 18446744073709551616 minutes]:\nmain.f()\n\ta.go:1 +0x1\n"
      "created by main.m in goroutine 99999999999999999999\n\tm.go:1 +0x1\n");
  expect_consistent(dump);
  EXPECT_EQ(dump.goroutine_count, 3U);
  EXPECT_EQ(dump.goroutines[0].wait_minutes, UINT32_MAX);
}

TEST(GoroutineDamage, StackDeeperThanTheLimitIsCounted) {
  std::string text = "goroutine 1 [select]:\n";
  for (int i = 0; i < 1000; ++i) text += "main.f(0x1)\n\ta.go:1 +0x1\n";
  ReadOptions options;
  options.limits.stack_frames = 100;
  const Result<GoroutineDump> dump = read_dump(text + "\n" + text, options);
  ASSERT_TRUE(dump.has_value());
  EXPECT_EQ(dump->groups.size(), 1U);
  EXPECT_EQ(dump->groups[0].frame_count, 100U);
  EXPECT_EQ(losses_of(*dump), std::vector<std::string>{"1800 frame of a stack that is too deep at "
                                                       "203"});
}

TEST(GoroutineDamage, MemoryBeyondTheLimitIsRefused) {
  std::string text;
  for (int i = 0; i < 100000; ++i) {
    text += "goroutine 1 [select]:\nmain.f" + std::to_string(i) + "()\n\ta.go:1 +0x1\n\n";
  }
  ReadOptions options;
  options.limits.model_bytes = 1 << 20;
  const Result<GoroutineDump> dump = read_dump(text, options);
  ASSERT_FALSE(dump.has_value());
  EXPECT_EQ(dump.error().code(), ErrorCode::LimitExceeded);
  EXPECT_NE(dump.error().message().find("at line "), std::string::npos);
}

TEST(GoroutineDamage, ErrorsOfTheSourceArePassedOn) {
  class Broken final : public ByteSource {
   public:
    Result<std::size_t> read(std::span<char>) override {
      return Error(ErrorCode::Io, "connection reset");
    }
  };
  Broken source;
  const Result<GoroutineDump> dump = read_goroutine_text(source, ReadOptions());
  ASSERT_FALSE(dump.has_value());
  EXPECT_EQ(dump.error().code(), ErrorCode::Io);
}

}  // namespace
}  // namespace plumb
