// SPDX-License-Identifier: Apache-2.0
// A folder of recorded snapshots, whatever ended the recording that it is from.
#include "app/snapshot_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

class SnapshotIndexTest : public testing::Test {
 protected:
  SnapshotIndexTest()
      : folder_(fs::path(testing::TempDir()) / ("plumb_index_test." + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
  }
  ~SnapshotIndexTest() override { fs::remove_all(folder_); }

  static std::string name(int minute) {
    return "20261126T0900" + std::to_string(10 + minute) + ".000Z.goroutine.txt";
  }

  void put(const std::string& file, const std::string& text = "goroutine 1 [running]:\n") const {
    fs::create_directories(folder_);
    std::ofstream(folder_ / file) << text;
  }

  void record(SnapshotIndex& index, int minute) const {
    put(name(minute));
    index.add({name(minute), minute, 100 + minute, "localhost:6060"});
  }

  [[nodiscard]] bool exists(const std::string& file) const { return fs::exists(folder_ / file); }

  // The files that the index names, each with its goroutines, -1 where they are not known.
  [[nodiscard]] std::vector<std::pair<std::string, int>> lines() const {
    std::vector<std::pair<std::string, int>> all;
    std::ifstream index(folder_ / ".index.jsonl");
    for (std::string line; std::getline(index, line);) {
      const auto json = nlohmann::json::parse(line);
      const auto& count = json["goroutines"];
      all.emplace_back(json["file"], count.is_null() ? -1 : count.get<int>());
    }
    return all;
  }

  fs::path folder_;
};

using Lines = std::vector<std::pair<std::string, int>>;

TEST_F(SnapshotIndexTest, HasALineForEachFile) {
  SnapshotIndex index(folder_);
  ASSERT_TRUE(index.open());
  for (int i = 0; i < 5; ++i) record(index, i);
  EXPECT_EQ(lines().size(), 5u);
  index.keep(2);
  EXPECT_FALSE(exists(name(2)));
  EXPECT_TRUE(exists(name(3)));
  EXPECT_EQ(lines(), (Lines{{name(3), 103}, {name(4), 104}}));
}

TEST_F(SnapshotIndexTest, AgreesWithTheFilesAfterAKill) {
  {
    SnapshotIndex index(folder_);
    ASSERT_TRUE(index.open());
    for (int i = 0; i < 3; ++i) record(index, i);
  }
  fs::remove(folder_ / name(1));  // Somebody made place.
  put(name(3));                   // Written, but not noted.
  std::ofstream(folder_ / ".index.jsonl", std::ios::app) << "{\"file\":\"2026";
  put('.' + name(4) + ".2147483647");  // Of a process that is gone.
  put("..index.jsonl.2147483647");
  put('.' + name(5) + '.' + std::to_string(::getpid()));  // Of one that lives.
  put("notes.txt");
  SnapshotIndex index(folder_);
  ASSERT_TRUE(index.open());
  EXPECT_EQ(lines(), (Lines{{name(0), 100}, {name(2), 102}, {name(3), -1}}));
  EXPECT_FALSE(exists('.' + name(4) + ".2147483647"));
  EXPECT_FALSE(exists("..index.jsonl.2147483647"));
  EXPECT_TRUE(exists('.' + name(5) + '.' + std::to_string(::getpid())));
  EXPECT_TRUE(exists("notes.txt"));
  EXPECT_EQ(index.rows()[2].time_ns % 1'000'000'000, 0);
  record(index, 6);
  EXPECT_EQ(lines().size(), 4u);
}

TEST_F(SnapshotIndexTest, MakesRoomByTheOldestHalfAtMost) {
  SnapshotIndex index(folder_);
  ASSERT_TRUE(index.open());
  EXPECT_FALSE(index.make_room(1));
  for (int i = 0; i < 6; ++i) record(index, i);
  EXPECT_TRUE(index.make_room(1));
  EXPECT_EQ(index.rows().size(), 5u);
  EXPECT_FALSE(exists(name(0)));
  EXPECT_TRUE(index.make_room(1 << 20));
  EXPECT_EQ(index.rows().size(), 2u);
  EXPECT_TRUE(exists(name(4)));
  record(index, 6);
  EXPECT_EQ(lines().size(), 3u);
}

TEST_F(SnapshotIndexTest, NeedsAFolder) {
  put("file");
  SnapshotIndex index(folder_ / "file" / "series");
  EXPECT_FALSE(index.open());
}

}  // namespace
}  // namespace plumb::cli
