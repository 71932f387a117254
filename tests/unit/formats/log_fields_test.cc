// SPDX-License-Identifier: Apache-2.0
#include "formats/log_fields.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

TEST(LogFields, UnwrapsJson) {
  EXPECT_EQ(unwrap_json(R"({"log":"\ta \u003cb\u003e \"q\" \\\n","stream":"stderr"})", "log"),
            "\ta <b> \"q\" \\");
  EXPECT_EQ(unwrap_json(R"({"log":"","stream":"stderr"})", "log"), "");
  EXPECT_EQ(unwrap_json(R"({ "time": "t", "log" : "x" })", "log"), "x");
  EXPECT_EQ(unwrap_json(R"({"log":1,"b":{"log":"x"}})", "log"), "x");
  EXPECT_EQ(unwrap_json(R"({"a":", \"log\":\"no\"","log":"x"})", "log"), "x");
  EXPECT_EQ(unwrap_json(R"(    "log": "a line of its own",)", "log"), "a line of its own");
  EXPECT_EQ(unwrap_json(R"({"log":["x"]})", "log"), "x");
  for (const std::string_view line :
       {"", "text", R"({"msg":"x"})", R"({"log":"x)", R"({"log":"x\)", R"({"log":"\u00"})",
        R"(x "log":"x"})", R"({"log"})", R"({"log":)", R"({"log":[1,"x"]})"}) {
    EXPECT_FALSE(unwrap_json(line, "log").has_value()) << line;
  }
}

TEST(LogFields, EveryLoggerIsRead) {
  const std::string text = "goroutine 7 [select]:\nmain.f(0x1)\n\ta.go:1 +0x1\n";
  for (const std::string_view key : json_log_keys()) {
    const std::string begin = "{\"n\":1,\"" + std::string(key) + "\":\"";
    std::string log;
    for (std::string_view rest = text; !rest.empty();) {
      log += begin + replace_all(std::string(take_until(rest, '\n')), "\t", "\\t") + "\"}\n";
    }
    EXPECT_EQ(describe(dump_of(log)), describe(dump_of(text))) << key;
  }
}

// Whoever collects logs may put the records of another one into its own.
TEST(LogFields, RecordsInRecordsAreRead) {
  const std::string text = "goroutine 7 [select]:\nmain.f(0x1)\n\ta.go:1 +0x1\n";
  std::string log = "{\"log\":\"start\"}\n{\"log\":\"{}\"}\n";
  for (std::string_view rest = text; !rest.empty();) {
    std::string line(take_until(rest, '\n'));
    for (const std::string_view key : {"msg", "log", "message"}) {
      line = replace_all(replace_all(std::move(line), "\\", "\\\\"), "\"", "\\\"");
      line =
          "{\"" + std::string(key) + "\":\"" + replace_all(line, "\t", "\\t") + "\",\"n\":\"x\"}";
    }
    log += line + "\n{\"message\":\"of somebody else\"}\n";
  }
  const GoroutineDump dump = dump_of(log);
  EXPECT_EQ(dump.groups.size(), 1U);
  EXPECT_EQ(frames_of(dump, dump.groups[0]), std::vector<std::string>{"call main.f a.go:1 +1"});
}

TEST(LogFields, TellsPartsOfJson) {
  for (const std::string_view line : {"{", "  },", "[", "\t]", R"(  "a": 1,)"}) {
    EXPECT_TRUE(is_part_of_json(line)) << line;
  }
  for (const std::string_view line : {"", " ", "main.f({0x1, 0x2})", "\ta.go:1"}) {
    EXPECT_FALSE(is_part_of_json(line)) << line;
  }
}

TEST(LogFields, TakesQuotesOffCsv) {
  std::string text;
  EXPECT_EQ(unquote_csv("\"main.f(0x1, 0x2)\"", text), "main.f(0x1, 0x2)");
  EXPECT_EQ(unquote_csv("\"say \"\"hi\"\"\"", text), "say \"hi\"");
  EXPECT_EQ(unquote_csv("\"\"", text), "");
  EXPECT_EQ(unquote_csv(R"("panic: \"x\"\n")", text), "panic: \"x\"");
  EXPECT_EQ(unquote_csv(R"("\ta.go:1 +0x1")", text), "\ta.go:1 +0x1");
  EXPECT_EQ(unquote_csv(R"("\"a\nb")", text), R"("\"a\nb")");  // One line stays one line.
  for (const std::string_view line : {"", "\"", "main.f()", "\"a\",\"b\"", "\"a", "a\""}) {
    EXPECT_EQ(unquote_csv(line, text), line);
  }
}

TEST(LogFields, TellsFieldsOfTheJournal) {
  for (const std::string_view line :
       {"", "_PID=12", "    SYSLOG_IDENTIFIER=app", "MESSAGE=", "X2=y",
        "Fri 2026-11-27 15:00:00.1 UTC [s=f00;i=1;b=7;m=2;t=3;x=4]"}) {
    EXPECT_TRUE(is_journal_field(line)) << line;
  }
  for (const std::string_view line : {"=", "a=b", "main.f()", "goroutine 1 [running]:"}) {
    EXPECT_FALSE(is_journal_field(line)) << line;
  }
}

TEST(LogFields, FieldsOfJsonAreThoseWithStrings) {
  std::string_view text =
      R"({"a":"1", "b" : "x\"y", "c":2,"d":["3","4"],"e":{"f":"\\"},"g":[],"h":null,"i":"","j":"5)";
  std::string found;
  while (const auto field = take_json_field(text)) {
    found += std::string(field->name) + '=' + std::string(field->value) + ' ';
  }
  EXPECT_EQ(found, R"(a=1" b=x\"y" d=3" f=\\" i=" )");
}

TEST(LogFields, TokensEndWithAQuoteThatIsNotEscaped) {
  for (const std::string_view token : {R"("")", R"("a")", R"("\"")", R"("\\")", R"("\\\"x\\")"}) {
    for (const std::string_view behind : {"", "\"", ",\"x\""}) {
      const std::string text = std::string(token) + std::string(behind);
      std::string_view rest = text;
      EXPECT_EQ(take_json_token(rest), token);
      EXPECT_EQ(rest, behind);
    }
  }
  for (std::string_view text : {"", "a\"", "\"", "\"\\\"", "\"a\\\\\\\""}) {
    EXPECT_EQ(take_json_token(text), "");
  }
}

}  // namespace
}  // namespace plumb
