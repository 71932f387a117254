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

TEST(TrimSourcePath, CutsOffWhatTheOptionsSay) {
  struct Case {
    std::string_view path;
    std::string_view trim_path;
    std::string_view source_path;
    std::string_view expected;
  };
  constexpr Case kCases[] = {
      {"/src/app/main.go", "", "", "/src/app/main.go"},
      {"/src/app/main.go", "/src", "", "app/main.go"},
      {"/src/app/main.go", "/src/", "", "app/main.go"},
      {"/src/app/main.go", "/sr", "", "/src/app/main.go"},
      {"/src", "/src", "", "/src"},
      {"/src/app/main.go", "/other:/src/app:/src", "", "main.go"},
      {"/src/app/main.go", "/other::/src", "", "src/app/main.go"},
      {"/build/app/pkg/x.go", "", "/home/me/app", "pkg/x.go"},
      {"/build/app/app/x.go", "", "/home/me/app/", "app/x.go"},
      {"/build/app/x.go", "/none", "/home/me/app", "/build/app/x.go"},
      {"app/x.go", "", "/home/me/app", "app/x.go"},
      {"/proc/self/cwd/a/b.cc", "", "", "a/b.cc"},
      {"/proc/self/cwd/./a/b.cc", "/x", "", "a/b.cc"},
      {"", "/src", "app", ""},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(trim_source_path(c.path, c.trim_path, c.source_path), c.expected) << c.path;
  }
}

}  // namespace
}  // namespace plumb
