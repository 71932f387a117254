// SPDX-License-Identifier: Apache-2.0
// What a terminal shows, or a web page, is read as the program printed it.
#include "formats/plain_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

std::string rewritten(std::string_view text) {
  MemorySource source(text);
  PlainLines lines(source);
  Result<std::string> all = read_all(lines, std::size_t{1} << 20);
  EXPECT_TRUE(all.has_value());
  return all ? *all : std::string();
}

struct Text {
  const char* name;
  std::string_view text;
  std::string_view plain;
};

constexpr Text kTexts[] = {
    {"Plain", "goroutine 1 [running]:\n", "goroutine 1 [running]:\n"},
    {"Colours", "\x1b[36mweb-1  | \x1b[0mgoroutine 1\x1b[0;1;31m\n", "web-1  | goroutine 1\n"},
    {"Strings", "\x1b_bk;t=17\x07 a\x1b]0;title\x1b\\b\n", " ab\n"},
    {"Charset", "\x1b(B\x1b[ma\x1b=b\n", "ab\n"},
    {"WithoutEnd", "a\x1b]0;title\nb\x1b[3\nc\x1b\nd\x1b", "a\nb\nc\nd"},
    {"Blanks",
     "goroutine\xc2\xa0"
     "1\xc2\xa0[running]:\n\xc2\xb5s \xc2",
     "goroutine 1 [running]:\n\xc2\xb5s \xc2"},
    {"BlanksOfText",
     "goroutine 1 [running]:\nmain.a\xc2\xa0"
     "b()\n",
     "goroutine 1 [running]:\nmain.a\xc2\xa0"
     "b()\n"},
    {"Empty", "", ""},
};

TEST(PlainLines, HaveNoCommands) {
  for (const Text& text : kTexts) EXPECT_EQ(rewritten(text.text), text.plain) << text.name;
}

// `text` with `before` and `behind` at each of its lines.
std::string around_lines(std::string_view text, std::string_view before, std::string_view behind) {
  std::string out;
  while (!text.empty()) out.append(before).append(take_until(text, '\n')).append(behind) += '\n';
  return out;
}

TEST(PlainLines, AreReadAsThoseOfTheProgram) {
  const std::string text = read_sample("go1.19/crash/crash.sigquit.txt");
  const std::string plain = describe(dump_of(text));
  EXPECT_EQ(describe(dump_of(around_lines(text, "\x1b[36mweb-1  | \x1b[0m", ""))), plain);
  EXPECT_EQ(describe(dump_of(around_lines(text, "\x1b[0;1;31m", "\x1b[0m\x1b[K"))), plain);
  EXPECT_EQ(describe(dump_of(replace_all(text, " ", "\xc2\xa0"))), plain);
}

}  // namespace
}  // namespace plumb
