// SPDX-License-Identifier: Apache-2.0
#include "report/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace plumb {
namespace {

TEST(JsonWriter, PutsTheCommas) {
  StringWriter out;
  JsonWriter json(out);
  json.begin_object();
  json.field("text", "a");
  json.key("empty").begin_array();
  json.end_array();
  json.key("rows").begin_array();
  json.line().begin_array();
  json.number(-1);
  json.flag(true);
  json.end_array();
  json.line().null();
  json.end_array();
  json.field("yes", true);
  json.key("address").address(0x4a2f);
  json.end_object();
  EXPECT_EQ(out.text(),
            "{\"text\":\"a\",\"empty\":[],\"rows\":[\n[-1,true],\nnull],\"yes\":true,"
            "\"address\":\"0x4a2f\"}");
}

TEST(JsonWriter, EscapesEveryByte) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  bytes += "\xc3\xa4\xe2\x82\xac";
  std::string json;
  append_json_string(json, bytes);
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  ASSERT_TRUE(parsed.is_string());
  const auto text = parsed.get<std::string>();
  EXPECT_EQ(text.substr(0, 128), bytes.substr(0, 128));
  EXPECT_TRUE(text.ends_with("\xc3\xa4\xe2\x82\xac"));
  for (const char c : json) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST(JsonWriter, WritesRealsThatReadBack) {
  StringWriter out;
  JsonWriter json(out);
  json.begin_array();
  json.real(0.1);
  json.real(1e300);
  json.real(2);
  json.real(std::numeric_limits<double>::infinity());
  json.end_array();
  EXPECT_EQ(out.text(), "[0.1,1e+300,2,null]");
}

}  // namespace
}  // namespace plumb
