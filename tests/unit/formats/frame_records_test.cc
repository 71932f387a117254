// SPDX-License-Identifier: Apache-2.0
// The data frames of Grafana are read as if each line of the log were a record.
#include "formats/frame_records.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"
#include "unit/formats/rewriting.h"

namespace plumb {
namespace {

std::string answer_of(std::string_view columns) {
  return R"({"results":{"A":{"status":200,"frames":[{"schema":{"refId":"A","meta":{"stats":[1]},)"
         R"("fields":[{"name":"labels","type":"other","typeInfo":{"frame":"json.RawMessage"}},)"
         R"({"name":"Time","type":"time"},{"name":"Line","type":"string","config":{"a":[]}}]},)"
         R"("data":{"values":[)" +
         std::string(columns) + R"(],"nanos":[null,[1],null]}}]}}})";
}

TEST(FrameRecords, GivesARecordForEachLine) {
  EXPECT_EQ(rewritten<FrameRecords>(answer_of(R"([{"pod" : "a b"},{}],[1,2],["x\"]","y"])")),
            "{\"labels\":{\"pod\":\"a b\"},\"line\":\"x\\\"]\"}\n{\"line\":\"y\"}\n");
  EXPECT_EQ(rewritten<FrameRecords>(
                R"([{"fields":[{"name":"n","typeInfo":{"frame":"int"},"values":[1,2]},)"
                R"({"name":"body","values":["x",null,"y"]}]},)"
                R"({"fields":[{"name":"Line", "values" : ["z"]}]}])"),
            "{\"line\":\"x\"}\n{\"line\":\"y\"}\n{\"line\":\"z\"}\n");
}

TEST(FrameRecords, GivesARecordForEachRow) {
  EXPECT_EQ(rewritten<FrameRecords>(R"({"messages":[],"fields":["_time","_raw","host"],)"
                                    R"("rows":[[1,"x","a"],["2","y",null],[3,null,"b"]]})"),
            "{\"labels\":{\"host\":\"a\"},\"line\":\"x\"}\n{\"line\":\"y\"}\n");
  EXPECT_EQ(rewritten<FrameRecords>(
                R"({"fields":[{"name":"_raw"}, {"name":"n"}],"rows":[ ["x", [1]],["y",2]]})"),
            "{\"line\":\"x\"}\n{\"line\":\"y\"}\n");
  EXPECT_EQ(rewritten<FrameRecords>(R"({"fields":["_raw","n"],"columns":[["x","y"],[1,2]]})"),
            "{\"line\":\"x\"}\n{\"line\":\"y\"}\n");
}

TEST(FrameRecords, GivesARecordForEachString) {
  EXPECT_EQ(rewritten<FrameRecords>("[\n  \"x\",\n  \"\",\n  \"\\ty\"\n]\n"),
            "{\"line\":\"x\"}\n{\"line\":\"\"}\n{\"line\":\"\\ty\"}\n");
  for (const std::string_view text :
       {R"(["x",1])", R"(["x"],["y"])", R"(["x")", "[\"x\"]\n[\"y\"]\n"}) {
    EXPECT_EQ(rewritten<FrameRecords>(text), text);
  }
}

TEST(FrameRecords, LeavesOtherTextAsItIs) {
  for (const std::string& text :
       {std::string(), std::string("goroutine 1 [running]:\n"), std::string(R"({"log":"a"})"),
        std::string(R"({"fields":[{"name":"a","values":["x"]}]})"), answer_of("")}) {
    EXPECT_EQ(rewritten<FrameRecords>(text), text);
  }
  const std::string long_text =
      answer_of(R"([{}],[1],[")" + std::string(std::size_t{33} << 20, 'x') + R"("])");
  EXPECT_EQ(rewritten<FrameRecords>(long_text), long_text);
}

TEST(FrameRecords, IsCutAnywhere) {
  const std::string text = answer_of(R"([{"pod":"a"}],[1],["goroutine 1 [running]:"])");
  for (std::size_t size = 0; size <= text.size(); ++size)
    rewritten<FrameRecords>(text.substr(0, size));
  const std::string_view table = R"({"fields":["_raw"],"rows":[["goroutine 1 [running]:"],["x"]]})";
  for (std::size_t size = 0; size <= table.size(); ++size)
    rewritten<FrameRecords>(table.substr(0, size));
}

TEST(FrameRecords, LabelsAreOfProcesses) {
  std::string labels;
  std::string times;
  std::string lines;
  for (const std::string_view line :
       {"panic: boom", "", "goroutine 1 [running]:", "main.f(0x1)", "\\ta.go:1 +0x1"}) {
    for (const std::string_view pod : {"web-1", "web-2"}) {
      const std::string_view comma = labels.empty() ? "" : ",";
      labels.append(comma).append(R"({"app":"web","pod":")").append(pod).append("\"}");
      times.append(comma).append("1700000000000");
      lines.append(comma).append("\"").append(line).append("\"");
    }
  }
  const std::string answer = answer_of('[' + labels + "],[" + times + "],[" + lines + ']');
  for (const std::string& text :
       {answer, replace_all(replace_all(answer, ",", ",\n  "), ":[", ": [")}) {
    const GoroutineDump dump = dump_of(text);
    EXPECT_EQ(dump.goroutine_count, 2U);
    ASSERT_EQ(dump.processes.size(), 2U);
    EXPECT_EQ(dump.processes[0].name, "web-1");
    EXPECT_EQ(dump.crash_text, std::vector<std::string>(2, "panic: boom"));
    EXPECT_TRUE(dump.losses.empty());
  }
}

}  // namespace
}  // namespace plumb
