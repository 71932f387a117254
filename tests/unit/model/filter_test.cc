// SPDX-License-Identifier: Apache-2.0
#include "model/filter.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/make_profile.h"
#include "support/naive_filter.h"
#include "support/random_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// The samples of a profile as ProfileMaker writes them, without addresses: "2: main;work|leaf".
std::vector<std::string> samples_of(const Profile& profile) {
  std::vector<std::string> out;
  for (const test::NaiveSample& sample : test::naive_samples(profile)) {
    std::string text = std::to_string(sample.value) + ": ";
    for (std::size_t i = sample.stack.size(); i-- > 0;) {
      const auto& lines = sample.stack[i].lines;
      for (std::size_t line = lines.size(); line-- > 0;) {
        text += lines[line].first + (line > 0 ? "|" : "");
      }
      if (lines.empty()) text += '?';
      if (i > 0) text += ';';
    }
    out.push_back(text);
  }
  return out;
}

std::optional<Regexp> compiled(const char* pattern) {
  if (pattern == nullptr) return std::nullopt;
  auto regexp = Regexp::compile(pattern);
  EXPECT_TRUE(regexp) << pattern;
  return *std::move(regexp);
}

// The filters of one row or run, which own their expressions.
struct Filters {
  std::optional<Regexp> focus;
  std::optional<Regexp> ignore;
  std::optional<Regexp> hide;
  std::optional<Regexp> show;

  [[nodiscard]] FrameFilters get() const {
    const auto pointer = [](const std::optional<Regexp>& one) { return one ? &*one : nullptr; };
    return {pointer(focus), pointer(ignore), pointer(hide), pointer(show)};
  }
};

ProfileMaker three_samples() {
  ProfileMaker make;
  make.add(1, "main;work|fast;leaf").add(2, "main;@/bin/tool idle").add(3, "main;?").add(4, "");
  return make;
}

struct FrameCase {
  const char* name;
  const char* focus = nullptr;
  const char* ignore = nullptr;
  const char* hide = nullptr;
  const char* show = nullptr;
  std::vector<std::string> samples;
  const char* matched = "";  // First letters of the filters that matched.
};

TEST(FilterFrames, FollowsTheRules) {
  const std::vector<std::string> all = {"1: main;work|fast;leaf", "2: main;idle", "3: main;?"};
  const FrameCase cases[] = {
      {.name = "focus on a leaf", .focus = "^leaf$", .samples = {all[0]}, .matched = "f"},
      {.name = "on an inlined function", .focus = "fast", .samples = {all[0]}, .matched = "f"},
      {.name = "on a file", .focus = "main\\.go", .samples = all, .matched = "f"},
      {.name = "on a binary", .focus = "^/bin/", .samples = {all[1]}, .matched = "f"},
      {.name = "on nothing", .focus = "absent", .samples = {}, .matched = ""},
      {.name = "ignore keeps no empty stack",
       .ignore = "idle",
       .samples = {all[0], all[2]},
       .matched = "i"},
      {.name = "ignore nothing", .ignore = "absent", .samples = all, .matched = ""},
      {.name = "ignore wins", .focus = "main", .ignore = "main", .samples = {}, .matched = "i"},
      {.name = "focus and ignore",
       .focus = "main",
       .ignore = "fast",
       .samples = {all[1], all[2]},
       .matched = "fi"},
      {.name = "hide a line and locations",
       .hide = "^(work|main|idle)$",
       .samples = {"1: fast;leaf", "3: ?"},
       .matched = "h"},
      {.name = "hide a binary",
       .hide = "/tool",
       .samples = {all[0], "2: main", all[2]},
       .matched = "h"},
      {.name = "hide everything", .hide = ".", .samples = {"3: ?"}, .matched = "h"},
      {.name = "show lines, and nothing without lines",
       .show = "work|idle",
       .samples = {"1: work", "2: idle"},
       .matched = "s"},
      {.name = "show a binary", .show = "/bin", .samples = {"2: idle"}, .matched = "s"},
      {.name = "show nothing", .show = "absent", .samples = {}, .matched = ""},
      {.name = "hide before show",
       .hide = "fast",
       .show = "fast|leaf",
       .samples = {"1: leaf"},
       .matched = "hs"},
      {.name = "focus sees what hide takes out",
       .focus = "fast",
       .hide = "fast",
       .samples = {"1: main;work;leaf"},
       .matched = "fh"},
  };
  for (const FrameCase& c : cases) {
    ProfileMaker make = three_samples();
    const Filters filters{compiled(c.focus), compiled(c.ignore), compiled(c.hide),
                          compiled(c.show)};
    const FrameMatches matched = filter_frames(make.profile, filters.get());
    std::string letters;
    if (matched.focus) letters += 'f';
    if (matched.ignore) letters += 'i';
    if (matched.hide) letters += 'h';
    if (matched.show) letters += 's';
    EXPECT_EQ(samples_of(make.profile), c.samples) << c.name;
    EXPECT_EQ(letters, c.matched) << c.name;
  }
}

TEST(FilterFrames, KeepsEmptyStacksWithoutFilters) {
  ProfileMaker make = three_samples();
  filter_frames(make.profile, {});
  EXPECT_EQ(make.profile.sample_count(), 4U);
}

TEST(FilterFrames, MatchesLocationsThatNoSampleHas) {
  ProfileMaker make = three_samples();
  make.location("unused");
  Filters filters;
  filters.ignore = compiled("unused");
  EXPECT_TRUE(filter_frames(make.profile, filters.get()).ignore);
}

struct CutCase {
  const char* name;
  const char* pattern;
  std::vector<std::string> samples;
  bool matched = true;
};

TEST(ShowFrom, CutsAboveTheOutermostMatch) {
  const CutCase cases[] = {
      {"recursion: the outermost counts", "^b$", {"1: b;c;b", "2: b"}},
      {"the root", "^a$", {"1: a;b;c;b", "2: a;b", "3: a;x|y|z"}},
      {"within a location", "^y$", {"3: y|z"}},
      {"a binary keeps all lines", "/bin", {"4: p|q;a"}},
      {"nothing", "absent", {}, false},
  };
  for (const CutCase& c : cases) {
    ProfileMaker make;
    make.add(1, "a;b;c;b").add(2, "a;b").add(3, "a;x|y|z").add(4, "@/bin/x p|q;a").add(5, "");
    if (std::string_view(c.pattern) == "^a$")
      make.profile.keep_samples(std::vector<std::uint8_t>{1, 1, 1, 0, 1});
    EXPECT_EQ(show_from(make.profile, *compiled(c.pattern)), c.matched) << c.name;
    EXPECT_EQ(samples_of(make.profile), c.samples) << c.name;
  }
}

TEST(PruneFrom, CutsBelowTheInnermostMatch) {
  const CutCase cases[] = {
      {"recursion: the innermost counts", "^b$", {"1: a;b;c;b", "2: a;b", "3: a;x|y|z", "4: "}},
      {"the root", "^a$", {"1: a", "2: a", "3: a", "4: "}},
      {"within a location", "^y$", {"1: a;b;c;b", "2: a;b;d", "3: a;x|y", "4: "}},
      {"names without arguments", "^d$", {"1: a;b;c;b", "2: a;b;d", "3: a;x|y|z", "4: "}},
      {"no file", "main.go", {"1: a;b;c;b", "2: a;b;d", "3: a;x|y|z", "4: "}},
  };
  for (const CutCase& c : cases) {
    ProfileMaker make;
    make.add(1, "a;b;c;b").add(2, "a;b;d").add(3, "a;x|y|z").add(4, "");
    prune_from(make.profile, *compiled(c.pattern));
    EXPECT_EQ(samples_of(make.profile), c.samples) << c.name;
  }
  ProfileMaker make;
  make.add(1, "main;.f(int);(anonymous namespace)::g(int);h");
  prune_from(make.profile, *compiled("^f$|^.anonymous namespace.::g$"));
  EXPECT_EQ(samples_of(make.profile),
            std::vector<std::string>{"1: main;.f(int);(anonymous namespace)::g(int)"});
}

const char* random_pattern(test::Dice& dice) {
  static constexpr const char* kPatterns[] = {"f1",     "f[2-5]$", "file1",  "server", "libc",
                                              "main",   "^$",      "absent", "f1.$",   "file[02]",
                                              "main.f", "vdso|f3", ".",      "f0|f7"};
  return kPatterns[dice.below(std::size(kPatterns))];
}

TEST(Filters, AgreeWithTheirDefinition) {
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(800); ++seed) {
    test::Dice dice(seed);
    Profile profile = test::random_profile(seed, test::Strangeness::Strange);
    Profile copy = profile.copy();
    test::NaiveSamples expected = test::naive_samples(profile);
    Filters filters;
    if (dice.chance(40)) filters.focus = compiled(random_pattern(dice));
    if (dice.chance(40)) filters.ignore = compiled(random_pattern(dice));
    if (dice.chance(40)) filters.hide = compiled(random_pattern(dice));
    if (dice.chance(40)) filters.show = compiled(random_pattern(dice));
    const bool any = filters.focus || filters.ignore || filters.hide || filters.show;
    if (any) test::naive_filter_frames(expected, filters.get());
    filter_frames(profile, filters.get());
    ASSERT_EQ(test::naive_samples(profile), expected) << "seed " << seed;
    if (dice.chance(40)) {
      const auto regexp = compiled(random_pattern(dice));
      test::naive_show_from(expected, *regexp);
      show_from(profile, *regexp);
      ASSERT_EQ(test::naive_samples(profile), expected) << "show_from, seed " << seed;
    }
    if (dice.chance(40)) {
      const auto regexp = compiled(random_pattern(dice));
      test::naive_prune_from(expected, *regexp);
      prune_from(profile, *regexp);
      ASSERT_EQ(test::naive_samples(profile), expected) << "prune_from, seed " << seed;
    }
    // What is done to a profile that nobody else holds must happen to a copy as well.
    ASSERT_EQ(test::naive_samples(copy),
              test::naive_samples(test::random_profile(seed, test::Strangeness::Strange)));
  }
}

}  // namespace
}  // namespace plumb
