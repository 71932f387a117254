// SPDX-License-Identifier: Apache-2.0
// What a terminal shows, or a web page, is read as the program printed it.
#include "formats/plain_lines.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/replace_all.h"
#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"
#include "unit/formats/rewriting.h"

namespace plumb {
namespace {

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
    {"Names", "a&nbsp;&nbsp;/b&#43;0x1 &lt;&gt;&amp;lt; &quot;&apos;&#x9;&#160;&#xa0;&#65;\n",
     "a  /b+0x1 <>&lt; \"'\t  A\n"},
    {"NoNames", "&nbsp;&nbspx; &; &#; &#x; &#0; &#8364; &longname; &&lt;&am",
     " &nbspx; &; &#; &#x; &#0; &#8364; &longname; &<&am"},
    {"NamesOfText", "a&lt;b &amp; c\n", "a&lt;b &amp; c\n"},
    {"Returns", "a\rb\r\rc", "a\nb\n\nc"},
    {"ReturnsOfLines", "a\r\nb\r", "a\r\nb\r"},
    {"ReturnOfTheOnlyLine", "a\r", "a\r"},
    {"Empty", "", ""},
};

TEST(PlainLines, HaveNoCommands) {
  for (const Text& text : kTexts)
    EXPECT_EQ(rewritten<PlainLines>(text.text), text.plain) << text.name;
}

TEST(PlainLines, HaveNoBlankOneBehindEach) {
  std::string text = "a\n";
  for (int i = 0; i < 20; ++i) text += "goroutine\nmain.f\n\n";
  const std::string spaced = replace_all(text, "\n", "\n\n");
  EXPECT_EQ(rewritten<PlainLines>(spaced), text);
  EXPECT_EQ(rewritten<PlainLines>(spaced + "b\n"), text + "b\n");
  EXPECT_EQ(rewritten<PlainLines>("c\n" + spaced), "c\n" + spaced);
  EXPECT_EQ(rewritten<PlainLines>("a\n\nb\n\n"), "a\n\nb\n\n");
}

// `text` with `before` and `behind` at each of its lines.
std::string around_lines(std::string_view text, std::string_view before, std::string_view behind) {
  std::string out;
  while (!text.empty()) out.append(before).append(take_until(text, '\n')).append(behind) += '\n';
  return out;
}

// `text` as a page has it, with these names of characters.
std::string as_html(std::string text,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> names) {
  text = replace_all(text, "&", "&amp;");
  text = replace_all(replace_all(text, "<", "&lt;"), ">", "&gt;");
  for (const auto& [character, name] : names) text = replace_all(text, character, name);
  return text;
}

TEST(PlainLines, AreReadAsThoseOfTheProgram) {
  const std::string text = read_sample("go1.19/crash/crash.sigquit.txt");
  const std::string plain = describe(dump_of(text));
  EXPECT_EQ(describe(dump_of(around_lines(text, "\x1b[36mweb-1  | \x1b[0m", ""))), plain);
  EXPECT_EQ(describe(dump_of(around_lines(text, "\x1b[0;1;31m", "\x1b[0m\x1b[K"))), plain);
  EXPECT_EQ(describe(dump_of(replace_all(text, " ", "\xc2\xa0"))), plain);
  EXPECT_EQ(describe(dump_of(replace_all(text, "\n", "\r"))), plain);
  EXPECT_EQ(describe(dump_of(replace_all(text, "\n", "\n\n"))), plain);
  EXPECT_EQ(describe(dump_of(as_html(text, {{"\t", "&nbsp;&nbsp;"}, {" ", "&nbsp;"}}))), plain);
  EXPECT_EQ(describe(dump_of(as_html(text, {{"\t", "&#x9;"}, {"\n", "&#xA;"}}))), plain);
  EXPECT_EQ(describe(dump_of("<pre>\n" + as_html(text, {{"+", "&#43;"}}) + "</pre>\n")), plain);
}

}  // namespace
}  // namespace plumb
