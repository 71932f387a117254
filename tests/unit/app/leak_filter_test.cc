// SPDX-License-Identifier: Apache-2.0
#include "app/leak_filter.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace plumb::cli {
namespace {

TEST(LeakFilter, KeepsEverythingWithoutFlags) {
  const auto filter = LeakFilter::compile({});
  ASSERT_TRUE(filter);
  EXPECT_FALSE(filter->filter().state);
  EXPECT_FALSE(filter->filter().function);
  EXPECT_FALSE(filter->filter().file);
  EXPECT_FALSE(filter->filter().exclude);
  EXPECT_FALSE(filter->filter().label);
  EXPECT_EQ(filter->filter().min_wait_minutes, 0u);
}

TEST(LeakFilter, MatchesAnywhereInTheText) {
  LeakSettings settings;
  settings.state = "chan (send|receive)";
  settings.function = "^main\\.";
  settings.file = "worker.go";
  settings.exclude = "healthz";
  settings.min_age = {5};
  auto compiled = LeakFilter::compile(settings);
  ASSERT_TRUE(compiled);
  const LeakFilter moved = *std::move(compiled);  // Predicates survive a move.
  const GoroutineFilter& filter = moved.filter();
  EXPECT_TRUE(filter.state("chan send (nil chan)"));
  EXPECT_FALSE(filter.state("select"));
  EXPECT_TRUE(filter.function("main.leak"));
  EXPECT_FALSE(filter.function("x/main.leak"));
  EXPECT_TRUE(filter.file("/srv/worker.go"));
  EXPECT_TRUE(filter.exclude("main.healthz"));
  EXPECT_EQ(filter.min_wait_minutes, 5u);
}

struct LabelCase {
  const char* flag;
  const char* key;
  const char* value;
  bool is_kept;
};

TEST(LeakFilter, LabelsAreKeyAndValueOrOneText) {
  constexpr LabelCase kCases[] = {
      {"tenant=t1", "tenant", "t1", true},
      {"tenant=t1", "tenant", "t10", true},  // A regular expression is not anchored.
      {"tenant=^t1$", "tenant", "t10", false},
      {"tenant=t1", "other", "t1", false},
      {"tenant=", "tenant", "anything", true},
      {"tenant=a=b", "tenant", "a=b", true},
      {"tenant:t", "tenant", "t1", true},
      {"t1", "tenant", "t1", true},
      {"^t1", "tenant", "t1", false},
      {"ten", "tenant", "x", true},
  };
  for (const LabelCase& c : kCases) {
    SCOPED_TRACE(c.flag);
    LeakSettings settings;
    settings.label = c.flag;
    const auto filter = LeakFilter::compile(settings);
    ASSERT_TRUE(filter);
    EXPECT_EQ(filter->filter().label(c.key, c.value), c.is_kept);
  }
}

TEST(LeakFilter, ABadExpressionIsNamedWithItsFlag) {
  std::string LeakSettings::*const kFlags[] = {&LeakSettings::state, &LeakSettings::function,
                                               &LeakSettings::file, &LeakSettings::exclude,
                                               &LeakSettings::label};
  constexpr const char* kNames[] = {"state", "function", "file", "exclude", "label"};
  for (std::size_t i = 0; i < std::size(kFlags); ++i) {
    SCOPED_TRACE(kNames[i]);
    LeakSettings settings;
    settings.*kFlags[i] = "a(";
    const auto filter = LeakFilter::compile(settings);
    ASSERT_FALSE(filter);
    EXPECT_EQ(filter.error().code(), ErrorCode::Usage);
    EXPECT_EQ(filter.error().message(),
              "parsing " + std::string(kNames[i]) + " regexp: missing ): a(");
  }
}

}  // namespace
}  // namespace plumb::cli
