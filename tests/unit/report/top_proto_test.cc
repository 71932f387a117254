// SPDX-License-Identifier: Apache-2.0
#include "report/top_proto.h"

#include <gtest/gtest.h>

#include <string>

#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

TEST(TopProto, HasASampleForEachRowOfTop) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(60'000'000, "main;work");
  make.add(30'000'000, "main");
  make.profile.time_nanos = 17;
  const auto input = prepared_input(make.profile, ReportKind::TopProto);
  ASSERT_TRUE(input);
  const Profile top = build_top_proto(*input);
  std::string text;
  for (const ValueType& type : top.sample_types) {
    text += std::string(top.text(type.type)) + '/' + std::string(top.text(type.unit)) + ' ';
  }
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < top.sample_count(); ++i) {
    top.read_stack(i, stack);
    ASSERT_EQ(stack.size(), 1U);
    const Line& line = top.lines_of(top.location(stack[0]))[0];
    text += '\n' + std::string(top.text(top.function(line.function).name));
    for (const std::int64_t value : top.values(i)) text += ' ' + std::to_string(value);
  }
  EXPECT_EQ(text, "cum/ms flat/ms \nwork 60 60\nmain 90 30");
  EXPECT_EQ(top.time_nanos, 17);
  EXPECT_FALSE(top.has_period_type);
}

TEST(TopProto, SharesFunctionsBetweenTheirLines) {
  ProfileMaker make;
  make.add(2, "main;work");
  make.profile.lines[0].line = 11;
  make.add(1, "main|work");
  const ReportOptions options{.aggregate = {.granularity = Granularity::Lines}};
  const auto input = prepared_input(make.profile, ReportKind::TopProto, options);
  ASSERT_TRUE(input);
  const Profile top = build_top_proto(*input);
  EXPECT_EQ(top.sample_count(), 3U);
  EXPECT_EQ(top.functions.size(), 2U);
}

}  // namespace
}  // namespace plumb
