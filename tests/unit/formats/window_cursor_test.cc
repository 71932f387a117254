// SPDX-License-Identifier: Apache-2.0
#include "formats/window_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/step_source.h"

namespace plumb {
namespace {

using test::StepSource;

std::vector<std::string> lines_of(const std::string& text, std::size_t step = SIZE_MAX) {
  StepSource source(text, step);
  const Limits limits;
  WindowCursor cursor(source, limits);
  std::vector<std::string> lines;
  TextLine line;
  while (true) {
    const auto has_line = cursor.next_line(line);
    EXPECT_TRUE(has_line);
    if (!has_line || !*has_line) break;
    EXPECT_EQ(line.number, lines.size() + 1);
    lines.push_back(std::string(line.text) + (line.is_whole ? "" : " (cut)"));
  }
  EXPECT_EQ(cursor.offset(), text.size());
  return lines;
}

TEST(WindowCursor, SplitsLines) {
  EXPECT_EQ(lines_of(""), std::vector<std::string>{});
  EXPECT_EQ(lines_of("a"), std::vector<std::string>{"a (cut)"});
  EXPECT_EQ(lines_of("a\n"), std::vector<std::string>{"a"});
  EXPECT_EQ(lines_of("\n\r\na\r\nb\r"), (std::vector<std::string>{"", "", "a", "b (cut)"}));
}

TEST(WindowCursor, LinesMayBeLongerThanABlock) {
  const std::string longest(3 * Window::kBlockBytes, 'x');
  const std::string text = "a\n" + longest + "\n" + std::string(Window::kBlockBytes, 'y') + "\nb\n";
  const std::vector<std::string> expected = {"a", longest, std::string(Window::kBlockBytes, 'y'),
                                             "b"};
  EXPECT_EQ(lines_of(text), expected);
  EXPECT_EQ(lines_of(text, 1000), expected);
}

TEST(WindowCursor, TakesBytesAndThenLines) {
  const std::string text = std::string(2 * Window::kBlockBytes, 'x') + "ab\ncd\n";
  StepSource source(text, 777);
  const Limits limits;
  WindowCursor cursor(source, limits);
  const auto first = cursor.take(Window::kBlockBytes - 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), Window::kBlockBytes - 1);
  const auto second = cursor.take(Window::kBlockBytes + 2);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->substr(second->size() - 2), "xa");
  cursor.put_back(1);
  TextLine line;
  ASSERT_TRUE(cursor.next_line(line));
  EXPECT_EQ(line.text, "ab");
  const auto rest = cursor.take(100);
  ASSERT_TRUE(rest);
  EXPECT_EQ(*rest, "cd\n");
  EXPECT_EQ(cursor.take(5)->size(), 0u);
}

TEST(WindowCursor, KeepsItsLimits) {
  Limits limits;
  limits.record_bytes = 10;
  StepSource source("short\n" + std::string(2 * Window::kBlockBytes, 'x'));
  WindowCursor cursor(source, limits);
  TextLine line;
  ASSERT_TRUE(cursor.next_line(line));
  const auto too_long = cursor.next_line(line);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().message(), "line 2: longer than 10 bytes");

  limits = {};
  limits.inflated_bytes = 10;
  StepSource large("0123456789a\n");
  WindowCursor limited(large, limits);
  const auto too_much = limited.next_line(line);
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().message(), "more than 10 bytes");
}

TEST(WindowCursor, PassesOnWhatTheSourceSays) {
  StepSource source("a\nb", SIZE_MAX, Error(ErrorCode::Io, "gone"));
  const Limits limits;
  WindowCursor cursor(source, limits);
  TextLine line;
  const auto has_line = cursor.next_line(line);
  ASSERT_FALSE(has_line);
  EXPECT_EQ(has_line.error().message(), "gone");
}

}  // namespace
}  // namespace plumb
