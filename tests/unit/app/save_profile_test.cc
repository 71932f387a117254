// SPDX-License-Identifier: Apache-2.0
#include "app/save_profile.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

class SaveProfile : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("PPROF_TMPDIR", directory_.path("first/folder").c_str(), 1);
    ::setenv("HOME", directory_.path("home").c_str(), 1);
  }
  void TearDown() override { ::unsetenv("PPROF_TMPDIR"); }

  test::TemporaryDirectory directory_;
  StringWriter out_;
  StringWriter err_;
  Environment environment_{out_, err_};
};

TEST_F(SaveProfile, MakesTheFolderAndThoseAboveIt) {
  save_fetched_profile(Profile(), environment_);
  const std::string file = directory_.path("first/folder/pprof.001.pb.gz");
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(err_.text(), "Saved profile in " + file + '\n');
}

TEST_F(SaveProfile, SaysInGosWordsWhichFolderCannotBeMadeAndTakesTheNext) {
  directory_.write("first", "a file");
  save_fetched_profile(Profile(), environment_);
  EXPECT_EQ(err_.text(), "Could not use temp dir " + directory_.path("first/folder") + ": mkdir " +
                             directory_.path("first") + ": not a directory\nSaved profile in " +
                             directory_.path("home/pprof/pprof.001.pb.gz") + '\n');
}

}  // namespace
}  // namespace plumb::cli
