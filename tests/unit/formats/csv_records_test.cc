// SPDX-License-Identifier: Apache-2.0
// Tables of CSV are read as if each row were a record of JSON.
#include "formats/csv_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"
#include "unit/formats/rewriting.h"

namespace plumb {
namespace {

struct Table {
  const char* name;
  std::string_view text;
  std::string_view lines;
};

constexpr Table kTables[] = {
    {"TextInFront", "_raw,_time\na,1\nb,2\n", "{\"_raw\":\"a\"}\n{\"_raw\":\"b\"}\n"},
    {"LabelsAndQuotes",
     "\xef\xbb\xbf\"@timestamp\",\"Message\",\"host\"\r\n1,\"a \"\"b\"\", c\",h\r\n",
     "{\"labels\":{\"host\":\"h\"},\"message\":\"a \\\"b\\\", c\"}\n"},
    {"Semicolons", "time;message;n\n1;a,b;c\n", "{\"message\":\"a,b\"}\n"},
    {"SeveralTexts", "log,message\na,b\n", "{\"log\":\"a\",\"message\":\"b\"}\n"},
    {"LinesOfAField", "message,n\n\"a\n\n\tb\",1", "{\"message\":\"a\\n\\n\tb\"}\n"},
    {"OtherRows", "message,n\na\nb,1,2\n\"c\n", "a\nb,1,2\n\"c\n"},
    {"EmptyFields", "message,host\n,\n", "{\"message\":\"\"}\n"},
    {"NoTable", "goroutine 1 [running]:\nmain.f()\n", "goroutine 1 [running]:\nmain.f()\n"},
    {"OneColumn", "message\na\n", "message\na\n"},
    {"NoText", "time,level\n1,2\n", "time,level\n1,2\n"},
    {"Empty", "", ""},
};

TEST(CsvRecords, GivesARecordForEachRow) {
  for (const Table& table : kTables)
    EXPECT_EQ(rewritten<CsvRecords>(table.text), table.lines) << table.name;
}

struct Export {
  const char* name;
  std::string_view header, begin, end;  // Of each row, around the text.
};

void PrintTo(const Export& one, std::ostream* out) {
  *out << one.name;
}

constexpr Export kExports[] = {
    {"Splunk", R"("_raw","_time",host,index)", "\"",
     R"(","2026-11-22T19:41:03.000+0000","h-1",main)"},
    {"Kibana", R"("@timestamp",message,"kubernetes.pod.name")", R"("Nov 22, 2026 @ 19:41:03.1",")",
     R"(",web-1)"},
    {"Datadog", R"("Date","Host","Service","Content")", R"("2026-11-22T19:41:03.1Z","h","web",")",
     "\""},
    {"Azure", "\"TimeGenerated [UTC]\",LogMessage,PodName", R"("11/22/2026, 7:41:03.1 PM",")",
     R"(",web-1)"},
    {"Grafana", R"("labels","Time","Line","tsNs","id")", R"("{""pod"":""web-1""}",1700000000000,")",
     R"(",1700000000000000000,1_a)"},
};

class Exported : public testing::TestWithParam<Export> {};

std::string table_of(const std::vector<std::string>& texts, const Export& how) {
  std::string table = std::string(how.header) + '\n';
  for (const std::string& text : texts) {
    table.append(how.begin).append(replace_all(text, "\"", "\"\"")).append(how.end).append("\n");
  }
  return table;
}

TEST_P(Exported, GivesTheSameDump) {
  for (const char* file : {"go1.23/goroutine.debug2.txt", "go1.19/crash/crash.sigquit.txt",
                           "go1.26dev/goroutineleak.debug2.txt"}) {
    const std::string text = read_sample(file);
    std::vector<std::string> lines;
    for (std::string_view rest = text; !rest.empty();) lines.emplace_back(take_until(rest, '\n'));
    const std::string want = describe(dump_of(text));
    EXPECT_EQ(describe(dump_of(table_of(lines, GetParam()))), want) << file;
    EXPECT_EQ(describe(dump_of(table_of({text}, GetParam()))), want) << file << ", in one field";
    std::ranges::reverse(lines);
    EXPECT_EQ(describe(dump_of(table_of(lines, GetParam()))), want) << file << ", newest first";
  }
}

INSTANTIATE_TEST_SUITE_P(Logs, Exported, testing::ValuesIn(kExports),
                         [](const testing::TestParamInfo<Export>& test) {
                           return std::string(test.param.name);
                         });

TEST(CsvRecords, RowsSayTheirProcess) {
  std::string table = "message,kubernetes.pod.name\n";
  for (const std::string_view line : {"goroutine 1 [running]:", "main.f(0x1)", "\ta.go:1 +0x1"}) {
    for (const std::string_view pod : {"web-1", "web-2"}) {
      table.append(line).append(",").append(pod).append("\n");
    }
  }
  const GoroutineDump dump = dump_of(table);
  EXPECT_EQ(dump.goroutine_count, 2U);
  ASSERT_EQ(dump.processes.size(), 2U);
  EXPECT_EQ(dump.processes[1].name, "web-2");
  EXPECT_TRUE(dump.losses.empty());
}

}  // namespace
}  // namespace plumb
