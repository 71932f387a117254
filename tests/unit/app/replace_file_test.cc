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

}  // namespace
}  // namespace plumb::cli
