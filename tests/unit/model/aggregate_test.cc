// SPDX-License-Identifier: Apache-2.0
#include "model/aggregate.h"

#include <gtest/gtest.h>

#include <string>

#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

// One location at address 0x10 in which inner (a.go:7:3) was inlined into outer (b.go:9:4).
Profile inlined_location() {
  ProfileMaker make;
  Profile& profile = make.profile;
  const auto add = [&](const char* name, const char* file) {
    profile.functions.push_back({.name = profile.strings.intern(name),
                                 .system_name = profile.strings.intern(name),
                                 .file = profile.strings.intern(file)});
  };
  add("inner", "a.go");
  add("outer", "b.go");
  const Line lines[] = {{.function = {0}, .line = 7, .column = 3},
                        {.function = {1}, .line = 9, .column = 4}};
  Location location;
  location.address = 0x10;
  profile.add_location(location, lines);
  return std::move(profile);
}

std::string describe(const Profile& profile) {
  std::string text;
  for (const Line& line : profile.lines_of(profile.locations[0])) {
    const Function& function = profile.function(line.function);
    text += std::string(profile.text(function.name)) + ' ' +
            std::string(profile.text(function.file)) + ' ' + std::to_string(line.line) + ' ' +
            std::to_string(line.column) + '\n';
  }
  return text + std::to_string(profile.locations[0].address);
}

TEST(AggregateProfile, KeepsWhatCounts) {
  struct Case {
    const char* name;
    AggregateOptions options;
    const char* result;
  };
  const Case cases[] = {
      {"functions", {}, "inner  0 0\nouter  0 0\n0"},
      {"files", {Granularity::Files}, " a.go 0 0\n b.go 0 0\n0"},
      {"both", {Granularity::FileFunctions}, "inner a.go 0 0\nouter b.go 0 0\n0"},
      {"lines", {Granularity::Lines}, "inner a.go 7 0\nouter b.go 9 0\n0"},
      {"columns", {Granularity::Lines, false, true}, "inner a.go 7 3\nouter b.go 9 4\n0"},
      {"columns need lines", {Granularity::Functions, false, true}, "inner  0 0\nouter  0 0\n0"},
      {"addresses", {Granularity::Addresses}, "inner a.go 7 3\nouter b.go 9 4\n16"},
      {"no inlines", {Granularity::Addresses, true}, "outer b.go 9 0\n16"},
      {"no inlines, functions", {Granularity::Functions, true}, "outer  0 0\n0"},
  };
  for (const Case& c : cases) {
    Profile profile = inlined_location();
    aggregate_profile(profile, c.options);
    EXPECT_EQ(describe(profile), c.result) << c.name;
  }
}

}  // namespace
}  // namespace plumb
