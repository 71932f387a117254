// SPDX-License-Identifier: Apache-2.0
#include "app/child_process.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace plumb::cli {
namespace {

constexpr std::size_t kEnough = 1 << 24;

class RunFilter : public testing::Test {
 protected:
  void SetUp() override { former_ = std::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { std::signal(SIGPIPE, former_); }

 private:
  void (*former_)(int) = nullptr;
};

TEST_F(RunFilter, GivesWhatTheProgramWrites) {
  const auto output = run_filter({"tr", "a-z", "A-Z"}, "graph", kEnough);
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(*output, "GRAPH");
}

TEST_F(RunFilter, MovesMoreThanAPipeHolds) {
  std::string input(3 << 20, 'x');
  input += '\n';
  const auto output = run_filter({"cat"}, input, kEnough);
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(*output, input);
}

TEST_F(RunFilter, TakesNoInput) {
  const auto output = run_filter({"cat"}, "", kEnough);
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(*output, "");
}

TEST_F(RunFilter, AProgramNeedNotReadItsInput) {
  const auto output = run_filter({"echo", "done"}, std::string(1 << 20, 'x'), kEnough);
  ASSERT_TRUE(output) << output.error().message();
  EXPECT_EQ(*output, "done\n");
}

TEST_F(RunFilter, SaysThatThereIsNoSuchProgram) {
  const auto output = run_filter({"plumb-no-such-program"}, "", kEnough);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code(), ErrorCode::NotFound);
  EXPECT_EQ(output.error().message(),
            "exec: \"plumb-no-such-program\": executable file not found in $PATH");
}

TEST_F(RunFilter, SaysHowAProgramEnded) {
  const auto output = run_filter({"sh", "-c", "echo half; exit 3"}, "", kEnough);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code(), ErrorCode::Io);
  EXPECT_EQ(output.error().message(), "exit status 3");
}

TEST_F(RunFilter, EndsAProgramThatWritesTooMuch) {
  const auto output = run_filter({"yes"}, "", 100'000);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code(), ErrorCode::LimitExceeded);
}

TEST(ChildProcess, WaitsForItsEnd) {
  auto child = ChildProcess::start({"true"});
  ASSERT_TRUE(child) << child.error().message();
  EXPECT_TRUE(child->wait());
  child = ChildProcess::start({"false"});
  ASSERT_TRUE(child);
  const auto end = child->wait();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().message(), "exit status 1");
}

}  // namespace
}  // namespace plumb::cli
