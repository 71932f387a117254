// SPDX-License-Identifier: Apache-2.0
#include "base/copy_on_write.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace plumb {
namespace {

TEST(CopyOnWrite, IsEmptyAtFirst) {
  CopyOnWrite<std::string> text;
  EXPECT_EQ(text.read(), "");
  EXPECT_FALSE(text.is_only_owner());
  text.write() = "x";
  EXPECT_TRUE(text.is_only_owner());
  EXPECT_EQ(text.read(), "x");
}

TEST(CopyOnWrite, CopiesWhenShared) {
  CopyOnWrite<std::string> first;
  first.set("text");
  CopyOnWrite<std::string> second = first;
  EXPECT_EQ(&first.read(), &second.read());
  second.write() += "2";
  EXPECT_EQ(first.read(), "text");
  EXPECT_EQ(second.read(), "text2");
  EXPECT_TRUE(first.is_only_owner());
  EXPECT_TRUE(second.is_only_owner());
}

TEST(CopyOnWrite, WritesInPlaceWhenAlone) {
  CopyOnWrite<std::string> text;
  text.set("text");
  const std::string* const place = &text.read();
  { const CopyOnWrite<std::string> gone = text; }
  CopyOnWrite<std::string> moved = std::move(text);
  moved.write() += "2";
  EXPECT_EQ(&moved.read(), place);
}

// For the thread sanitizer.
TEST(CopyOnWrite, CopiesLiveOnOtherThreads) {
  CopyOnWrite<std::vector<int>> numbers;
  numbers.set({1, 2, 3});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([copy = numbers, i]() mutable {
      if (i % 2 == 0) copy.write().push_back(i);
      EXPECT_EQ(copy.read().size(), i % 2 == 0 ? 4U : 3U);
    });
  }
  numbers.write()[0] = 7;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(numbers.read(), (std::vector<int>{7, 2, 3}));
}

}  // namespace
}  // namespace plumb
