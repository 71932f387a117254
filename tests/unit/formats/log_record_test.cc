// SPDX-License-Identifier: Apache-2.0
#include "formats/log_record.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

constexpr std::string_view kStack = "goroutine 1 [running]:\nmain.main()\n\ta.go:1 +0x1\n";

struct RecordCase {
  const char* name;
  std::string line;
  std::vector<std::string> dumps;
};

TEST(LogRecord, HoldsDumpsInItsStrings) {
  const std::string stack(kStack);
  const std::string once = R"(goroutine 1 [running]:\nmain.main()\n\ta.go:1 +0x1\n)";
  const std::string twice = R"(goroutine 1 [running]:\\nmain.main()\\n\\ta.go:1 +0x1\\n)";
  const RecordCase cases[] = {
      {"a field", R"({"level":"error","msg":")" + once + "\"}", {stack}},
      {"behind other text",
       R"({"msg":"a \"b\": panic: x\n\n)" + once + "\"}",
       {"a \"b\": panic: x\n\n" + stack}},
      {"a record in a record", R"({"log":"{\"msg\":\")" + twice + R"(\"}\n"})", {stack}},
      {"logfmt", "time=12:00 level=ERROR msg=\"" + once + "\" n=1", {stack}},
      {"a line of an indented record", "    \"msg\": \"" + once + "\",", {stack}},
      {"two fields with the same",
       R"({"msg":"panic: )" + once + R"(","stack":")" + once + "\"}",
       {"panic: " + stack}},
      {"two fields",
       R"({"a":")" + once + R"x(","b":"goroutine 2 [select]:\nmain.f()"})x",
       {stack, "goroutine 2 [select]:\nmain.f()"}},
      {"no quotes at all", "12:00 panic: x\\n\\n" + once, {"12:00 panic: x\n\n" + stack}},
      {"rsyslog",
       "app[1]: panic: x#012#012goroutine 1 [running]:#012main.main()#012#011a.go:1 +0x1#012",
       {"app[1]: panic: x\n\n" + stack}},
      {"a header of rsyslog alone", "app[1]: goroutine 1 [running]:#012", {}},
      {"a header alone", R"({"log":"goroutine 1 [running]:\n"})", {}},
      {"no header", R"({"log":"goroutine 1 [x\ny]:\nz"})", {}},
      {"no end", "{\"msg\":\"" + once, {}},
      {"half an escape", R"({"msg":"goroutine 1 [running]:\)", {}},
      {"no string", std::string(kStack), {}},
  };
  for (const RecordCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(find_dumps_in_record(c.line), c.dumps);
  }
}

std::string record_of(std::string_view text) {
  std::string line = R"({"level":"error","msg":")";
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else {
      line += c;
    }
  }
  return line + "\",\"ts\":1}";
}

TEST(LogRecord, IsReadAsItsDump) {
  const std::string dump = "panic: boom\n\n" + std::string(kStack) +
                           "\ngoroutine 7 [select, 3 minutes]:\nmain.f()\n\ta.go:2 +0x1\n"
                           "created by main.main in goroutine 1\n\ta.go:3 +0x1\n";
  const std::string record = record_of(dump);
  const std::string want = describe(dump_of(dump));
  EXPECT_EQ(describe(dump_of(record)), want);
  EXPECT_EQ(describe(dump_of(record + "\n")), want);
  EXPECT_EQ(describe(dump_of("{\"msg\":\"start\"}\n" + record + "\n{\"msg\":\"end\"}\n")), want);
}

TEST(LogRecord, StandsAmongRecordsOfOneLineEach) {
  const std::string lines =
      "{\"msg\":\"goroutine 3 [select]:\"}\n{\"msg\":\"main.g()\"}\n"
      "{\"msg\":\"\\ta.go:9 +0x1\"}\n{\"msg\":\"created by main.main\"}\n"
      "{\"msg\":\"\\ta.go:3 +0x1\"}\n";
  const std::string record = record_of(kStack) + "\n";
  for (const std::string& log : {lines + record, record + lines}) {
    const GoroutineDump dump = dump_of(log);
    EXPECT_EQ(dump.goroutine_count, 2U) << describe(dump);
    EXPECT_TRUE(dump.losses.empty()) << describe(dump);
  }
}

// The field that has the lines of others need not be the one that has the dump.
TEST(LogRecord, MayHaveItsDumpInAFieldOfItsOwn) {
  const std::string line = R"({"msg":"goroutine 3 [select]:"})"
                           "\n";
  const std::string record = R"({"msg":"boom","stack":"goroutine 7 [select]:\nmain.f()\n\ta.go:2"})"
                             "\n";
  for (const std::string& log : {line + record, record + line}) {
    EXPECT_EQ(dump_of(log).goroutine_count, 2U);
  }
}

TEST(LogRecord, IsNoFileLine) {
  const std::string text = "goroutine 1 []:\nf()\n\t\"goroutine 1 []:\\nm\":1\n";
  for (const std::size_t stretch : {1, 100}) {
    const GoroutineDump dump = read_in_stretches(text, active_isa(), stretch);
    EXPECT_EQ(dump.goroutine_count, 1U) << describe(dump);
    EXPECT_TRUE(dump.losses.empty()) << describe(dump);
  }
}

TEST(LogRecord, ThatWasCutHasACutGoroutine) {
  const GoroutineDump dump = dump_of(
      record_of(std::string(kStack) + "\ngoroutine 7 [select]:\nmain.f()\n\ta.go:2") + "\n");
  EXPECT_EQ(dump.goroutine_count, 2U);
  ASSERT_EQ(dump.losses.size(), 1U);
  EXPECT_EQ(dump.losses[0].what, "goroutine cut short");
}

}  // namespace
}  // namespace plumb
