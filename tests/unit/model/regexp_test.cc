// SPDX-License-Identifier: Apache-2.0
#include "model/regexp.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace plumb {
namespace {

TEST(Regexp, MatchesAnywhere) {
  const auto regexp = Regexp::compile("b+c");
  ASSERT_TRUE(regexp);
  EXPECT_TRUE(regexp->matches("abbcd"));
  EXPECT_FALSE(regexp->matches("ab"));
}

// Go sees U+FFFD where a byte is not UTF-8.
TEST(Regexp, SeesBrokenBytesAsGoDoes) {
  const auto any = Regexp::compile("^a.b$");
  const auto replacement = Regexp::compile("\\x{FFFD}");
  ASSERT_TRUE(any && replacement);
  EXPECT_TRUE(
      any->matches("a\xC3"
                   "b"));
  EXPECT_TRUE(replacement->matches("\xFF"));
  EXPECT_FALSE(
      any->matches("a\xC3\xC3"
                   "b"));
}

struct ErrorCase {
  std::string_view pattern;
  std::string_view message;  // Behind "error parsing regexp: "; from Go 1.26.
};

TEST(Regexp, ComplainsInTheWordsOfGo) {
  const ErrorCase cases[] = {
      {"a(", "missing closing ): `a(`"},
      {"a(b))", "unexpected ): `a(b))`"},
      {"[a-", "missing closing ]: `[a-`"},
      {"a[b-a]c", "invalid character class range: `b-a`"},
      {"[[:foo:]]", "invalid character class range: `[:foo:]`"},
      {"a\\", "trailing backslash at end of expression: ``"},
      {"\\8", "invalid escape sequence: `\\8`"},
      {"x\\Cy", "invalid escape sequence: `\\C`"},
      {"\\pX", "invalid character class range: `\\pX`"},
      {"*a", "missing argument to repetition operator: `*`"},
      {"a**", "invalid nested repetition operator: `**`"},
      {"a{1001}", "invalid repeat count: `{1001}`"},
      {"(?z)a", "invalid or unsupported Perl syntax: `(?z`"},
      {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
      {"(?P<na-me>x)", "invalid named capture: `(?P<na-me>`"},
      {"(?P<n", "invalid named capture: `(?P<n`"},
      {"(?<n", "invalid named capture: `(?<n`"},
      {"(?<na-me>x)", "invalid named capture: `(?<na-me>`"},
      {"(?<=a)", "invalid named capture: `(?<=a)`"},
      {"a(?P<m>b)(?<n)c", "invalid named capture: `(?<n)c`"},
      {"(?<n>a", "missing closing ): `(?<n>a`"},
      {"(?P<m>a)(?<n>a", "missing closing ): `(?P<m>a)(?<n>a`"},
      {"(?<n>a**)", "invalid nested repetition operator: `**`"},
      {"(?<n>[", "missing closing ]: `[`"},
      {"(?<n>a)(?<", "invalid or unsupported Perl syntax: `(?<`"},
  };
  for (const ErrorCase& c : cases) {
    const auto regexp = Regexp::compile(c.pattern);
    ASSERT_FALSE(regexp) << c.pattern;
    EXPECT_EQ(regexp.error().message(), "error parsing regexp: " + std::string(c.message));
    EXPECT_EQ(regexp.error().code(), ErrorCode::Usage);
  }
}

TEST(Regexp, TakesWhatGoTakes) {
  for (const char* const pattern :
       {"(?<n>a)", "(?P<n>a)(?P<n>b)", "(?<n>a)(?<n>b)", "[(?<n>]", "\\Q\\C\\E", "\\\\C", "a{,2}",
        "(?i-s:a)", "\\pL", "(?U)a+", "[--a]", "\\z", "[[:^alpha:]]", "^*", "(?)a", "a\\Q("}) {
    EXPECT_TRUE(Regexp::compile(pattern)) << pattern;
  }
  EXPECT_TRUE(Regexp::compile("^(?<n>a)(?P<m>b)$")->matches("ab"));
}

}  // namespace
}  // namespace plumb
