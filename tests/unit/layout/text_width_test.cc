// SPDX-License-Identifier: Apache-2.0
#include "layout/text_width.h"

#include <gtest/gtest.h>

namespace plumb::layout {
namespace {

struct Case {
  const char* name;
  const char* text;
  double width;  // At 10 points.
};

const Case kCases[] = {
    {"nothing", "", 0},
    {"a digit", "0", 5.56},
    {"narrow and wide letters", "iW", 2.22 + 9.44},
    {"the last of ASCII", "~", 5.84},
    {"a space", " ", 2.78},
    {"control characters", "\t\x7f", 0},
    {"two bytes", "\xc3\xa9", 7.22},
    {"three bytes", "\xe2\x80\xa6", 10},
    {"four bytes", "\xf0\x9f\x98\x80", 10},
};

TEST(TextWidth, AddsUpGlyphs) {
  for (const Case& row : kCases) EXPECT_NEAR(text_width(row.text, 10), row.width, 1e-9) << row.name;
}

TEST(TextWidth, GrowsWithTheFont) {
  EXPECT_NEAR(text_width("runtime.gopark", 20), 2 * text_width("runtime.gopark", 10), 1e-9);
}

}  // namespace
}  // namespace plumb::layout
