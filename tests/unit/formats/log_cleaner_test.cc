// SPDX-License-Identifier: Apache-2.0
#include "formats/log_cleaner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

struct PrefixCase {
  std::string_view name;
  std::string_view sample;
  std::string_view line;
  std::string_view rest;  // What is left of the line; "no" if the prefix does not fit.
};

void PrintTo(const PrefixCase& c, std::ostream* out) {
  *out << c.name;
}

class LogPrefixCase : public testing::TestWithParam<PrefixCase> {};

TEST_P(LogPrefixCase, Fits) {
  const PrefixCase& c = GetParam();
  const auto length = LogPrefix(c.sample).match(c.line);
  EXPECT_EQ(length ? c.line.substr(*length) : "no", c.rest);
}

std::string prefix_case_name(const testing::TestParamInfo<PrefixCase>& info) {
  return std::string(info.param.name);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, LogPrefixCase,
    testing::ValuesIn(std::vector<PrefixCase>{
        {"Itself", "web-1  | ", "web-1  | \tmain.go:1", "\tmain.go:1"},
        {"LaterTime", "Nov 22 19:41:03 host app[123]: ", "Nov 22 19:41:04 host app[123]: x", "x"},
        {"DayOfOneDigit", "Nov 30 19:41:03 host: ", "Nov  1 00:00:00 host: x", "x"},
        {"FractionOfOtherLength", "2026-11-22T19:41:03.123456789Z ", "2026-11-22T19:41:03.1Z x",
         "x"},
        {"FractionThatIsZero", "2026-11-22T19:41:03.123Z ", "2026-11-22T19:41:03Z x", "x"},
        {"FractionAfterNone", "2026-11-22T19:41:03Z ", "2026-11-22T19:41:03.1Z x", "x"},
        {"NoFractionOfAVersion", "app-1.2: ", "app-1: x", "no"},
        {"ZoneOffset", "2026-11-22T19:41:03.12+01:00 stderr F ",
         "2026-11-22T19:41:04.1+01:00 stderr F x", "x"},
        {"TimeOfTai64n", "@400000006921f3af2f3b4c00 ", "@400000006921f3b00000000a x", "x"},
        {"NoTimeOfTai64n", "@400000006921f3af2f3b4c ", "@400000006921f3b00000000a x", "no"},
        {"OtherReplica", "web-1  | ", "web-2  | x", "no"},
        {"OtherPod", "[pod/web-0/app] ", "[pod/web-1/app] x", "no"},
        {"OtherHost", "Nov 22 19:41:03 host1 ", "Nov 22 19:41:03 host2 x", "no"},
        {"ShorterLine", "Nov 22 19:41:03 host ", "Nov 22", "no"},
        {"EmptyLine", "Nov 22 ", "", "no"},
        {"BlankLineWithoutTrailingBlank", "web-1  | ", "web-1  |", ""},
        {"OnlyOneOfTwoTrailingBlanks", "a:  ", "a: x", "no"},
        {"KeepsIndentation", "web-1  | ", "web-1  |     main.go:1", "    main.go:1"},
        {"OnlyBlanks", "    ", "        main.go:1", "    main.go:1"},
        {"ColourCodes", "\x1b[36mweb-1  | \x1b[0m", "\x1b[36mweb-1  | \x1b[0mx", "x"},
    }),
    prefix_case_name);

TEST(LogCleaner, LeavesLinesWithoutThePrefixAsTheyAre) {
  LogCleaner cleaner;
  cleaner.learn_prefix(LogPrefix("a: "));
  std::string clean;
  EXPECT_EQ(cleaner.clean("a: x\nb: y\n\na: \n", clean), "x\nb: y\n\n\n");
}

TEST(LogCleaner, KnowsSeveralPrefixesAndForgetsTheOldest) {
  LogCleaner cleaner;
  const auto prefix = [](int number) { return "pod" + std::to_string(number) + " "; };
  for (int i = 0; i <= 32; ++i) cleaner.learn_prefix(LogPrefix(prefix(i)));
  std::string clean;
  EXPECT_EQ(cleaner.clean(prefix(1) + "x\n" + prefix(32) + "y\n" + prefix(0) + "z\n", clean),
            "x\ny\n" + prefix(0) + "z\n");
}

/// How a log or a terminal changes the lines of a dump.
struct Disguise {
  std::string_view name;
  std::function<std::string(const std::string& line, std::size_t number)> apply;
};

void PrintTo(const Disguise& disguise, std::ostream* out) {
  *out << disguise.name;
}

std::string spaces_for_tabs(std::string line, std::size_t count) {
  if (line.starts_with('\t')) line.replace(0, 1, std::string(count, ' '));
  return line;
}

std::string trim_end(std::string line) {
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string json_text(const std::string& line) {
  std::string text;
  for (const char c : line) {
    if (c == '\t') {
      text += "\\t";
    } else if (c == '"' || c == '\\') {
      text += {'\\', c};
    } else if (c == '<' || c == '>') {
      text += c == '<' ? "\\u003c" : "\\u003e";
    } else {
      text += c;
    }
  }
  return text;
}

std::vector<Disguise> disguises() {
  using Text = std::string;
  const auto seconds = [](std::size_t n) { return std::to_string(10 + n / 100 % 50); };
  return {
      {"CarriageReturns", [](const Text& line, std::size_t) { return line + '\r'; }},
      {"EightSpaces", [](const Text& line, std::size_t) { return spaces_for_tabs(line, 8); }},
      {"OneSpace", [](const Text& line, std::size_t) { return spaces_for_tabs(line, 1); }},
      {"NonBreakingSpaces",
       [](const Text& line, std::size_t) {
         return line.starts_with('\t') ? "\u00a0 \u00a0\u00a0" + line.substr(1) : line;
       }},
      {"NoIndentation", [](const Text& line, std::size_t) { return spaces_for_tabs(line, 0); }},
      {"Journal",
       [seconds](const Text& line, std::size_t n) {
         return "Nov 22 19:41:" + seconds(n) + " host app[123]: " + line;
       }},
      {"DockerTimestamps",
       [seconds](const Text& line, std::size_t n) {
         return "2026-11-22T19:41:" + seconds(n) + ".123456789Z " + line;
       }},
      {"FractionsOfSeconds",
       [](const Text& line, std::size_t n) {
         const Text fraction = n % 3 == 0 ? "" : "." + std::to_string(n % 3);
         return "2026-11-22T19:41:03" + fraction + "Z " + line;
       }},
      {"Containerd",
       [](const Text& line, std::size_t n) {
         return "2026-11-22T19:41:03." + std::to_string(n * n + 1) + "Z stderr F " + line;
       }},
      {"Compose", [](const Text& line, std::size_t) { return trim_end("web-1  | " + line); }},
      {"ComposeWithSpaces",
       [](const Text& line, std::size_t) {
         return trim_end("web-1  | " + spaces_for_tabs(line, 4));
       }},
      {"Kubectl", [](const Text& line, std::size_t) { return "[pod/web-0/app] " + line; }},
      {"KubectlWithCarriageReturns",
       [](const Text& line, std::size_t) { return "[pod/web-0/app] " + line + "\r"; }},
      {"Quoted", [](const Text& line, std::size_t) { return "> " + line; }},
      {"Indented", [](const Text& line, std::size_t) { return "        " + line; }},
      {"DockerJson",
       [](const Text& line, std::size_t) {
         return R"({"log":")" + json_text(line) +
                R"(\n","stream":"stderr","time":"2026-11-22T19:41:03Z"})";
       }},
      {"JsonOfGoTest",
       [](const Text& line, std::size_t) {
         return R"({"Time":"2026-11-22T19:41:03Z","Action":"output","Output":")" + json_text(line) +
                R"(\n"})";
       }},
      {"JsonOfJournald",
       [](const Text& line, std::size_t n) {
         return R"({"__REALTIME_TIMESTAMP" : ")" + std::to_string(n) + R"(", "MESSAGE" : ")" +
                json_text(line) + R"(", "_PID" : "1"})";
       }},
      {"JsonOfVictoriaLogs",
       [](const Text& line, std::size_t n) {
         return R"({"_stream":"{a=\"b\"}","_msg":")" + json_text(line) + R"(","_time":")" +
                std::to_string(n) + R"("})";
       }},
      {"JsonWithAFieldALine",
       [](const Text& line, std::size_t n) {
         return "  {\n    \"insertId\": \"a" + std::to_string(n) +
                "\",\n    \"resource\": {\n      \"type\": \"k8s_container\"\n    },\n" +
                "    \"textPayload\": \"" + json_text(line) +
                "\",\n    \"timestamp\": \"2026-11-22T19:41:03Z\"\n  },";
       }},
      {"JournalExport",
       [](const Text& line, std::size_t n) {
         return "__CURSOR=s=f00;i=" + std::to_string(n) + "\n_PID=123\nMESSAGE=" + line +
                "\n_HOSTNAME=host\n";
       }},
      {"JournalVerbose",
       [](const Text& line, std::size_t n) {
         return "Fri 2026-11-22 19:41:03.1234 UTC [s=f00;i=" + std::to_string(n) +
                ";b=1;m=2;t=3;x=4]\n    _TRANSPORT=stdout\n    MESSAGE=" + line + "\n    _PID=123";
       }},
      {"Csv",
       [](const Text& line, std::size_t) {
         return "2026-11-22T19:41:03.1Z,\"" + replace_all(line, "\"", "\"\"") + '"';
       }},
      {"CsvOfSemicolons",
       [](const Text& line, std::size_t) {
         return "\"Nov 22, 2026 @ 19:41:03\";\"" + replace_all(line, "\"", "\"\"") + '"';
       }},
      {"CsvWithQuotesWhereNeeded",
       [](const Text& line, std::size_t n) {
         const bool is_needed = line.find_first_of(",\"") != std::string::npos;
         const Text field = '"' + replace_all(line, "\"", "\"\"") + '"';
         return "2026-11-22 19:41:03." + std::to_string(100 + n % 100) + ',' +
                (is_needed ? field : line);
       }},
      {"CsvOfWholeLines",
       [](const Text& line, std::size_t) {
         return "\"2026-11-22T19:41:03Z app " + replace_all(line, "\"", "\"\"") + '"';
       }},
      {"CsvWithoutHeader",
       [](const Text& line, std::size_t n) {
         const bool is_needed = line.find_first_of(",\"") != std::string::npos;
         const Text field = '"' + replace_all(line, "\"", "\"\"") + '"';
         return "2026-11-22 19:41:03." + std::to_string(100 + n % 100) + ',' +
                (is_needed ? field : line) + ",stderr," + std::to_string(n * n);
       }},
      {"CsvWithoutHeaderAllInQuotes",
       [](const Text& line, std::size_t n) {
         return "\"2026-11-22T19:41:03Z\",\"" + replace_all(line, "\"", "\"\"") + "\",\"a b, " +
                std::to_string(n) + "\"";
       }},
      {"CsvWithTheTextInFront",
       [](const Text& line, std::size_t n) {
         const bool is_needed = line.find_first_of(",\"") != std::string::npos;
         const Text field = '"' + replace_all(line, "\"", "\"\"") + '"';
         return (is_needed ? field : line) + ",2026-11-22 19:41:03." + std::to_string(n) + ",web-1";
       }},
      {"TextOfAwsLogs",
       [](const Text& line, std::size_t n) {
         return "EVENTS\t" + std::to_string(n) + "\tapp/0123\t" + line + "\t17000000" +
                std::to_string(n);
       }},
      {"TabsBehind", [](const Text& line, std::size_t) { return line + "\tstderr"; }},
      {"Logfmt",
       [](const Text& line, std::size_t) {
         const bool is_needed = line.find_first_of(" =\"\t") != std::string::npos || line.empty();
         const Text value = is_needed ? '"' + json_text(line) + '"' : line;
         return "time=2026-11-22T19:41:03.1Z level=INFO msg=" + value;
       }},
      {"LogfmtInTheMiddle",
       [](const Text& line, std::size_t) {
         const bool is_needed = line.find_first_of(" =\"\t") != std::string::npos || line.empty();
         const Text value = is_needed ? '"' + json_text(line) + '"' : line;
         return "time=\"2026-11-22T19:41:03.1Z\" level=info msg=" + value + " plugin=web-1";
       }},
      {"JsonOfUnknownField",
       [](const Text& line, std::size_t n) {
         return R"({"n":)" + std::to_string(n) + R"(,"said":")" + json_text(line) +
                R"(","to":"stderr"})";
       }},
      {"Borders",
       [](const Text& line, std::size_t) {
         const Text text = spaces_for_tabs(line, 8);
         return "\u2502 " + text + Text(text.size() < 78 ? 78 - text.size() : 0, ' ') + "\u2502";
       }},
      {"PaneInTheMiddle",
       [](const Text& line, std::size_t n) {
         const Text text = spaces_for_tabs(line, 8);
         return "$ ls " + Text(n % 7, 'x') + Text(7 - n % 7, ' ') + "\u2502" + text +
                Text(text.size() < 78 ? 78 - text.size() : 0, ' ') + "\u2502top " +
                Text(n % 5, 'y');
       }},
      {"RowsOfATable",
       [](const Text& line, std::size_t n) {
         return "| " + std::to_string(n) + " | " + line +
                Text(line.size() < 90 ? 90 - line.size() : 1, ' ') + '|';
       }},
      {"ColoursOfLines",
       [](const Text& line, std::size_t) { return "\x1b[31m" + line + "\x1b[0m"; }},
      {"Grep",
       [](const Text& line, std::size_t n) {
         return std::to_string(n + 1) + (line.starts_with("goroutine ") ? ":" : "-") + line;
       }},
      {"GrepInSeveralFiles",
       [](const Text& line, std::size_t n) {
         const Text mark = line.starts_with("goroutine ") ? ":" : "-";
         return "log/app-1.log" + mark + std::to_string(n + 1) + mark + line;
       }},
      {"GrepWithoutNumbers",
       [](const Text& line, std::size_t) {
         return "app.log" + Text(line.starts_with("goroutine ") ? ":" : "-") + line;
       }},
      {"StringsOfJq", [](const Text& line, std::size_t) { return '"' + json_text(line) + '"'; }},
      {"StringsOfJqWithNewlines",
       [](const Text& line, std::size_t) { return '"' + json_text(line) + "\\n\""; }},
      {"FluentBit",
       [](const Text& line, std::size_t n) {
         return "[0] app.log: [[170000000" + std::to_string(n % 10) +
                ".000000001, {}], {\"stream\"=>\"stderr\", \"log\"=>\"" + json_text(line) + "\"}]";
       }},
      {"EscapedTabs",
       [](const Text& line, std::size_t) {
         return "Nov 22 19:41:03 host app[123]: " + replace_all(line, "\t", "#011");
       }},
  };
}

class Disguised : public testing::TestWithParam<Disguise> {};

std::string disguise(std::string_view text, const Disguise& how) {
  std::string out;
  std::size_t number = 0;
  while (!text.empty()) out += how.apply(std::string(take_until(text, '\n')), number++) + '\n';
  return out;
}

TEST_P(Disguised, GivesTheSameDump) {
  for (const std::string_view file :
       {"go1.23/goroutine.debug2.txt", "go1.19/crash/crash.sigquit.txt",
        "go1.26dev/goroutineleak.debug2.txt"}) {
    const std::string text = read_sample(std::string(file));
    EXPECT_EQ(describe(dump_of(disguise(text, GetParam()))), describe(dump_of(text))) << file;
  }
}

TEST_P(Disguised, IsRecognisedInTheMiddleOfOtherText) {
  const std::string text = "goroutine 1 [running]:\nmain.f()\n\ta.go:1 +0x1\n";
  const std::string clean = "hello\n" + text + "\nbye\n\n" + text;
  const std::string disguised =
      "hello\n" + disguise(text, GetParam()) + "\nbye\n\n" + disguise(text, GetParam());
  EXPECT_EQ(describe(dump_of(disguised)), describe(dump_of(clean)));
}

// As logs are shown and saved: the newest line comes first.
std::string backwards(std::string_view text) {
  std::string out;
  while (!text.empty()) out = std::string(take_until(text, '\n')) + '\n' + out;
  return out;
}

TEST_P(Disguised, IsReadFromTheEndToo) {
  const std::string text = read_sample("go1.23/goroutine.debug2.txt");
  EXPECT_EQ(describe(dump_of(backwards(disguise(text, GetParam())))), describe(dump_of(text)));
}

INSTANTIATE_TEST_SUITE_P(Logs, Disguised, testing::ValuesIn(disguises()),
                         [](const testing::TestParamInfo<Disguise>& test) {
                           return std::string(test.param.name);
                         });

// Where the first lines of a log have no colours, nobody takes off those of the others.
TEST(GoroutineLogs, ColoursMayBeginLate) {
  std::string log;
  while (log.size() < std::size_t{1} << 20) log += "INFO all is well\n";
  const std::string text = read_sample("go1.19/crash/crash.sigquit.txt");
  std::string coloured = log;
  for (std::string_view rest = text; !rest.empty();) {
    coloured.append("\x1b[0;31m").append(take_until(rest, '\n')).append("\x1b[0m\n");
  }
  EXPECT_EQ(describe(dump_of(coloured)), describe(dump_of(log + text)));
}

TEST(GoroutineLogs, SentencesAreNoRows) {
  for (const std::string_view line :
       {"it printed \"goroutine 1 [running]:\" and ended",
        "fmt.Println(\"goroutine 1 [running]:\")", "see goroutine 1 [running]: it waits",
        "goroutine 1 [running]: it waits", "after goroutine 1 [running]:, which waits",
        "`goroutine 1 [running]:`"}) {
    EXPECT_FALSE(read_dump(std::string(line) + "\nmain.f()\n\ta.go:1 +0x1\n")) << line;
  }
}

TEST(GoroutineLogs, PrefixOfTheHeaderAlone) {
  const GoroutineDump dump = dump_of(
      "2026/11/22 19:41:03 worker failed: goroutine 1 [running]:\nmain.f()\n\ta.go:1 +0x1\n");
  EXPECT_EQ(describe(dump),
            "1 [running] bubble= first=1 by=0 1*0m\n  call main.f a.go:1 +1\n1 0 0 0\n");
}

// There is nothing to go back to.
TEST(GoroutineLogs, NewestFirstFromAPipeIsSaid) {
  class Pipe final : public ByteSource {
   public:
    explicit Pipe(std::string_view text) : text_(text) {}
    Result<std::size_t> read(std::span<char> buffer) override { return text_.read(buffer); }

   private:
    MemorySource text_;
  };
  const std::string text = backwards(
      "goroutine 1 [running]:\nmain.f()\n\ta.go:1 +0x1\n\n"
      "goroutine 7 [select]:\nmain.g()\n\ta.go:2 +0x1\ncreated by main.f\n\ta.go:3 +0x1\n");
  EXPECT_TRUE(dump_of(text).losses.empty());
  Pipe pipe(text);
  const auto dump = read_goroutine_text(pipe, ReadOptions());
  ASSERT_TRUE(dump.has_value());
  EXPECT_TRUE(std::ranges::any_of(dump->losses, [](const Loss& loss) {
    return loss.what == "frames of a log that has its newest lines first: give it as a file";
  }));
}

// Here the files are missing, whichever way it is read.
TEST(GoroutineLogs, WithoutFilesIsNotReadFromTheEnd) {
  const GoroutineDump dump = dump_of(
      "goroutine 1 [running]:\nmain.f()\n\ngoroutine 7 [select]:\nmain.g()\n\n"
      "goroutine 8 [select]:\nmain.g()\n");
  EXPECT_EQ(dump.goroutine_count, 3U);
  EXPECT_EQ(dump.groups.front().first_id, 1U);
}

TEST(GoroutineLogs, CrashTextIsCleanedToo) {
  const GoroutineDump dump = dump_of(
      "Nov 22 19:41:03 host app[123]: panic: boom\nNov 22 19:41:03 host app[123]: \n"
      "Nov 22 19:41:03 host app[123]: goroutine 1 [running]:\n"
      "Nov 22 19:41:03 host app[123]: main.f()\nNov 22 19:41:03 host app[123]: \ta.go:1 +0x1\n");
  EXPECT_EQ(dump.crash_text, std::vector<std::string>{"panic: boom"});
  EXPECT_TRUE(dump.losses.empty());
}

TEST(GoroutineLogs, ManyPrefixesInOneLogAreReadOrCounted) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    const std::string prefix = "pod" + std::to_string(i) + " ";
    text +=
        prefix + "goroutine 1 [running]:\n" + prefix + "main.f()\n" + prefix + "\ta.go:1 +0x1\n";
  }
  const GoroutineDump dump = dump_of(text);
  EXPECT_EQ(dump.goroutine_count, 100U);
  std::uint64_t understood = 0;
  for (const GoroutineGroup& group : dump.groups) {
    if (group.frame_count == 1) understood += group.count;
  }
  EXPECT_GE(understood, 8U);
  ASSERT_EQ(dump.losses.size(), 1U);
  EXPECT_EQ(dump.losses[0].what, "goroutine whose frames are unreadable");
  EXPECT_EQ(dump.losses[0].count, 100U - understood);
}

}  // namespace
}  // namespace plumb
