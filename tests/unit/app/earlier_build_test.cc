// SPDX-License-Identifier: Apache-2.0
#include "app/earlier_build.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "unit/leak/goroutine_builder.h"

namespace plumb::cli {
namespace {

// A source of a program with this build id; empty: a profile without one.
Input input_of(std::string name, std::string_view build_id) {
  ProfileBuilder builder;
  if (!build_id.empty()) {
    Mapping mapping;
    mapping.build_id = builder.profile.strings.intern(build_id);
    builder.profile.mappings.push_back(mapping);
  }
  Input input;
  input.name = std::move(name);
  input.content = std::move(builder.profile);
  return input;
}

struct SplitCase {
  const char* name;
  const char* since;
  const char* names[3];
  const char* builds[3];
  const char* earlier;  // One letter a source: 'e' earlier, '.' not.
};

TEST(BuildDivider, DividesAtTheFirstSourceOfTheBuild) {
  constexpr SplitCase kCases[] = {
      {"nothing asked for", "", {"1", "2", "3"}, {"a", "a", "b"}, "..."},
      {"a whole id", "bb22", {"1", "2", "3"}, {"aa11", "bb22", "bb22"}, "e.."},
      {"how an id begins", "bb", {"1", "2", "3"}, {"aa11", "aa11", "bb22"}, "ee."},
      {"not what is inside of it", "22", {"1", "2", "3"}, {"bb22", "bb22", "223"}, "ee."},
      {"what comes later belongs to it", "bb", {"1", "2", "3"}, {"aa", "bb", "cc"}, "e.."},
      {"a word of a name", "v2", {"d/v1-1.txt", "d/v2-1.txt", "d/v2-2.txt"}, {"", "", ""}, "e.."},
      {"a word with a dot", "v1.4", {"v1.3.txt", "v1.41.txt", "v1.4.2.txt"}, {"", "", ""}, "ee."},
      {"no part of a word", "2", {"v2", "x20", "d-2"}, {"", "", ""}, "ee."},
      {"a folder", "new", {"old/new1.txt", "renew/1", "new/1.txt"}, {"", "", ""}, "ee."},
  };
  for (const SplitCase& c : kCases) {
    SCOPED_TRACE(c.name);
    BuildDivider builds(c.since);
    std::string earlier;
    for (int i = 0; i < 3; ++i) {
      earlier += builds.is_earlier(input_of(c.names[i], c.builds[i])) ? 'e' : '.';
    }
    EXPECT_EQ(earlier, c.earlier);
    EXPECT_TRUE(builds.check());
  }
}

std::string refusal_of(std::string since, std::string_view first, std::string_view second) {
  BuildDivider builds(std::move(since));
  (void)builds.is_earlier(input_of("1.pb.gz", first));
  (void)builds.is_earlier(input_of("2.pb.gz", second));
  const auto result = builds.check();
  return result ? "" : result.error().message();
}

TEST(BuildDivider, SaysWhatThereIsInstead) {
  EXPECT_EQ(refusal_of("cc", "aa11", "bb22"), "no source is of the build cc; there are aa11, bb22");
  EXPECT_EQ(refusal_of("cc", "aa11", "aa11"), "no source is of the build cc; there are aa11");
  EXPECT_EQ(refusal_of("cc", "", ""), "no source is of the build cc");
  EXPECT_EQ(refusal_of("aa", "aa11", "bb22"),
            "no source is in front of the build aa, so that there is nothing to compare with");
}

TEST(Comparison, IsOfOneKind) {
  LeakSettings settings;
  EXPECT_TRUE(check_comparison(settings));
  settings.before = "old";
  EXPECT_TRUE(check_comparison(settings));
  settings.since = "v2";
  EXPECT_FALSE(check_comparison(settings));
}

}  // namespace
}  // namespace plumb::cli
