// SPDX-License-Identifier: Apache-2.0
#include "base/paths.h"

#include <gtest/gtest.h>

#include <string_view>

namespace plumb {
namespace {

TEST(PathBase, IsTheLastElement) {
  struct Case {
    std::string_view path;
    std::string_view base;
  };
  constexpr Case kCases[] = {
      {"", "."},    {"/", "/"},   {"///", "/"},        {"a", "a"},           {"/a", "a"},
      {"a/", "a"},  {"a/b", "b"}, {"/usr/bin/x", "x"}, {"/a/b//", "b"},      {".", "."},
      {"..", ".."}, {"a/.", "."}, {"c:\\x", "c:\\x"},  {"[vdso]", "[vdso]"},
  };
  for (const Case& c : kCases) EXPECT_EQ(path_base(c.path), c.base) << c.path;
}

TEST(CleanPath, IsTheShortestOfThoseThatMeanTheSame) {
  struct Case {
    std::string_view path;
    std::string_view cleaned;
  };
  constexpr Case kCases[] = {
      {"", "."},
      {"/", "/"},
      {"//a//b/", "/a/b"},
      {"a/./b", "a/b"},
      {"a/../b", "b"},
      {"a/..", "."},
      {"/..", "/"},
      {"/../a", "/a"},
      {"../../a", "../../a"},
      {"../x/../..", "../.."},
      {"./a", "a"},
      {"...", "..."},
  };
  for (const Case& c : kCases) EXPECT_EQ(clean_path(c.path), c.cleaned) << c.path;
}

}  // namespace
}  // namespace plumb
