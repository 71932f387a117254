// SPDX-License-Identifier: Apache-2.0
#include "base/string_pool.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace plumb {
namespace {

TEST(StringPool, StartsWithTheEmptyString) {
  StringPool pool;
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_EQ(pool.view({0}), "");
  EXPECT_EQ(pool.intern("").index, 0U);
  EXPECT_EQ(pool.intern({}).index, 0U);
  EXPECT_EQ(pool.size(), 1U);
}

TEST(StringPool, GivesEachStringOneId) {
  StringPool pool;
  const StringId first = pool.intern("main.work");
  EXPECT_EQ(first.index, 1U);
  std::string same = "main.work";
  EXPECT_EQ(pool.intern(same), first);
  EXPECT_NE(pool.intern("main.worker"), first);
  EXPECT_NE(pool.intern(std::string_view("main.work\0", 10)), first);
  same[0] = 'x';  // The pool has a copy.
  EXPECT_EQ(pool.view(first), "main.work");
}

TEST(StringPool, FindsOnlyWhatItHas) {
  StringPool pool;
  const StringId id = pool.intern("a");
  EXPECT_EQ(pool.find("a"), id);
  EXPECT_EQ(pool.find("b").index, 0U);
  EXPECT_EQ(pool.find("").index, 0U);
  EXPECT_EQ(pool.size(), 2U);
}

TEST(StringPool, KeepsIdsAndViewsWhileItGrowsAndMoves) {
  constexpr std::uint32_t kCount = 50'000;
  StringPool pool;
  std::vector<std::string_view> views;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const StringId id = pool.intern("function" + std::to_string(i));
    ASSERT_EQ(id.index, i + 1);
    views.push_back(pool.view(id));
  }
  const StringPool moved = std::move(pool);
  ASSERT_EQ(moved.size(), kCount + 1);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const std::string text = "function" + std::to_string(i);
    ASSERT_EQ(views[i], text);
    ASSERT_EQ(moved.view({i + 1}).data(), views[i].data());
    ASSERT_EQ(moved.find(text).index, i + 1);
  }
}

TEST(StringPool, TakesStringsOfAnySize) {
  StringPool pool;
  std::vector<StringId> ids;
  const std::size_t sizes[] = {1, 4095, 4096, 4097, 262'144, 262'145, 1'000'000, 2};
  for (const std::size_t size : sizes) ids.push_back(pool.intern(std::string(size, 'x')));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(pool.view(ids[i]), std::string(sizes[i], 'x'));
  }
}

TEST(StringPool, CopiesShareTextOnly) {
  auto pool = std::make_unique<StringPool>();
  const StringId first = pool->intern("first");
  StringPool copy(*pool);
  EXPECT_EQ(copy.intern("first"), first);
  EXPECT_EQ(copy.view(first).data(), pool->view(first).data());
  const StringId ours = copy.intern("ours");
  const StringId theirs = pool->intern("theirs");
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(copy.view(ours), "ours");
  EXPECT_EQ(pool->view(theirs), "theirs");
  pool.reset();
  EXPECT_EQ(copy.view(first), "first");
  EXPECT_EQ(copy.find("theirs").index, 0U);
}

TEST(StringPool, CountsItsMemory) {
  StringPool pool;
  const std::size_t before = pool.memory_bytes();
  pool.intern(std::string(1'000'000, 'x'));
  EXPECT_GE(pool.memory_bytes(), before + 1'000'000);
}

}  // namespace
}  // namespace plumb
