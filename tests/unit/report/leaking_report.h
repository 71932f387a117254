// SPDX-License-Identifier: Apache-2.0
// A report of goroutines that leak, for tests of what is made of it.

#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "report/leaks.h"
#include "unit/leak/series_builder.h"

namespace plumb {

/// Of two dumps a minute apart, with ten and then twenty goroutines that send at each of `stacks`.
inline LeaksReport leaking_report(const std::vector<TestStack>& stacks, LeaksOptions options = {}) {
  LeaksBuilder builder(std::move(options));
  for (const std::size_t count : {10u, 20u}) {
    std::vector<TestGroup> groups;
    for (std::size_t i = 0; i < stacks.size(); ++i) {
      groups.push_back({"chan send", stacks[i], ids_from(20 + i, count, 10)});
    }
    groups.push_back({"running", {{"main.busy"}}, {30 + 10 * count}});
    const Content content = dump_of(groups);
    const LeaksInput input{
        "dump.txt", PlaceUnit::Line, static_cast<std::int64_t>(count) * 6'000'000'000,
        0,          false,           true};
    EXPECT_TRUE(builder.add(input, content).has_value());
  }
  auto report = std::move(builder).finish();
  EXPECT_TRUE(report.has_value());
  return *std::move(report);
}

}  // namespace plumb
