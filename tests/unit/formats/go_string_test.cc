// SPDX-License-Identifier: Apache-2.0
#include "formats/go_string.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace plumb {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view name;
  std::string_view text;
  std::string_view value;
  std::string_view rest;
};

constexpr Case kValid[] = {
    {"plain", R"("tenant":1)", "tenant", ":1"},
    {"empty", R"("")", "", ""},
    {"one-letter escapes", R"("\a\b\f\n\r\t\v\\\'\"")", "\a\b\f\n\r\t\v\\'\"", ""},
    {"escape at the start", R"("\n!")", "\n!", ""},
    {"bytes that are not UTF-8", R"("a\xffb")",
     "a\xff"sv
     "b"sv,
     ""},
    {"octal", R"("\101\000")", "A\0"sv, ""},
    {"control characters", R"("\x00\x7f")", "\0\x7f"sv, ""},
    {"short rune", R"("\u200b\u00e9")", "\u200b\u00e9", ""},
    {"long rune", R"("\U0001f600")", "\U0001f600", ""},
    {"UTF-8 as it is", "\"gr\u00fcn\"", "gr\u00fcn", ""},
    {"braces and commas inside", R"("a, b}":"c")", "a, b}", R"(:"c")"},
};

TEST(GoString, TakesWhatQuoteWrites) {
  for (const Case& c : kValid) {
    SCOPED_TRACE(c.name);
    std::string_view text = c.text;
    std::string scratch = "old";
    const auto value = take_go_string(text, scratch);
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(*value, c.value);
    EXPECT_EQ(text, c.rest);
  }
}

TEST(GoString, RefusesWhatIsNoWholeLiteral) {
  constexpr std::string_view kInvalid[] = {
      "",         "a",           R"(a")",           R"("a)",           R"("a\)",    R"("a\")",
      R"("\q")",  R"("\x")",     R"("\xg0")",       R"("\x+1")",       R"("\400")", R"("\u12")",
      R"("\08")", R"("\ud800")", R"("\U00110000")", R"("\U000000-1")",
  };
  for (const std::string_view invalid : kInvalid) {
    SCOPED_TRACE(invalid);
    std::string_view text = invalid;
    std::string scratch;
    EXPECT_FALSE(take_go_string(text, scratch).has_value());
    EXPECT_EQ(text, invalid);
  }
}

}  // namespace
}  // namespace plumb
