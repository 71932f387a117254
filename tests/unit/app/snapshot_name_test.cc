// SPDX-License-Identifier: Apache-2.0
#include "app/snapshot_name.h"

#include <gtest/gtest.h>

namespace plumb::cli {
namespace {

constexpr std::int64_t kTime = 1'795'683'600'123'000'000;  // 2026-11-26 09:00:00.123 UTC.

TEST(SnapshotName, TellsTheTime) {
  EXPECT_EQ(time_name(kTime), "20261126T090000.123Z");
  EXPECT_EQ(time_of_snapshot("dumps/20261126T090000.123Z.goroutine.txt"), kTime);
  EXPECT_EQ(time_of_snapshot("20261126T090000.123Z.goroutine.pb.gz"), kTime);
  EXPECT_EQ(time_name(kTime / 1'000'000'000 * 1'000'000'000 + 7'000'000), "20261126T090000.007Z");
}

TEST(SnapshotName, OfOtherFilesTellsNone) {
  for (const char* const name :
       {"", "dump.txt", "20261126.txt", "20261126T090000.123Z/dump.txt", "2026x126T090000.123Z",
        "20261126T090000_123Z.goroutine.txt", "00000000T000000.000Z.goroutine.txt"}) {
    EXPECT_EQ(time_of_snapshot(name), 0) << name;
  }
}

TEST(SnapshotName, IsKnown) {
  EXPECT_TRUE(is_snapshot_name("/srv/20261126T090000.123Z.goroutine.txt"));
  EXPECT_TRUE(is_snapshot_name("20261126T090000.123Z.goroutine.pb.gz"));
  EXPECT_FALSE(is_snapshot_name("notes.goroutine.txt"));
  EXPECT_FALSE(is_snapshot_name("20261126T090000.123Z.heap.pb.gz"));
}

}  // namespace
}  // namespace plumb::cli
