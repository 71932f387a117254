// SPDX-License-Identifier: Apache-2.0
#include "base/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "support/dice.h"
#include "support/step_source.h"

namespace plumb {
namespace {

using test::Dice;
using test::StepSource;

constexpr Window::Mode kModes[] = {Window::Mode::Inline, Window::Mode::Threaded};

// Bytes that differ from place to place.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 + (i >> 8) * 7);
  return text;
}

// Touches what may be read behind a view, for the sanitizers.
int read_slack(std::string_view view) {
  const char* const end = view.data() + view.size();
  return std::accumulate(end, end + Window::kSlackBytes, 0);
}

// Reads all of `source` in records of the given sizes, in turn, keeping what is cut. Returns what
// was read; fails the test if a view is not where it says.
std::string read_records(ByteSource& source, Window::Mode mode, std::size_t block_bytes,
                         const std::vector<std::size_t>& record_sizes) {
  Window window(source, mode, block_bytes);
  std::string text;
  std::size_t record = 0;
  std::size_t keep = 0;
  int slack = 0;
  do {
    const auto view = window.advance(keep);
    if (!view) return "error: " + view.error().describe() + " after " + std::to_string(text.size());
    EXPECT_EQ(window.offset(), text.size());
    slack += read_slack(*view);
    std::string_view rest = *view;
    while (rest.size() >= record_sizes[record % record_sizes.size()]) {
      const std::size_t size = record_sizes[record++ % record_sizes.size()];
      text += rest.substr(0, size);
      rest.remove_prefix(size);
    }
    if (window.at_end()) text += rest;
    keep = rest.size();
  } while (!window.at_end());
  EXPECT_NE(slack, INT32_MIN);
  return text;
}

TEST(Window, PutsRecordsTogetherWhateverTheSizes) {
  const std::size_t input_sizes[] = {0, 1, 15, 16, 17, 63, 64, 65, 1000};
  for (const Window::Mode mode : kModes) {
    for (const std::size_t size : input_sizes) {
      const std::string text = pattern(size);
      for (const std::size_t block : {1U, 2U, 7U, 16U, 64U, 2000U}) {
        for (const std::size_t record : {1U, 3U, 16U, 50U, 5000U}) {
          for (const std::size_t step : {std::size_t{1}, std::size_t{5}, SIZE_MAX}) {
            if (mode == Window::Mode::Threaded && step == 5) continue;
            StepSource source(text, step);
            ASSERT_EQ(read_records(source, mode, block, {record}), text)
                << size << " bytes in blocks of " << block << ", records of " << record;
          }
        }
      }
    }
  }
}

TEST(Window, KeepsRecordsLargerThanItsRoom) {
  // More than 64 KiB are kept in memory of their own; records come back from there.
  const std::string text = pattern(3'000'000);
  for (const Window::Mode mode : kModes) {
    for (const std::size_t block : {std::size_t{10'000}, std::size_t{100'000}}) {
      StepSource source(text, 30'000);
      ASSERT_EQ(
          read_records(source, mode, block, {700'000, 1, 65'536, 65'537, 200'000, 10, 65'535}),
          text);
    }
  }
}

// Advances by random amounts, keeping random parts, in blocks of up to `max_block` bytes.
void keep_at_random(const std::string& text, Window::Mode mode, std::uint32_t max_block,
                    std::uint32_t seed) {
  Dice dice(seed);
  StepSource source(text);
  Window window(source, mode, 1 + dice.below(max_block));
  std::size_t end = 0;
  std::size_t keep = 0;
  do {
    const auto view = window.advance(keep);
    ASSERT_TRUE(view.has_value());
    ASSERT_EQ(window.offset(), end - keep);
    ASSERT_GE(view->size(), keep);
    ASSERT_TRUE(*view == std::string_view(text).substr(end - keep, view->size()))
        << "seed " << seed;
    end += view->size() - keep;
    keep = dice.below(view->size() + 1);
  } while (!window.at_end());
  ASSERT_EQ(end, text.size());
}

TEST(Window, KeepsWhatIsAskedFor) {
  const std::string small = pattern(100'000);
  const std::string large = pattern(2'000'000);
  for (const Window::Mode mode : kModes) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      keep_at_random(small, mode, 5000, seed);
      keep_at_random(large, mode, 300'000, seed);
    }
  }
}

TEST(Window, MayBeWrittenTo) {
  const std::string text = pattern(1000);
  for (const Window::Mode mode : kModes) {
    StepSource source(text);
    Window window(source, mode, 100);
    std::string seen;
    do {
      const auto view = window.advance(0);
      ASSERT_TRUE(view.has_value());
      seen += *view;
      std::fill_n(const_cast<char*>(view->data()), view->size(), 'x');
    } while (!window.at_end());
    EXPECT_EQ(seen, text);
  }
}

TEST(Window, StaysAtTheEnd) {
  for (const Window::Mode mode : kModes) {
    MemorySource source("abcdef");
    Window window(source, mode);
    EXPECT_EQ(*window.advance(0), "abcdef");
    EXPECT_TRUE(window.at_end());
    EXPECT_EQ(*window.advance(4), "cdef");
    EXPECT_EQ(window.offset(), 2U);
    EXPECT_EQ(*window.advance(0), "");
    EXPECT_EQ(window.offset(), 6U);
    EXPECT_TRUE(window.at_end());
  }
}

TEST(Window, HandsOnErrorsBehindTheWholeBlocksBeforeThem) {
  const std::string text = pattern(1000);
  for (const Window::Mode mode : kModes) {
    for (std::size_t size = 0; size < 100; ++size) {
      StepSource source(text.substr(0, size), 3, Error(ErrorCode::Io, "connection reset"));
      EXPECT_EQ(read_records(source, mode, 10, {1}),
                "error: connection reset after " + std::to_string(size / 10 * 10));
    }
  }
}

TEST(Window, MayBeDroppedAtAnyTime) {
  const std::string text = pattern(10'000);
  for (const Window::Mode mode : kModes) {
    for (std::size_t blocks = 0; blocks < 12; ++blocks) {
      StepSource source(text, 10);
      Window window(source, mode, 100);
      for (std::size_t i = 0; i < blocks; ++i) {
        ASSERT_TRUE(window.advance(0).has_value());
      }
    }
  }
}

// What is read from a file must lie as it does in the file's pages: see page_buffer.h.
TEST(Window, ReadsToPageBoundaries) {
  const std::string text = pattern(3 * Window::kBlockBytes);
  MemorySource source(text);
  Window window(source);
  do {
    const auto view = window.advance(0);
    ASSERT_TRUE(view);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view->data()) % kPageBytes, 0);
  } while (!window.at_end());
}

}  // namespace
}  // namespace plumb
