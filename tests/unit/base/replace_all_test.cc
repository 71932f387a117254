// SPDX-License-Identifier: Apache-2.0
#include "base/replace_all.h"

#include <gtest/gtest.h>

namespace plumb {
namespace {

TEST(ReplaceAll, ReplacesEachAndNothingTwice) {
  EXPECT_EQ(replace_all("a {x} b {x}", "{x}", "1"), "a 1 b 1");
  EXPECT_EQ(replace_all("aa", "a", "aa"), "aaaa");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("", "a", "b"), "");
  EXPECT_EQ(replace_all("none", "x", ""), "none");
}

}  // namespace
}  // namespace plumb
