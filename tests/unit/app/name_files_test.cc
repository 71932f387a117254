// SPDX-License-Identifier: Apache-2.0
#include "app/name_files.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

const NamedAddresses kNames = {
    {0x1000, {{"_ZN1a4leafEv", "a.h", 12, 5, 10}, {"main", "main.cc", 80, 3, 70}}},
    {0x1004, {{"main", "main.cc", 81, 0, 70}}},
    {0x2000, {}},
};

class NameFilesTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& binary) const {
    return directory_ + '/' + binary + ".pb.gz";
  }

  const test::TemporaryDirectory parent_;
  const std::string directory_ = parent_.path("names");
};

TEST_F(NameFilesTest, KeepAllOfWhatWasFound) {
  EXPECT_TRUE(NameFiles(directory_).load("cafe-10").empty());
  NameFiles(directory_).save("cafe-10", kNames);
  EXPECT_EQ(NameFiles(directory_).load("cafe-10"), kNames);
  EXPECT_TRUE(NameFiles(directory_).load("cafe-11").empty());
}

TEST_F(NameFilesTest, AreForTheirOwnerAlone) {
  NameFiles(directory_).save("cafe-10", kNames);
  EXPECT_EQ(fs::status(directory_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(path("cafe-10")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(NameFilesTest, AreNotTakenForThoseOfAnotherBinary) {
  NameFiles files(directory_);
  files.save("cafe-10", kNames);
  fs::copy_file(path("cafe-10"), path("beef-20"));
  EXPECT_TRUE(files.load("beef-20").empty());
}

TEST_F(NameFilesTest, CutAnywhereSayNothing) {
  NameFiles files(directory_);
  files.save("cafe-10", kNames);
  const auto size = fs::file_size(path("cafe-10"));
  for (std::uintmax_t cut = 0; cut < size; ++cut) {
    fs::resize_file(path("cafe-10"), cut);
    EXPECT_TRUE(files.load("cafe-10").empty()) << cut;
    files.save("cafe-10", kNames);
  }
}

TEST_F(NameFilesTest, OfLongAgoMakePlace) {
  NameFiles(directory_).save("first-1", kNames);
  NameFiles(directory_).save("second-2", kNames);
  const auto size = fs::file_size(path("first-1"));
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(path("first-1"), now - std::chrono::hours(2));
  fs::last_write_time(path("second-2"), now - std::chrono::hours(3));

  NameFiles(directory_).load("second-2");  // Used just now.
  NameFiles(directory_, size * 5 / 2).save("third-3", kNames);
  EXPECT_FALSE(fs::exists(path("first-1")));
  EXPECT_TRUE(fs::exists(path("second-2")));
  EXPECT_TRUE(fs::exists(path("third-3")));
}

TEST_F(NameFilesTest, WithoutADirectoryKeepNothing) {
  NameFiles files{std::string()};
  files.save("cafe-10", kNames);
  EXPECT_TRUE(files.load("cafe-10").empty());
  EXPECT_FALSE(fs::exists(directory_));
}

}  // namespace
}  // namespace plumb::cli
