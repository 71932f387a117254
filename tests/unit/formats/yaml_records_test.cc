// SPDX-License-Identifier: Apache-2.0
// Documents of YAML are read as if each were a record of JSON.
#include "formats/yaml_records.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"
#include "unit/formats/rewriting.h"

namespace plumb {
namespace {

struct Documents {
  const char* name;
  std::string_view text;
  std::string_view lines;
};

constexpr Documents kDocuments[] = {
    {"Plain", "---\nn: 1\ntextPayload: a\n---\ntextPayload: b b",
     "{\"textPayload\":\"a\"}\n{\"textPayload\":\"b b\"}\n"},
    {"Quotes", "---\ntextPayload: 'it''s 1:'\n---\ntextPayload: \"\\ta \\\"b\\\"\"\n",
     "{\"textPayload\":\"it's 1:\"}\n{\"textPayload\":\"\ta \\\"b\\\"\"}\n"},
    {"Folded",
     "---\ntextPayload: \"\\ta\\\n  \\ b\\\n  c\"\nn: 1\n---\ntextPayload: 'a\n  b'\n---\n"
     "textPayload: a\n  b: c\n  d\nn: 1\n",
     "{\"textPayload\":\"\ta bc\"}\n{\"textPayload\":\"a b\"}\n{\"textPayload\":\"a b: c d\"}\n"},
    {"Block", "---\ntextPayload: |-\n  a:\n  \tb\n\n    c\nn: 1\n",
     "{\"textPayload\":\"a:\\n\tb\\n\\n  c\"}\n"},
    {"Labels", "---\njsonPayload:\n  message: a\nresource:\n  labels:\n    pod_name: web-1\n",
     "{\"labels\":{\"pod_name\":\"web-1\"},\"message\":\"a\"}\n"},
    {"WithoutText", "---\nprotoPayload: x\n---\ntextPayload: a\n---\n---\n",
     "{\"textPayload\":\"a\"}\n"},
    {"NoEnd", "---\ntextPayload: \"a\n", "{\"textPayload\":\"\\\"a\"}\n"},
    {"NoRecords", "---\ngoroutine 1 [running]:\n", "---\ngoroutine 1 [running]:\n"},
    {"NoMark", "textPayload: a\n", "textPayload: a\n"},
    {"Empty", "", ""},
};

TEST(YamlRecords, GivesARecordForEachDocument) {
  for (const Documents& one : kDocuments)
    EXPECT_EQ(rewritten<YamlRecords>(one.text), one.lines) << one.name;
}

TEST(YamlRecords, MayBeCutAnywhere) {
  for (const Documents& one : kDocuments) {
    for (std::size_t size = 1; size <= one.text.size(); ++size) {
      rewritten<YamlRecords>(one.text.substr(0, size));  // Under sanitizers.
    }
  }
}

// As ruamel.yaml writes a string that is too long for a line, or has a tab or a colon.
std::string yaml_value(std::string_view line) {
  std::string text = replace_all(replace_all(std::string(line), "\\", "\\\\"), "\"", "\\\"");
  if (text.starts_with('\t')) {
    text = "\"\\t" + text.substr(1) + '"';
    return replace_all(text, " +0x", "\\\n  \\ +0x");
  }
  return '\'' + replace_all(std::string(line), "'", "''") + '\'';
}

std::string as_yaml(std::string_view text) {
  std::string out;
  for (int n = 0; !text.empty(); ++n) {
    out += "---\ninsertId: a" + std::to_string(n) +
           "\nresource:\n  labels:\n    container_name: app\n    pod_name: web-1\n  type: "
           "k8s_container\nseverity: ERROR\ntextPayload: " +
           yaml_value(take_until(text, '\n')) + "\ntimestamp: '2026-11-22T19:41:03.1Z'\n";
  }
  return out;
}

TEST(YamlRecords, AreReadAsTheDump) {
  for (const std::string_view file :
       {"go1.23/goroutine.debug2.txt", "go1.19/crash/crash.sigquit.txt"}) {
    const std::string text = read_sample(std::string(file));
    EXPECT_EQ(describe(dump_of(as_yaml(text))), describe(dump_of(text))) << file;
  }
}

TEST(YamlRecords, OfSeveralPodsAreToldApart) {
  const std::string one = as_yaml(
      "goroutine 1 [running]:\nmain.f()\n\ta.go:1 +0x1\n\ngoroutine 7 [select]:\nmain.g()\n"
      "\ta.go:2 +0x1\n");
  const GoroutineDump dump = dump_of(one + replace_all(one, "web-1", "web-2"));
  ASSERT_EQ(dump.processes.size(), 2U);
  EXPECT_EQ(dump.processes[0].name, "web-1");
  EXPECT_EQ(dump.goroutine_count, 4U);
}

}  // namespace
}  // namespace plumb
