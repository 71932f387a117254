// SPDX-License-Identifier: Apache-2.0
#include "base/strings.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace {

using namespace std::string_view_literals;

TEST(Strings, ConsumePrefixTakesAllOrNothing) {
  std::string_view text = "goroutine 1";
  EXPECT_FALSE(consume_prefix(text, "goroutine 12"));
  EXPECT_EQ(text, "goroutine 1");
  EXPECT_TRUE(consume_prefix(text, "goroutine "));
  EXPECT_EQ(text, "1");
  EXPECT_TRUE(consume_prefix(text, ""));
  EXPECT_EQ(text, "1");
}

TEST(Strings, TakeUntilRemovesTheSeparator) {
  std::string_view text = "a,,b";
  EXPECT_EQ(take_until(text, ','), "a");
  EXPECT_EQ(take_until(text, ','), "");
  EXPECT_EQ(take_until(text, ','), "b");
  EXPECT_EQ(text, "");
  EXPECT_EQ(take_until(text, ','), "");
}

TEST(Strings, ParseIntTakesWholeNumbersOnly) {
  EXPECT_EQ(parse_int<int>("42"), 42);
  EXPECT_EQ(parse_int<int>("-42"), -42);
  EXPECT_EQ(parse_int<unsigned>("ff", 16), 255U);
  EXPECT_EQ(parse_int<std::int64_t>("-9223372036854775808"), INT64_MIN);
  for (const std::string_view bad : {"", "-", "+1", " 1", "1 ", "1x", "0x1", "1.0"}) {
    EXPECT_FALSE(parse_int<int>(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_int<std::int64_t>("9223372036854775808").has_value());
  EXPECT_FALSE(parse_int<std::uint8_t>("256").has_value());
  EXPECT_FALSE(parse_int<unsigned>("-1").has_value());
}

TEST(Strings, PluralCounts) {
  EXPECT_EQ(plural(0, "node"), "0 nodes");
  EXPECT_EQ(plural(1, "node"), "1 node");
  EXPECT_EQ(plural(2, "node"), "2 nodes");
}

TEST(Strings, TrimRemovesBlanksAtBothEnds) {
  EXPECT_EQ(trim(" \t\r\n a b \r\n"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Strings, ToLowerLeavesOtherBytes) {
  EXPECT_EQ(to_lower("AZaz@[`{\xC3\x9C"), "azaz@[`{\xC3\x9C");
}

TEST(Strings, RuneCountCountsWhatIsNoUtf8ByBytes) {
  struct Case {
    std::string_view name;
    std::string_view text;
    std::size_t count;
  };
  constexpr Case kCases[] = {
      {"nothing", "", 0},
      {"ASCII", "abc", 3},
      {"NUL", "\0\0"sv, 2},
      {"2, 3 and 4 bytes", "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80", 3},
      {"the last code point", "\xF4\x8F\xBF\xBF", 1},
      {"beyond it", "\xF4\x90\x80\x80", 4},
      {"a continuation alone", "\x80", 1},
      {"cut short", "\xE2\x82", 2},
      {"cut short, then ASCII", "\xE2\x82z", 3},
      {"overlong", "\xC0\x80\xE0\x80\x80\xF0\x80\x80\x80", 9},
      {"surrogate", "\xED\xA0\x80", 3},
      {"bytes that never occur", "\xF5\xFE\xFF", 3},
  };
  for (const Case& c : kCases) EXPECT_EQ(rune_count(c.text), c.count) << c.name;
}

TEST(Strings, ValidUtf8ReplacesWhatIsNone) {
  EXPECT_EQ(valid_utf8("gr\xC3\xBCn\n"), "gr\xC3\xBCn\n");
  EXPECT_EQ(valid_utf8("a\xFF\xE2\x82z"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(valid_utf8(""), "");
}

TEST(Strings, AppendRightCountsCodePoints) {
  std::string out = "|";
  append_right(out, "ab", 4);
  append_right(out, "\xC3\xBC", 3);
  append_right(out, "longer", 2);
  append_right(out, "", 0);
  EXPECT_EQ(out, "|  ab  \xC3\xBClonger");
}

TEST(Strings, SplitKeepsEmptyParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("a,,b", ','), (Parts{"a", "", "b"}));
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split(",", ','), (Parts{"", ""}));
}

TEST(Strings, PrintableEscapesWhatDrivesTerminals) {
  struct Case {
    std::string_view name;
    std::string_view text;
    std::string_view printed;
  };
  constexpr Case kCases[] = {
      {"as it is", "main.f[...] gr\xC3\xBCn", "main.f[...] gr\xC3\xBCn"},
      {"escape sequence", "\x1b[31m", "\\x1b[31m"},
      {"line ends", "a\r\nb", "a\\x0d\\x0ab"},
      {"NUL and DEL", "\0\x7f"sv, "\\x00\\x7f"},
      {"tab", "a\tb", "a b"},
      {"C1 control in UTF-8",
       "\xC2\x9B"
       "2J",
       "\\xc2\\x9b"
       "2J"},
      {"the first code point behind C1", "\xC2\xA0", "\xC2\xA0"},
      {"a C1 byte alone",
       "\x9B"
       "2J",
       "\\x9b"
       "2J"},
      {"cut UTF-8", "\xE2\x82", "\\xe2\\x82"},
  };
  for (const Case& c : kCases) EXPECT_EQ(printable(c.text), c.printed) << c.name;
}

TEST(Strings, FindNearestGuessesOnlySmallMistakes) {
  const std::vector<std::string_view> words = {"top", "traces", "tags", "leaks"};
  EXPECT_EQ(find_nearest("tpo", words), "top");  // Two letters swapped are one mistake.
  EXPECT_EQ(find_nearest("opt", words), std::nullopt);
  EXPECT_EQ(find_nearest("topp", words), "top");
  EXPECT_EQ(find_nearest("trace", words), "traces");
  EXPECT_EQ(find_nearest("taces", words), "traces");
  EXPECT_EQ(find_nearest("tag", words), "tags");
  EXPECT_EQ(find_nearest("nothing", words), std::nullopt);
  EXPECT_EQ(find_nearest("", words), std::nullopt);
  EXPECT_EQ(find_nearest("top", {}), std::nullopt);
}

}  // namespace
}  // namespace plumb
