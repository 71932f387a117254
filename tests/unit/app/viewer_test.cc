// SPDX-License-Identifier: Apache-2.0
#include "app/viewer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/read_file.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

// A directory for temporary files, and a "browser" that copies what it is shown.
class ViewerTest : public testing::Test {
 protected:
  void SetUp() override {
    browser_ = directory_ / "browser.sh";
    std::ofstream(browser_) << "#!/bin/sh\ncp \"$2\" \"$1\"\necho \"$2\" >\"$1.name\"\n";
    fs::permissions(browser_, fs::perms::owner_all);
    ::setenv("TMPDIR", directory_.c_str(), 1);
    ::setenv("BROWSER", (browser_.string() + ' ' + shown().string()).c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("TMPDIR");
    ::unsetenv("BROWSER");
  }

  [[nodiscard]] fs::path shown() const { return directory_ / "shown"; }

  const test::TemporaryDirectory temporary_;
  const fs::path directory_ = temporary_.path();
  fs::path browser_;
};

TEST_F(ViewerTest, IsGivenAFileThatIsGoneAfterwards) {
  const auto left = show_in_viewer(Viewer::Browser, "<svg/>", ".svg", WaitFor::End);
  ASSERT_TRUE(left) << left.error().message();
  EXPECT_EQ(*left, "");
  EXPECT_EQ(test::read_file(shown()), "<svg/>");
  const std::string path = directory_ / "pprof001.svg";
  EXPECT_EQ(test::read_file(shown().string() + ".name"), path + "\n");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ViewerTest, MayStayOpenWithItsFile) {
  const auto left = show_in_viewer(Viewer::Browser, "<svg/>", ".svg", WaitFor::Start);
  ASSERT_TRUE(left) << left.error().message();
  EXPECT_EQ(*left, directory_ / "pprof001.svg");
  EXPECT_TRUE(fs::exists(*left));
}

TEST_F(ViewerTest, LeavesOtherFilesAlone) {
  std::ofstream(directory_ / "pprof001.svg") << "other";
  ASSERT_TRUE(show_in_viewer(Viewer::Browser, "new", ".svg", WaitFor::End));
  EXPECT_EQ(test::read_file(directory_ / "pprof001.svg"), "other");
  EXPECT_EQ(test::read_file(shown()), "new");
}

TEST_F(ViewerTest, SaysHowToDoWithoutOne) {
  const std::string path = std::getenv("PATH");
  ::setenv("BROWSER", "plumb-no-such-browser", 1);
  ::setenv("PATH", "/nonexistent", 1);
  const auto left = show_in_viewer(Viewer::Browser, "<svg/>", ".svg", WaitFor::End);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().code(), ErrorCode::NotFound);
  EXPECT_NE(left.error().message().find("BROWSER"), std::string::npos);
  EXPECT_FALSE(fs::exists(directory_ / "pprof001.svg"));
}

TEST_F(ViewerTest, TriesTheChosenBrowserFirst) {
  const auto candidates = viewer_candidates(Viewer::Browser);
  ASSERT_FALSE(candidates.empty());
  EXPECT_EQ(candidates.front(), browser_.string() + ' ' + shown().string());
}

}  // namespace
}  // namespace plumb::cli
