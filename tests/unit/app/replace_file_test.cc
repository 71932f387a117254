// SPDX-License-Identifier: Apache-2.0
#include "app/replace_file.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "support/read_file.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

class ReplaceFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::ptrdiff_t file_count() const {
    return std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator());
  }

  test::TemporaryDirectory directory_;
};

TEST_F(ReplaceFileTest, WritesAndReplaces) {
  const std::string path = directory_.path("known.json");
  ASSERT_TRUE(replace_file(path, "one"));
  EXPECT_EQ(test::read_file(path), "one");
  ASSERT_TRUE(replace_file(path, "two", kFileOfOwner));
  EXPECT_EQ(test::read_file(path), "two");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(file_count(), 1);
}

TEST_F(ReplaceFileTest, LeavesTheOldFileWhenItCannot) {
  const std::string path = directory_.path("taken");
  fs::create_directories(path + "/by a directory");
  const auto written = replace_file(path, "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(errno, EISDIR);
  EXPECT_EQ(written.error().message(), path + ": is a directory");
  EXPECT_EQ(file_count(), 1);

  const auto nowhere = replace_file(directory_.path("missing/file"), "text");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code(), ErrorCode::Io);
  EXPECT_EQ(nowhere.error().message(), directory_.path("missing/file: no such file or directory"));
}

TEST_F(ReplaceFileTest, DirectoriesAreForTheOwnerAlone) {
  const std::string path = directory_.path("a/b/file");
  make_directories_for(path);
  ASSERT_TRUE(replace_file(path, "text"));
  EXPECT_EQ(fs::status(directory_.path("a")).permissions(), fs::perms::owner_all);
}

TEST_F(ReplaceFileTest, DirectoriesStayAsTheyAre) {
  const auto mode = fs::perms::owner_all | fs::perms::group_read;
  fs::create_directories(directory_.path("a"));
  fs::permissions(directory_.path("a"), mode);
  ASSERT_TRUE(make_directories(directory_.path("a/b//c/"), kDirectoryOfOwner));
  EXPECT_EQ(fs::status(directory_.path("a")).permissions(), mode);
  EXPECT_EQ(fs::status(directory_.path("a/b/c")).permissions(), fs::perms::owner_all);
}

TEST_F(ReplaceFileTest, NamesTheDirectoryThatCannotBeMade) {
  const std::string file = directory_.write("a/file", "text");
  const auto made = make_directories(file + "/b/c", kDirectoryOfAll);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(), "mkdir " + file + ": not a directory");
  make_directories_for(file + "/b/c");  // Says nothing.
  make_directories_for("name");
  make_directories_for("/name");
  make_directories_for("");
  EXPECT_EQ(test::read_file(file), "text");
}

}  // namespace
}  // namespace plumb::cli
