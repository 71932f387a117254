// SPDX-License-Identifier: Apache-2.0
// Expectations are what Go's text/tabwriter gives with AlignRight and a padding of 1.

#include "base/tab_writer.h"

#include <gtest/gtest.h>

#include <string_view>

namespace plumb {
namespace {

struct Case {
  std::string_view name;
  std::string_view text;
  std::string_view aligned;
};

constexpr Case kCases[] = {
    {"nothing", "", ""},
    {"no cell", "a\n", "a\n"},
    {"one cell", "a\tb\n", " ab\n"},
    {"an empty cell", "\t\n", " \n"},
    {"the widest of a column", "a\tb\nccc\td\n", "   ab\n cccd\n"},
    {"two columns", "a\tb\tc\nddd\te\n", "   a bc\n ddde\n"},
    {"an empty line ends a column", "a\tb\n\nccc\td\n", " ab\n\n cccd\n"},
    {"a line without cells ends all columns", "x\tab\tq\nyyy\tcccc\tr\nz\ns\tt\n",
     "   x   abq\n yyy ccccr\nz\n st\n"},
    {"a column inside another", "a\t\tb\nc\t\td\nee\tf\tg\n", "  a  b\n  c  d\n ee fg\n"},
    {"code points, not bytes", "gr\xC3\xBCn\tx\nab\ty\n", " gr\xC3\xBCnx\n   aby\n"},
    {"tags",
     " key:\t Total 14\n \t14 (34%):\t /h0\n \t1 ( 2%):\t /h1\n\n k:\t Total 3\n \t3:\t v\n",
     "  key: Total 14\n       14 (34%): /h0\n        1 ( 2%): /h1\n\n  k: Total 3\n     3: v\n"},
};

TEST(AlignRight, LaysOutAsGoDoes) {
  for (const Case& c : kCases) EXPECT_EQ(align_right(c.text), c.aligned) << c.name;
}

}  // namespace
}  // namespace plumb
