// SPDX-License-Identifier: Apache-2.0
// GoroutineIndex, against what a loop over all pairs of goroutines says.
#include "leak/goroutine_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace plumb {
namespace {

constexpr std::uint32_t kGroups = 3;
constexpr std::uint32_t kProcesses = 2;

// A snapshot of two processes with ids and waits as they come.
SnapshotSeries random_series(std::uint32_t seed, std::size_t count) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };
  SnapshotSeries series;
  series.id_snapshots = 2;
  series.last_id_snapshot = 1;
  series.stacks.groups.resize(kGroups);
  series.stacks.groups[2].leaked = 1;
  for (std::uint32_t process = 0; process < kProcesses; ++process) {
    std::uint64_t id = 0;
    for (std::size_t i = 0; i < count; ++i) {
      id += 1 + below(200);
      const std::uint64_t lock = below(8) == 0 ? 0xc000 : 0;
      series.goroutines.push_back(
          {{id, below(3) * below(1000), lock, below(kGroups), below(20)}, process, below(2)});
    }
    series.pointers.push_back({process, {id, 0xc000012340}});
    series.pointers.push_back({process, {id + 1, 0xc000012340}});
  }
  return series;
}

std::vector<SeenGoroutine> all_of(const SnapshotSeries& series) {
  std::vector<SeenGoroutine> all;
  for (const SeenGoroutine& goroutine : series.goroutines) all.push_back(goroutine);
  return all;
}

// What any younger goroutine of the process has waited at most.
std::uint32_t outwaited(const std::vector<SeenGoroutine>& all, const SeenGoroutine& of) {
  std::uint32_t longest = 0;
  for (const SeenGoroutine& other : all) {
    const std::uint64_t slack = std::min<std::uint64_t>(256, of.row.id / 8);
    if (other.process != of.process || other.row.id <= of.row.id + slack) continue;
    longest = std::max(longest, other.row.wait_minutes);
  }
  return longest;
}

class GoroutineIndexOf : public testing::TestWithParam<std::uint32_t> {
 protected:
  SnapshotSeries series_ = random_series(GetParam(), 100 * GetParam());
  std::vector<SeenGoroutine> all_ = all_of(series_);
  GoroutineIndex index_{series_};
};

TEST_P(GoroutineIndexOf, HasEveryGoroutineInItsGroup) {
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    std::vector<std::array<std::uint64_t, 3>> want;
    for (const SeenGoroutine& one : all_) {
      if (one.row.group == group) want.push_back({one.row.id, one.row.wait_minutes, one.process});
    }
    std::vector<std::array<std::uint64_t, 3>> got;
    index_.for_each(group, [&](const GoroutineIndex::Row& row) {
      got.push_back({row.id, row.wait_minutes, row.process});
    });
    EXPECT_EQ(got, want);
    EXPECT_EQ(index_.sums(group).count, want.size());
  }
}

TEST_P(GoroutineIndexOf, ComparesWaitsWithThoseOfYoungerOnes) {
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    std::uint64_t compared = 0;
    std::uint64_t woken = 0;
    for (const SeenGoroutine& one : all_) {
      const std::uint32_t longest = outwaited(all_, one);
      if (one.row.group != group || group == 2 || one.since == 1 || longest == 0) continue;
      ++compared;
      if (one.row.wait_minutes == 0 || one.row.wait_minutes + 1 < longest) ++woken;
    }
    EXPECT_EQ(index_.sums(group).compared, compared);
    EXPECT_EQ(index_.sums(group).woken, woken);
  }
}

TEST_P(GoroutineIndexOf, LooksForCreators) {
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    std::uint64_t known = 0;
    std::uint64_t gone = 0;
    for (const SeenGoroutine& one : all_) {
      if (one.row.group != group || one.row.creator_id == 0) continue;
      ++known;
      if (std::ranges::none_of(all_, [&](const SeenGoroutine& other) {
            return other.process == one.process && other.row.id == one.row.creator_id;
          })) {
        ++gone;
      }
    }
    EXPECT_EQ(index_.sums(group).creators, known);
    EXPECT_EQ(index_.sums(group).creators_gone, gone);
  }
}

TEST_P(GoroutineIndexOf, KnowsThoseWithLocksOrPointers) {
  std::vector<std::uint64_t> want;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const bool is_last = i + 1 == all_.size() || all_[i + 1].process != all_[i].process;
    if (all_[i].row.lock != 0 || is_last) want.push_back(all_[i].row.id);
  }
  std::vector<std::uint64_t> got;
  for (const KnownGoroutine& one : index_.known()) got.push_back(one.id);
  EXPECT_EQ(got, want);
}

INSTANTIATE_TEST_SUITE_P(Seeds, GoroutineIndexOf, testing::Range(1u, 9u));

TEST(GoroutineIndex, AsksForTheCreatorsOfAChoice) {
  SnapshotSeries series;
  series.stacks.groups.resize(1);
  for (std::uint64_t id = 1; id <= 5000; ++id)
    series.goroutines.push_back({{id, 1, 0, 0, 0}, 0, 0});
  const GoroutineIndex index(series);
  // Of every 16th, each of which stands for 16.
  EXPECT_EQ(index.sums(0).creators, 5008u);
  EXPECT_EQ(index.sums(0).creators_gone, 0u);
}

TEST(GoroutineIndex, TakesTheCreatorsOfAChoiceForAll) {
  SnapshotSeries series;
  series.stacks.groups.resize(2);
  for (std::uint64_t id = 1; id <= 10; ++id) series.goroutines.push_back({{id, 0, 0, 0, 0}, 0, 0});
  series.creators = {{99, 0, 0, 2}, {7, 0, 0, 2}, {7, 0, 0, 0}, {7, 0, 1, 0}, {0, 1, 0, 0}};
  const GoroutineIndex index(series);
  EXPECT_EQ(index.sums(0).creators, 10u);
  EXPECT_EQ(index.sums(0).creators_gone, 5u);
  EXPECT_EQ(index.sums(1).creators_gone, 1u);
}

TEST(GoroutineIndex, IsTheSameWhereRowsAreFreed) {
  SnapshotSeries series = random_series(3, 300);
  const GoroutineIndex want(series);
  const GoroutineIndex got = GoroutineIndex::freeing_rows(series);
  EXPECT_TRUE(series.goroutines.empty());
  EXPECT_EQ(got.newest_ids(), want.newest_ids());
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    EXPECT_EQ(got.sums(group).count, want.sums(group).count);
    EXPECT_EQ(got.sums(group).woken, want.sums(group).woken);
    EXPECT_EQ(got.sums(group).creators_gone, want.sums(group).creators_gone);
    std::vector<std::uint64_t> ids;
    want.for_each(group, [&](const GoroutineIndex::Row& row) { ids.push_back(row.id); });
    std::size_t at = 0;
    got.for_each(group, [&](const GoroutineIndex::Row& row) { EXPECT_EQ(row.id, ids[at++]); });
    EXPECT_EQ(at, ids.size());
  }
}

TEST(GoroutineIndex, OfNoGoroutinesIsEmpty) {
  SnapshotSeries series;
  series.stacks.groups.resize(1);
  const GoroutineIndex index(series);
  EXPECT_EQ(index.sums(0).count, 0u);
  EXPECT_TRUE(index.newest_ids().empty());
  index.for_each(0, [](const GoroutineIndex::Row&) { FAIL(); });
}

}  // namespace
}  // namespace plumb
