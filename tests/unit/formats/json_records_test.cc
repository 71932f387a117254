// SPDX-License-Identifier: Apache-2.0
// Logs whose records all stand in one line of JSON are read as if each had a line of its own.
#include "formats/json_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

// What the reader sees of `text`, which comes in blocks of `block` bytes.
std::string cut(std::string_view text, std::size_t block) {
  JsonCutter cutter;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(block, text.size()))) {
    cutter.cut(text.substr(0, block), out);
  }
  cutter.finish(out);
  return out;
}

struct Cut {
  const char* name;
  std::string_view text;
  std::string_view lines;
};

constexpr Cut kCuts[] = {
    {"Array", R"([{"log":"a"},{"log":"b"}])", "{\"log\":\"a\"},\n{\"log\":\"b\"}]"},
    {"Blanks", R"([ {"log": "a"}, {"log" :"b"} ])", "{\"log\": \"a\"}, \n{\"log\" :\"b\"} ]"},
    {"ObjectsInARow", R"({"log":"a"}{"log":"b"})", "{\"log\":\"a\"}\n{\"log\":\"b\"}"},
    {"Wrapped", R"({"msg":"ok","data":{"hits":[{"log":"a"},{"log":"b"}]}})",
     "{\"msg\":\"ok\",\"data\":{\"hits\":[\n{\"log\":\"a\"},\n{\"log\":\"b\"}]}}"},
    {"Rows", R"({"result":[{"values":[["1","a"],["2", "b",{}]]}]})",
     "{\"line\":\"a\"],\n{\"line\":\"b\",\n"},
    {"RowsOfAStream", R"({"result":[{"stream":{"a":"x\"","b":"y"},"values":[["1","a"]]}]})",
     R"({"labels":{"a":"x\"","b":"y"},"line":"a"]]}]})"},
    {"RowsOfFields",
     R"([[{"field":"@ptr","value":"a"},{"field":"@message","value":"x"}],)"
     R"([{"field":"log","value":""}]])",
     "{\"line\":\"x\"}\n{\"line\":\"\"}"},
    {"RowsOfObjects", R"([[{"log":"a"},{"log":"b"}],[{"n":1}]])",
     "[{\"log\":\"a\"},\n{\"log\":\"b\"}],\n"},
    {"FieldsOfJson",
     R"([[{"field":"@message","value":"{}"},{"field":"log","value":"a"},)"
     R"({"field":"@log","value":"b"}]])",
     R"({"labels":{"@log":"b"},"line":"a"})"},
    {"RowsOfSomethingElse", R"({"rows":[[1,"a"],["2",3,"c"],["d"]]})", ""},
    {"ArraysOfARecord", R"([{"log":"a","n":[{"log":"x"},{"log":"y"}]},{"log":"b"}])",
     "{\"log\":\"a\",\"n\":[{\"log\":\"x\"},{\"log\":\"y\"}]},\n{\"log\":\"b\"}]"},
    {"ArraysInFrontOfTheText", R"([{"n":[{"a":1},{"a":2}],"log":"a"},{"n":[{}],"log":"b"}])",
     "{\"a\":2}],\"log\":\"a\"},\n{}],\"log\":\"b\"}]"},
    {"TextInAnArray", R"([{"message":["a"]},{"message":["b"]}])",
     "{\"message\":[\"a\"]},\n{\"message\":[\"b\"]}]"},
    {"AnyFieldWithAGoroutine", R"([{"stack":"goroutine 1"},{"stack":"x"}])",
     R"({"stack":"goroutine 1"},)"
     "\n"},
    {"Attributes",
     R"([{"a":[{"key":"k","value":{"stringValue":"v"}}],"logs":[)"
     R"({"body":{"stringValue":"a"}}]}])",
     R"({"body":{"stringValue":"a"}}]}])"},
    {"BracketsInStrings", R"([{"log":"[{\"},{"},{"log":"\\"},{"log":"b"}])",
     "{\"log\":\"[{\\\"},{\"},\n{\"log\":\"\\\\\"},\n{\"log\":\"b\"}]"},
    {"LinesOfTheirOwn", "{\"log\":\"a\"}\n{\"n\":1}\n", "{\"log\":\"a\"}\n{\"n\":1}\n"},
    {"OtherText", "f(struct{}{\n\t[a] [b\n\"x\n[{\"log\":\"a\"}]\n",
     "f(struct{}{\n\t[a] [b\n\"x\n{\"log\":\"a\"}]\n"},
    {"OneTooManyIsClosed", "]}[{\"log\":\"a\"}]}}]\n[{\"log\":\"b\"}]\n",
     "]}[{\"log\":\"a\"}]}}]\n{\"log\":\"b\"}]\n"},
    {"BreaksOff", R"([{"log":"a"},{"log":"b)", "{\"log\":\"a\"},\n"},
};

TEST(JsonCutter, GivesALineForEachRecord) {
  for (const Cut& one : kCuts) {
    for (std::size_t block = 1; block <= one.text.size(); ++block) {
      ASSERT_EQ(cut(one.text, block), one.lines) << one.name << ", in blocks of " << block;
    }
  }
}

TEST(JsonCutter, HoldsNoMoreThanARecord) {
  JsonCutter cutter;
  const std::string mebibyte(std::size_t{1} << 20, 'x');
  std::string out;
  cutter.cut(R"([{"log":")", out);
  for (int i = 0; i < 20; ++i) cutter.cut(mebibyte, out);
  EXPECT_GT(out.size(), std::size_t{16} << 20);
  EXPECT_FALSE(contains(out, "\n"));
  cutter.cut(R"("},{"log":"b"}])", out);
  cutter.finish(out);
  EXPECT_TRUE(out.ends_with("x\"},\n{\"log\":\"b\"}]"));
}

TEST(JsonCutter, IsNotImpressedByDepth) {
  const std::string deep(std::size_t{1} << 20, '[');
  EXPECT_EQ(cut(deep + "\n[{\"log\":\"a\"}]", 4096), "{\"log\":\"a\"}]");
}

// How a log is packed: what is in front of its records, of the text of each, behind it, between
// records, and at the end.
struct Packing {
  const char* name;
  std::string_view begin, record, text_end, between, end;
};

void PrintTo(const Packing& packing, std::ostream* out) {
  *out << packing.name;
}

constexpr Packing kPackings[] = {
    {"Elasticsearch", R"({"took":3,"_shards":{"total":1},"hits":{"total":{"value":9},"hits":[)",
     R"({"_id":"a","_source":{"tags":["a"],"pods":[{"name":"x"},{"name":"y"}],"message":")",
     R"(","event":{"dataset":"a"}},"sort":[1,2]})", ",", "]}}"},
    {"ElasticsearchFields", R"({"hits":{"hits":[)", R"({"_id":"a","fields":{"message":[")",
     R"("]}})", ",", "]}}\n"},
    {"Loki",
     R"({"status":"success","data":{"resultType":"streams","result":[{"stream":{"a":"b"},)"
     R"("values":[)",
     R"(["1700000000000000000",")", R"("])", ",", R"(]}],"stats":{"a":[{"b":1}]}}})"},
    {"LokiWithMetadata", R"({"data":{"result":[{"stream":{},"values":[)", R"(["1700000000",")",
     R"(",{"trace":"a"}])", ",", "]}]}}"},
    {"GoogleCloud", "[", R"({"labels":{"a":"b"},"textPayload":")", R"(","timestamp":"2026"})", ",",
     "]\n"},
    {"OfPython", "[", R"({"id": 7, "message": ")", "\"}", ", ", "]"},
    {"CloudWatch", R"({"events":[)", R"({"timestamp":1,"message":")", "\"}", ",",
     R"(],"searchedLogStreams":[{"a":1}]})"},
    {"Datadog", R"({"data":[)", R"({"type":"log","attributes":{"tags":["a"],"message":")", "\"}}",
     ",", R"(],"meta":{}})"},
    {"OpenTelemetry",
     R"({"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"b"}}]},)"
     R"("scopeLogs":[{"scope":{},"logRecords":[)",
     R"({"timeUnixNano":"1","body":{"stringValue":")",
     R"("},"attributes":[{"key":"a","value":{"stringValue":"b"}}]})", ",", "]}]}]}\n"},
    {"Insights", R"({"results":[)",
     R"([{"field":"@timestamp","value":"2026-11-27 09:00:01.000"},{"field":"@message","value":")",
     R"("},{"field":"@ptr","value":"Cm=="}])", ",",
     R"(],"statistics":{"recordsMatched":1.0},"status":"Complete"})"},
    {"Firehose", "", R"({"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":")", "\"}]}",
     "", ""},
};

std::string json_text(std::string line) {
  line = replace_all(std::move(line), "\\", "\\\\");
  return replace_all(replace_all(std::move(line), "\"", "\\\""), "\t", "\\t");
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) lines.emplace_back(take_until(text, '\n'));
  return lines;
}

std::string pack(const std::vector<std::string>& lines, const Packing& packing) {
  std::string log(packing.begin);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) log += packing.between;
    log.append(packing.record).append(json_text(lines[i])).append(packing.text_end);
  }
  return log.append(packing.end);
}

class Packed : public testing::TestWithParam<Packing> {};

TEST_P(Packed, GivesTheSameDump) {
  for (const char* file : {"go1.23/goroutine.debug2.txt", "go1.19/crash/crash.sigquit.txt",
                           "go1.26dev/goroutineleak.debug2.txt"}) {
    const std::string text = read_sample(file);
    std::vector<std::string> lines = lines_of(text);
    EXPECT_EQ(describe(dump_of(pack(lines, GetParam()))), describe(dump_of(text))) << file;
  }
}

TEST_P(Packed, IsReadFromTheEndToo) {
  const std::string text = read_sample("go1.23/goroutine.debug2.txt");
  std::vector<std::string> lines = lines_of(text);
  std::ranges::reverse(lines);
  EXPECT_EQ(describe(dump_of(pack(lines, GetParam()))), describe(dump_of(text)));
}

TEST_P(Packed, KeepsWhatWasReadWhereItBreaksOff) {
  const std::string log =
      pack(lines_of("goroutine 1 [running]:\nmain.main()\n\ta.go:1 +0x1\n\n"
                    "goroutine 7 [select]:\nmain.f(0x1)\n\ta.go:2 +0x1\ncreated by main.main\n"
                    "\ta.go:3 +0x1\n"),
           GetParam());
  std::uint64_t count = 0;
  for (std::size_t size = 0; size <= log.size(); ++size) {
    const Result<GoroutineDump> dump = read_dump(log.substr(0, size));
    const std::uint64_t now = dump ? dump->goroutine_count : 0;
    EXPECT_GE(now, count) << size;
    count = now;
  }
  EXPECT_EQ(count, 2U);
}

INSTANTIATE_TEST_SUITE_P(Logs, Packed, testing::ValuesIn(kPackings),
                         [](const testing::TestParamInfo<Packing>& test) {
                           return std::string(test.param.name);
                         });

std::string stream_of(std::string_view labels, const std::vector<std::string>& lines) {
  const Packing rows{"", "", R"(["1700000000000000000",")", R"("])", ",", ""};
  return R"({"stream":{)" + std::string(labels) + R"(},"values":[)" + pack(lines, rows) + "]}";
}

std::string answer_of_loki(const std::vector<std::string>& streams) {
  std::string answer = R"({"status":"success","data":{"resultType":"streams","result":[)";
  for (const std::string& stream : streams) answer += (&stream == &streams[0] ? "" : ",") + stream;
  return answer + R"(],"stats":{"a":[{"b":1}]}}})";
}

// Spreads JSON over lines as jq does, and aws.
std::string spread(std::string_view json) {
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) in_string = !in_string;
    if (!in_string && (c == ']' || c == '}')) text += "\n  ";
    text += c;
    if (!in_string && (c == '[' || c == '{' || c == ',')) text += "\n  ";
    if (!in_string && c == ':') text += ' ';
  }
  return text + '\n';
}

const std::vector<std::string> kCrash = {"panic: boom", "", "goroutine 1 [running]:", "main.f(0x1)",
                                         "\ta.go:1 +0x1"};

// Each stream of an answer is a process of its own, unless its labels are of its lines only.
TEST(JsonRecords, StreamsAreOfProcesses) {
  const std::string other = stream_of(R"("app":"db")", {"hello", "goroutine pool started"});
  const std::string log = answer_of_loki({stream_of(R"("app":"web","pod":"web-1")", kCrash), other,
                                          stream_of(R"("app":"web","pod":"web-2")", kCrash)});
  for (const std::string& answer : {log, spread(log)}) {
    const GoroutineDump dump = dump_of(answer);
    EXPECT_EQ(dump.goroutine_count, 2U);
    ASSERT_EQ(dump.processes.size(), 2U);
    EXPECT_EQ(dump.processes[0].name, "web-1");
    EXPECT_EQ(dump.processes[1].name, "web-2");
    EXPECT_EQ(dump.crash_text, std::vector<std::string>(2, "panic: boom"));
    EXPECT_TRUE(dump.losses.empty());
  }
  const GoroutineDump dump =
      dump_of(answer_of_loki({stream_of(R"("app":"web","detected_level":"error")", kCrash),
                              stream_of(R"("app":"web","detected_level":"info")", kCrash)}));
  EXPECT_EQ(dump.goroutine_count, 2U);
  EXPECT_TRUE(dump.processes.empty());
}

TEST(JsonRecords, StreamsAreReadFromTheEndToo) {
  std::vector<std::string> reversed = kCrash;
  std::ranges::reverse(reversed);
  const GoroutineDump dump = dump_of(answer_of_loki(
      {stream_of(R"("pod":"web-1")", reversed), stream_of(R"("pod":"web-2")", reversed)}));
  EXPECT_EQ(dump.goroutine_count, 2U);
  EXPECT_EQ(dump.processes.size(), 2U);
  EXPECT_TRUE(dump.losses.empty());
}

Packing rows_of_insights(std::string_view text_end) {
  return {"",
          R"({"queryLanguage":"CWLI","results":[)",
          R"([{"field":"@timestamp","value":"2026-11-27 09:00:01.000"},)"
          R"({"field":"@message","value":")",
          text_end,
          ",",
          R"(],"statistics":{"recordsMatched":1.0},"status":"Complete"})"};
}

TEST(JsonRecords, RowsOfInsightsMayStandOnSeveralLines) {
  const std::string text = read_sample("go1.23/goroutine.debug2.txt");
  const std::string log =
      pack(lines_of(text), rows_of_insights(R"("},{"field":"@logStream","value":"app/1"},)"
                                            R"({"field":"@ptr","value":"Cm=="}])"));
  EXPECT_EQ(describe(dump_of(log)), describe(dump_of(text)));
  EXPECT_EQ(describe(dump_of(spread(log))), describe(dump_of(text)));
}

TEST(JsonRecords, RowsOfInsightsSayTheirStream) {
  std::string log = R"({"results":[)";
  for (const std::string& line : kCrash) {
    for (const char* stream : {"web/1", "web/2"}) {
      log += R"([{"field":"message","value":")" + json_text(line) +
             R"("},{"field":"@logStream","value":")" + stream + R"("},)" +
             R"({"field":"@ptr","value":"x"}],)";
    }
  }
  log += R"([{"field":"@ptr","value":"x"}]],"status":"Complete"})";
  for (const std::string& answer : {log, spread(log)}) {
    const GoroutineDump dump = dump_of(answer);
    EXPECT_EQ(dump.goroutine_count, 2U);
    EXPECT_EQ(dump.processes.size(), 2U);
    EXPECT_TRUE(dump.losses.empty());
  }
}

// Container Insights puts the record of Fluent Bit into the message.
TEST(JsonRecords, EventsOfCloudWatchSayTheirStream) {
  std::string log = R"({"events":[)";
  for (const std::string& line : kCrash) {
    for (const char* stream : {"web/1", "web/2"}) {
      const std::string record = R"({"log":")" + json_text(line) + R"(","stream":"stderr"})";
      log += (log.ends_with('[') ? "" : ",") + std::string(R"({"logStreamName":")") + stream +
             R"(","message":")" + json_text(record) + R"("})";
    }
  }
  log += R"(],"searchedLogStreams":[]})";
  for (const std::string& answer : {log, spread(log)}) {
    const GoroutineDump dump = dump_of(answer);
    EXPECT_EQ(dump.goroutine_count, 2U);
    EXPECT_EQ(dump.processes.size(), 2U);
    EXPECT_EQ(dump.crash_text, std::vector<std::string>(2, "panic: boom"));
    EXPECT_TRUE(dump.losses.empty());
  }
}

// Two records with the same dump are of two goroutines.
TEST(JsonRecords, EachMayHoldADump) {
  const std::string record = R"({"message":"goroutine 1 [running]:\nmain.f()\n\ta.go:1 +0x1\n"})";
  EXPECT_EQ(dump_of('[' + record + ',' + record + ']').goroutine_count, 2U);
}

}  // namespace
}  // namespace plumb
