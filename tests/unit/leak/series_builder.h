// SPDX-License-Identifier: Apache-2.0
// Series of dumps for tests: who is there in each snapshot, by id.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "leak/snapshot_series.h"
#include "leak/verdict.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb {

/// Goroutines of one place in one snapshot.
struct TestGroup {
  std::string_view state;
  TestStack stack;
  std::vector<std::uint64_t> ids;
  std::uint32_t wait_minutes = 0;
  std::uint64_t creator_id = 0;
  std::uint64_t lock = 0;                    // That all of them wait for.
  std::vector<std::uint64_t> pointers = {};  // That all of them have.
};

/// A dump with ids.
inline GoroutineDump dump_of(const std::vector<TestGroup>& groups) {
  DumpBuilder builder;
  for (const TestGroup& from : groups) {
    if (from.ids.empty()) continue;
    const auto count = static_cast<std::uint32_t>(from.ids.size());
    GoroutineGroup& group = builder.add(from.state, from.stack, {{from.wait_minutes, count}});
    group.first_id = from.ids.front();
    group.first_creator_id = from.creator_id;
    const auto index = static_cast<std::uint32_t>(builder.dump.groups.size() - 1);
    for (const std::uint64_t id : from.ids) {
      builder.dump.goroutines.push_back({id, from.creator_id, from.wait_minutes, index, from.lock});
      for (const std::uint64_t pointer : from.pointers) {
        builder.dump.pointers.push_back({id, pointer});
      }
    }
  }
  return std::move(builder.dump);
}

/// `count` ids from `first` on, `step` apart.
inline std::vector<std::uint64_t> ids_from(std::uint64_t first, std::size_t count,
                                           std::uint64_t step) {
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(first + i * step);
  return ids;
}

/// Snapshots `gap_seconds` apart; 0: their times are not known.
inline SnapshotSeries series_of(const std::vector<std::vector<TestGroup>>& snapshots,
                                std::int64_t gap_seconds = 60) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  SeriesBuilder builder;
  std::int64_t time = gap_seconds * kSecond;
  for (const auto& groups : snapshots) {
    builder.start_snapshot("", time);
    builder.add(dump_of(groups));
    time += gap_seconds * kSecond;
  }
  return std::move(builder).finish();
}

/// The finding on the group whose blocked function is `function`.
inline const Finding* find_finding(const SnapshotSeries& series, const Findings& findings,
                                   std::string_view function) {
  for (const Finding& finding : findings.all) {
    const StackGroup& group = series.stacks.groups[finding.group];
    if (group.blocked == kNone) continue;
    if (series.stacks.text(series.stacks.frame(group, group.blocked).function) == function) {
      return &finding;
    }
  }
  return nullptr;
}

/// A stack blocked in line 27 of a file whose line 9 has the `go` statement of `creator`.
inline TestStack stack_of(std::string_view function, std::string_view creator = {}) {
  TestStack stack = {{function, "/srv/app/main.go", 27}};
  if (!creator.empty()) stack.push_back({creator, "/srv/app/main.go", 9, 0, FrameKind::CreatedBy});
  return stack;
}

/// Something that makes ids pass, and is never judged.
inline TestGroup busy(std::uint64_t id) {
  return {"running", stack_of("main.busy"), {id}};
}

/// The finding on the group whose blocked function is `function`; an empty one if there is none.
inline Finding judge_place(const SnapshotSeries& series, std::string_view function,
                           const SourceLines& source = {}) {
  const Findings findings = judge(series, source);
  const Finding* const finding = find_finding(series, findings, function);
  return finding == nullptr ? Finding{} : *finding;
}

}  // namespace plumb
