// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_header.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

/// Everything in a header: "18 [chan receive] 5m locked bubble=1 key=value".
std::string describe(const GoroutineHeader& header) {
  std::string text = std::to_string(header.id) + " [" + header.state + "]";
  if (header.wait_minutes != 0) text += " " + std::to_string(header.wait_minutes) + "m";
  if (header.is_leaked) text += " leaked";
  if (header.is_scanning) text += " scanning";
  if (header.is_durable) text += " durable";
  if (header.is_locked) text += " locked";
  if (!header.bubble.empty()) text += " bubble=" + header.bubble;
  for (const HeaderLabel& label : header.labels) text += " " + label.key + "=<" + label.value + ">";
  if (header.unknown_parts != 0) text += " unknown=" + std::to_string(header.unknown_parts);
  return text;
}

struct Case {
  std::string_view name;
  std::string_view line;
  std::string_view want;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
}

class GoroutineHeaderCase : public testing::TestWithParam<Case> {};

TEST_P(GoroutineHeaderCase, IsUnderstood) {
  const auto header = parse_goroutine_header(GetParam().line);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(describe(*header), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Dialects, GoroutineHeaderCase,
    testing::ValuesIn(std::vector<Case>{
        {"Plain", "goroutine 18 [chan receive]:", "18 [chan receive]"},
        {"Zero", "goroutine 0 [idle]:", "0 [idle]"},
        {"LargestId", "goroutine 18446744073709551615 [select]:", "18446744073709551615 [select]"},
        {"Minutes", "goroutine 5 [IO wait, 1 minutes]:", "5 [IO wait] 1m"},
        {"ParenthesesInTheState",
         "goroutine 5 [chan send (nil chan), 90 minutes]:", "5 [chan send (nil chan)] 90m"},
        {"Locked", "goroutine 5 [syscall, 7 minutes, locked to thread]:", "5 [syscall] 7m locked"},
        {"LeakedAndScanning", "goroutine 5 [select (no cases) (leaked) (scan)]:",
         "5 [select (no cases)] leaked scanning"},
        {"DurableInBubble", "goroutine 9 [chan receive (durable), synctest bubble 12]:",
         "9 [chan receive] durable bubble=12"},
        {"GroupOfGo124",
         "goroutine 9 [select (synctest), synctest group 8]:", "9 [select] durable bubble=8"},
        {"AllAtOnce",
         "goroutine 9 [chan send (leaked) (scan) (durable), 3 minutes, locked to thread, "
         "synctest bubble 2]:",
         "9 [chan send] 3m leaked scanning durable locked bubble=2"},
        {"Addresses", "goroutine 1 gp=0xc0000061c0 m=0 mp=0x60d2c0 [running]:", "1 [running]"},
        {"NoThread", "goroutine 4 gp=0xc0000061c0 m=nil [sleep, 2 minutes]:", "4 [sleep] 2m"},
        {"LabelsOfGo127", "goroutine 7 [select] {job: ingest, tenant: \"miya zaki\"}:",
         "7 [select] job=<ingest> tenant=<miya zaki>"},
        {"LabelsOfGo127BehindEverything",
         "goroutine 7 [select, 2 minutes, locked to thread] {a/b.c_9: x}:",
         "7 [select] 2m locked a/b.c_9=<x>"},
        {"EmptyWords", "goroutine 7 [select] {k: , : v}:", "7 [select] k=<> =<v>"},
        {"EscapedLabels", R"(goroutine 7 [select] {"q\"\\": "\x41\n\u00e9\U0001F600"}:)",
         "7 [select] q\"\\=<A\n\xC3\xA9\xF0\x9F\x98\x80>"},
        {"BracketsInLabels", R"(goroutine 7 [select] {k: "]: {x}, y"}:)",
         "7 [select] k=<]: {x}, y>"},
        {"LabelsOfGo126", R"(goroutine 7 [select, labels:{"job": "a, b]", "t": "x"}]:)",
         "7 [select] job=<a, b]> t=<x>"},
        {"LabelsOfGo126WithoutComma",
         R"(goroutine 7 [select, 5 minutes labels:{"job": "ingest"}]:)",
         "7 [select] 5m job=<ingest>"},
        {"LabelsOfGo126BehindTheState", R"(goroutine 7 [select labels:{"job": "ingest"}]:)",
         "7 [select] job=<ingest>"},
        {"LabelsBehindTheBracketByName", R"(goroutine 7 [select] labels:{job: ingest}:)",
         "7 [select] job=<ingest>"},
        {"LabelsOfCockroachDb",
         R"(goroutine 7 [select, 2 minutes, "job":"ingest", "tenant":"miya zaki"]:)",
         "7 [select] 2m job=<ingest> tenant=<miya zaki>"},
        {"EmptyLabelOfCockroachDb", R"(goroutine 7 [select, "empty":"", "b":"c"]:)",
         "7 [select] empty=<> b=<c>"},
        {"RawLabelsOfCockroachDb", R"(goroutine 7 [select, "q":"a"b]: c", "r":""]"]:)",
         R"(7 [select] q=<a"b]: c> r=<"]>)"},
        {"NewlineInLabelOfCockroachDb",
         "goroutine 7 [running, \"uni\":\"x\n\"\"]:", "7 [running] uni=<x\n\">"},
        {"UnknownPart",
         "goroutine 7 [select, of the future, 3 minutes]:", "7 [select] 3m unknown=1"},
        {"EmptyState", "goroutine 7 []:", "7 []"},
        {"TrailingBlanks", "goroutine 7 [select]:  \r", "7 [select]"},
    }),
    case_name);

TEST(GoroutineHeader, RefusesWhatIsNone) {
  for (const std::string_view line : {"",
                                      "goroutine",
                                      "goroutine ",
                                      "goroutine 1",
                                      "goroutine 1 [",
                                      "goroutine 1 [running",
                                      "goroutine 1 [running]",
                                      "goroutine 1 [running] {",
                                      "goroutine 1 [running] {a",
                                      "goroutine 1 [running] {a: b}",
                                      "goroutine 1 [running] {a: \"b}:",
                                      "goroutine 1 [running] {a: \"\\q\"}:",
                                      "goroutine 1 [running] {a: \"\\u00\"}:",
                                      "goroutine x [running]:",
                                      "goroutine -1 [running]:",
                                      "goroutine 1 [running]: text",
                                      "goroutine 18446744073709551616 [running]:",
                                      "goroutine 1 what=3 [running]:",
                                      "goroutine 1 gp=0x1",
                                      "goroutine 1 [select, \"a\":\"b",
                                      "goroutine 1 [select, \"a]:",
                                      "goroutine profile: total 3",
                                      "Goroutine 1 [running]:",
                                      " goroutine 1 [running]:",
                                      "goroutine running on other thread; stack unavailable"}) {
    EXPECT_FALSE(parse_goroutine_header(line).has_value()) << line;
  }
}

TEST(GoroutineHeader, HasAKeyWithoutIdAddressesAndMinutes) {
  const auto with =
      parse_goroutine_header("goroutine 5 [sleep (scan), 9 minutes, locked to thread]:");
  const auto without =
      parse_goroutine_header("goroutine 6 gp=0x1 m=nil [sleep (scan), locked to thread]:");
  ASSERT_TRUE(with && without);
  EXPECT_EQ(with->key_head, "sleep (scan)");
  EXPECT_EQ(with->key_tail, ", locked to thread]:");
  EXPECT_EQ(without->key_head, with->key_head);
  EXPECT_EQ(without->key_tail, with->key_tail);
}

TEST(GoroutineHeader, KnowsWhenItBreaksOffInALabel) {
  EXPECT_TRUE(breaks_off_in_label("goroutine 1 [running, \"a\":\"b"));
  EXPECT_TRUE(breaks_off_in_label("goroutine 1 [running, 3 minutes, \"a\":\"b\", \"c\":\""));
  EXPECT_FALSE(breaks_off_in_label("goroutine 1 [running, \"a\":\"b\"]:"));
  EXPECT_FALSE(breaks_off_in_label("goroutine 1 [running"));
  EXPECT_FALSE(breaks_off_in_label("2 [running, \"a\":\"b"));
}

}  // namespace
}  // namespace plumb
