// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/fd_writer.h"
#include "support/read_file.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

class OutputTest : public testing::Test {
 protected:
  OutputTest() : home_(fs::current_path()) {
    std::string name = testing::TempDir() + "plumb_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    fs::current_path(directory_);
  }
  ~OutputTest() override {
    fs::current_path(home_);
    fs::remove_all(directory_);
  }

  fs::path home_;
  fs::path directory_;
  Settings settings_;
  StringWriter out_;
  StringWriter err_;
  Environment environment_{out_, err_};
};

TEST_F(OutputTest, GoesToStandardOutput) {
  ReportOutput output(settings_, environment_);
  output << "report\n";
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(out_.text(), "report\n");
  EXPECT_EQ(err_.text(), "");
}

TEST_F(OutputTest, GoesToTheFileThatIsNamed) {
  std::ofstream("report.txt") << "something longer that stood there";
  settings_.output = "report.txt";
  ReportOutput output(settings_, environment_);
  output << "report\n";
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(test::read_file("report.txt"), "report\n");
  EXPECT_EQ(out_.text(), "");
  EXPECT_EQ(err_.text(), "Generating report in report.txt\n");
}

TEST_F(OutputTest, AFileThatCannotBeMadeIsAnError) {
  settings_.output = "nosuchdirectory/report.txt";
  ReportOutput output(settings_, environment_);
  output << "report\n";
  const auto finished = output.finish();
  ASSERT_FALSE(finished);
  EXPECT_TRUE(output.is_closed());
  EXPECT_EQ(finished.error().code(), ErrorCode::Io);
  EXPECT_EQ(finished.error().message(),
            "open nosuchdirectory/report.txt: no such file or directory");
  EXPECT_EQ(err_.text(), "Generating report in nosuchdirectory/report.txt\n");
}

TEST_F(OutputTest, IsNotTouchedByAReportThatCannotBeMade) {
  std::ofstream("report.txt") << "old";
  settings_.output = "report.txt";
  { const ReportOutput output(settings_, environment_); }
  EXPECT_EQ(test::read_file("report.txt"), "old");
}

TEST_F(OutputTest, MakesAnEmptyFileOfAnEmptyReport) {
  settings_.output = "report.txt";
  ReportOutput output(settings_, environment_);
  EXPECT_TRUE(output.finish());
  EXPECT_TRUE(fs::exists("report.txt"));
}

TEST_F(OutputTest, AFullDiskIsAnErrorThatNamesTheFile) {
  settings_.output = "/dev/full";
  ReportOutput output(settings_, environment_);
  output << "report\n";
  const auto finished = output.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message(), "write /dev/full: no space left on device");
}

TEST_F(OutputTest, BinaryDataDoesNotGoToATerminalButToANewFile) {
  environment_.out_is_terminal = true;
  std::ofstream("profile001.pb.gz") << "old";
  ReportOutput output(settings_, environment_, ".pb.gz");
  output << "data";
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(test::read_file("profile001.pb.gz"), "old");
  EXPECT_EQ(test::read_file("profile002.pb.gz"), "data");
  EXPECT_EQ(out_.text(), "");
  EXPECT_EQ(err_.text(), "Generating report in profile002.pb.gz\n");
}

TEST_F(OutputTest, TextGoesToATerminal) {
  environment_.out_is_terminal = true;
  ReportOutput output(settings_, environment_);
  output << "report\n";
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(out_.text(), "report\n");
}

TEST(FdWriter, StopsAtAPipeThatNobodyReadsWithoutAnError) {
  std::signal(SIGPIPE, SIG_IGN);  // As main() does.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  {
    FdWriter writer(ends[1]);
    EXPECT_FALSE(writer.is_closed());
    writer << "text";
    writer.flush();
    EXPECT_TRUE(writer.is_closed());
    EXPECT_TRUE(writer.finish());
  }
  ::close(ends[1]);
}

TEST(FdWriter, WritesMoreThanOnePipeful) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("numbers");
  auto writer = FdWriter::create(path, FdWriter::IfExists::Replace);
  ASSERT_TRUE(writer);
  std::string expected;
  for (int i = 0; i < 100'000; ++i) {
    const std::string line = std::to_string(i) + '\n';
    **writer << line;
    expected += line;
  }
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ(test::read_file(path), expected);
}

}  // namespace
}  // namespace plumb::cli
