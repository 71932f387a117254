// SPDX-License-Identifier: Apache-2.0
#include "symbols/source_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace plumb {
namespace {

namespace fs = std::filesystem;

class SourceFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) / ("plumb_sources" + std::to_string(::getpid()));
    fs::create_directories(directory_ / "project/sub");
    write("project/main.go", "package main\r\n\nfunc main() {}");
    write("project/sub/a.go", "one\n");
  }
  void TearDown() override { fs::remove_all(directory_); }

  void write(const std::string& path, const std::string& text) {
    std::ofstream(directory_ / path, std::ios::binary) << text;
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (directory_ / name).string();
  }

  fs::path directory_;
};

TEST_F(SourceFilesTest, LinesAreCountedFromOneAndHaveNoEnds) {
  SourceFiles sources("", "");
  const std::string main = path("project/main.go");
  EXPECT_EQ(sources.line(main, 1), "package main");
  EXPECT_EQ(sources.line(main, 2), "");
  EXPECT_EQ(sources.line(main, 3), "func main() {}");
  EXPECT_EQ(sources.line(main, 0), std::nullopt);
  EXPECT_EQ(sources.line(main, 4), std::nullopt);
  EXPECT_EQ(sources.line(main, -1), std::nullopt);
  EXPECT_EQ(sources.error(main), nullptr);
}

TEST_F(SourceFilesTest, RelativePathsAreLookedForUpwards) {
  SourceFiles sources(path("nosuch") + ":" + path("project/sub"), "");
  EXPECT_EQ(sources.line("a.go", 1), "one");
  EXPECT_EQ(sources.line("main.go", 1), "package main");
  EXPECT_EQ(sources.line("sub/a.go", 1), "one");
  EXPECT_EQ(sources.error("b.go"), nullptr) << "nobody asked for a line of it";
  EXPECT_EQ(sources.line("b.go", 1), std::nullopt);
  const Error* const error = sources.error("b.go");
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->message(),
            "could not find file b.go on path " + path("nosuch") + ":" + path("project/sub"));
}

TEST_F(SourceFilesTest, PathsOfOtherMachinesAreCut) {
  SourceFiles guessed(path("project"), "");
  EXPECT_EQ(guessed.line("/build/elsewhere/project/sub/a.go", 1), "one");
  SourceFiles told(path("project"), "/build/elsewhere");
  EXPECT_EQ(told.line("/build/elsewhere/sub/a.go", 1), "one");
  EXPECT_EQ(told.line("/build/other/sub/a.go", 1), std::nullopt);
  EXPECT_EQ(told.error("/build/other/sub/a.go")->message(),
            "open /build/other/sub/a.go: no such file or directory");
}

TEST_F(SourceFilesTest, OnlyRegularFilesAreRead) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  SourceFiles sources("", "");
  for (const std::string& name : {path("fifo"), path("project"), std::string("/dev/zero")}) {
    EXPECT_EQ(sources.line(name, 1), std::nullopt) << name;
    ASSERT_NE(sources.error(name), nullptr) << name;
    EXPECT_EQ(sources.error(name)->message(), name + " is no regular file");
  }
}

TEST_F(SourceFilesTest, HugeFilesAreRefused) {
  write("huge", "");
  fs::resize_file(directory_ / "huge", (std::uintmax_t{64} << 20) + 1);
  SourceFiles sources("", "");
  EXPECT_EQ(sources.line(path("huge"), 1), std::nullopt);
  ASSERT_NE(sources.error(path("huge")), nullptr);
  EXPECT_EQ(sources.error(path("huge"))->code(), ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace plumb
