// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/make_profile.h"
#include "web/views.h"

namespace plumb::web {
namespace {

// What a page of labels has of `profile`, and what it adds up to with `tagfocus`.
Json tags_of(const Profile& profile, const std::string& tagfocus, std::int64_t& total) {
  Profile copy = profile.copy();
  ReportOptions options;
  options.filters.tagfocus = tagfocus;
  const Notice notice = [](std::string_view) {};
  const auto report = make_report_input(copy, ReportKind::Tags, options, notice);
  EXPECT_TRUE(report);
  std::vector<std::string> legend;
  auto data = build_tags_view({*report, "", notice, legend});
  EXPECT_TRUE(data);
  total = 0;
  for (std::size_t i = 0; i < copy.sample_count(); ++i) total += copy.values(i)[0];
  return *std::move(data);
}

// A click on a value is a filter made of its range.
TEST(TagsView, RangesOfNumbersAreFiltersWhateverTheirUnit) {
  for (const std::string unit :
       {"bytes", "ms", "\u00b5s", "\u03bcs", "req/s", "%", "n*GCU", "count", "mp3", "tokens", ""}) {
    SCOPED_TRACE(unit);
    test::ProfileMaker make("cpu");
    make.add(3, "main.main", {make.number_label("size", 64, unit)});
    make.add(5, "main.main", {make.number_label("size", 128, unit)});
    std::int64_t total = 0;
    const Json all = tags_of(make.profile, "", total);
    EXPECT_EQ(total, 8);
    const Json& key = all["keys"].at(0);
    const std::string range = key["values"].at(0)["range"].get<std::string>();
    tags_of(make.profile, "size=" + range, total);
    EXPECT_EQ(total, 5) << range;
  }
}

}  // namespace
}  // namespace plumb::web
