// SPDX-License-Identifier: Apache-2.0
#include "graph/nodes.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/aggregate.h"
#include "support/make_profile.h"

namespace plumb {
namespace {

using test::ProfileMaker;

TEST(FunctionNodes, NamesMakeTheNode) {
  ProfileMaker make;
  const LocationId one = make.location("a");
  const LocationId other = make.location("@/bin/x a");
  const LocationId inlined = make.location("b|a");
  // A second function of the same name, in another file and at another line.
  Function twin = make.profile.functions[0];
  twin.start_line = 99;
  twin.file = make.profile.strings.intern("other.go");
  make.profile.functions.push_back(twin);
  const Line line{.function = {static_cast<std::uint32_t>(make.profile.functions.size() - 1)}};
  const LocationId of_twin = make.profile.add_location({}, {&line, 1});

  aggregate_profile(make.profile, {});
  const NodeTable table = build_nodes(make.profile);
  ASSERT_EQ(table.nodes.size(), 2U);
  EXPECT_EQ(table.of(one)[0], table.of(other)[0]);
  EXPECT_EQ(table.of(one)[0], table.of(of_twin)[0]);
  ASSERT_EQ(table.of(inlined).size(), 2U);
  EXPECT_EQ(table.of(inlined)[0], table.of(one)[0]);  // Innermost first.
  EXPECT_EQ(printable_name(make.profile, table.nodes[table.of(inlined)[1]]), "b");
}

TEST(FunctionNodes, NamelessOnesDifferByBinaryAndStartLine) {
  ProfileMaker make;
  const LocationId none = make.location("?");
  const LocationId libc = make.location("@/lib/libc.so ?");
  const LocationId libm = make.location("@/lib/libm.so ?");
  const LocationId nameless = make.location("@/lib/libc.so ");
  make.profile.functions[0].start_line = 0;
  Function other = make.profile.functions[0];
  other.start_line = 5;
  make.profile.functions.push_back(other);
  Location row;
  row.mapping = make.mapping("/lib/libc.so");
  const Line line{.function = {1}};
  const LocationId fifth_line = make.profile.add_location(row, {&line, 1});

  aggregate_profile(make.profile, {});
  const NodeTable table = build_nodes(make.profile);
  EXPECT_EQ(table.nodes.size(), 4U);
  EXPECT_EQ(table.of(libc)[0], table.of(nameless)[0]);
  EXPECT_NE(table.of(libc)[0], table.of(libm)[0]);
  EXPECT_NE(table.of(libc)[0], table.of(fifth_line)[0]);
  EXPECT_NE(table.of(none)[0], table.of(libc)[0]);
}

TEST(FunctionNodes, PrintableNames) {
  struct Case {
    std::string_view location;
    std::string_view name;
  };
  constexpr Case kCases[] = {
      {"main.work", "main.work"}, {"@/bin/x main.work", "main.work"},
      {"@/usr/bin/x ?", "[x]"},   {"@/usr/bin/x ", "[x]"},
      {"@/usr/bin/ ?", "[bin]"},  {"@/ ?", "[/]"},
      {"@[vdso] ?", "[[vdso]]"},  {"?", "<unknown>"},
      {"", "<unknown>"},          {"@ ?", "<unknown>"},
  };
  for (const Case& c : kCases) {
    ProfileMaker make;
    const LocationId id = make.location(c.location);
    aggregate_profile(make.profile, {});
    const NodeTable table = build_nodes(make.profile);
    EXPECT_EQ(printable_name(make.profile, table.nodes[table.of(id)[0]]), c.name) << c.location;
  }
}

TEST(FunctionNodes, OfNothingAreNone) {
  const NodeTable table = build_nodes(Profile());
  EXPECT_TRUE(table.nodes.empty());
  EXPECT_EQ(table.first.size(), 1U);
}

}  // namespace
}  // namespace plumb
