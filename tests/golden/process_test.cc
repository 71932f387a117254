// SPDX-License-Identifier: Apache-2.0
// What only a process has: streams that fail, and an exit status.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

// The exit status of `plumb` + `arguments`, a line of shell.
int run_in_shell(const std::string& arguments) {
  const std::string line = std::string("'") + PLUMB_TOOL + "' " + arguments;
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// As run_in_shell(), with standard output connected to `reader`.
int run_into(const std::string& arguments, const std::string& reader) {
  const std::string line = std::string("bash -c '\"$0\" ") + arguments + " | " + reader +
                           "; exit ${PIPESTATUS[0]}' '" + PLUMB_TOOL + "'";
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

constexpr const char* kLongReport = "traces tests/data/go-samples/go1.26dev/goroutine.debug2.txt";

TEST(Process, ExitsWithTheStatusOfTheCommand) {
  EXPECT_EQ(run_in_shell("version >/dev/null"), 0);
  EXPECT_EQ(run_in_shell(
                "leaks -fail_at=1 tests/data/go-samples/go1.26dev/goroutine.debug2.txt >/dev/null"),
            1);
  EXPECT_EQ(run_in_shell("nosuchcommand 2>/dev/null"), 2);
}

TEST(Process, AClosedPipeIsSuccess) {
  EXPECT_EQ(run_into(kLongReport, "head -c 1 >/dev/null"), 0);
  EXPECT_EQ(run_into(kLongReport, "true"), 0);
}

TEST(Process, AFullDiskIsAnError) {
  EXPECT_EQ(run_in_shell("help >/dev/full 2>/dev/null"), 2);
  EXPECT_EQ(run_in_shell("help -output=/dev/full 2>/dev/null"), 2);
  EXPECT_EQ(
      run_in_shell("tags tests/data/go-samples/go1.26dev/heap.pb.gz -output=/dev/full 2>/dev/null"),
      2);
}

// ulimit -f would end it by SIGXFSZ.
TEST(Process, AFileThatMayNotGrowIsAnError) {
  const std::string line = std::string("bash -c 'ulimit -f 1; \"$0\" ") + kLongReport +
                           " -output=\"$1\" 2>/dev/null' '" + PLUMB_TOOL + "' ";
  const test::TemporaryDirectory directory;
  const int status = std::system((line + directory.path() + "/out").c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
}

TEST(Process, AClosedStandardOutputIsAnError) {
  EXPECT_EQ(run_in_shell("help >&- 2>/dev/null"), 2);
}

TEST(Process, AnUnknownInstructionSetIsAnError) {
  ::setenv("PLUMB_ISA", "nonsense", 1);
  EXPECT_EQ(run_in_shell("version >/dev/null 2>&1"), 2);
  ::setenv("PLUMB_ISA", "plain", 1);
  EXPECT_EQ(run_in_shell("version >/dev/null"), 0);
  ::unsetenv("PLUMB_ISA");
}

TEST(Process, ReadsStandardInput) {
  EXPECT_EQ(run_in_shell("top - <tests/data/go-samples/go1.26dev/heap.pb.gz >/dev/null"), 0);
  EXPECT_EQ(
      run_in_shell("leaks - <tests/data/go-samples/go1.26dev/goroutine.debug2.txt >/dev/null"), 0);
  EXPECT_EQ(run_in_shell("top - </dev/null 2>/dev/null"), 2);
}

}  // namespace
}  // namespace plumb::cli
