// SPDX-License-Identifier: Apache-2.0
#include "app/perf_data.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "app/settings.h"
#include "fetch/fetch.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

// A folder with a perf.data, an empty folder for temporary files, and a perf_to_profile that is the
// given shell script. PATH and TMPDIR point there.
class PerfData : public testing::Test {
 protected:
  PerfData() {
    std::string path = testing::TempDir() + "plumb-XXXXXX";
    root_ = mkdtemp(path.data());
    fs::create_directory(root_ + "/tmp");
    fs::create_directory(root_ + "/bin");
    std::ofstream(root_ + "/perf.data") << "PERFILE2 and more";
    remember("PATH", path_);
    remember("TMPDIR", tmpdir_);
    setenv("PATH", (root_ + "/bin:" + path_).c_str(), 1);
    setenv("TMPDIR", (root_ + "/tmp").c_str(), 1);
  }
  ~PerfData() override {
    setenv("PATH", path_.c_str(), 1);
    tmpdir_.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", tmpdir_.c_str(), 1);
    fs::remove_all(root_);
  }

  void install(const std::string& script) const {
    const std::string program = root_ + "/bin/perf_to_profile";
    std::ofstream(program) << "#!/bin/sh\n" << script;
    fs::permissions(program, fs::perms::owner_all);
  }

  // What the source gives, or the error.
  std::string open(const std::string& source) {
    const auto options = fetch_options(Settings(), "/");
    EXPECT_TRUE(options);
    auto fetched = open_source(
        source, *options, [this](std::string_view text) { notices_.push_back(std::string(text)); });
    if (!fetched) return "error: " + fetched.error().message();
    const auto bytes = read_all(*fetched->bytes, 1000);
    return bytes ? *bytes : "error: " + bytes.error().message();
  }

  [[nodiscard]] std::string file() const { return root_ + "/perf.data"; }
  [[nodiscard]] bool has_temporary_files() const { return !fs::is_empty(root_ + "/tmp"); }

  std::string root_;
  std::vector<std::string> notices_;

 private:
  static void remember(const char* name, std::string& value) {
    const char* const now = std::getenv(name);
    if (now != nullptr) value = now;
  }

  std::string path_;
  std::string tmpdir_;
};

TEST_F(PerfData, IsConverted) {
  install("echo on the way\necho \"$1 $2 $3 $5 $#\" > \"$4\"\n");
  EXPECT_EQ(open(file()), "-i " + file() + " -o -f 5\n");
  EXPECT_EQ(notices_, std::vector<std::string>{"Converting " + file() +
                                               " to a profile.proto... (May take a few minutes)"});
  EXPECT_FALSE(has_temporary_files());
}

TEST_F(PerfData, OnlyRegularFilesWithItsMagicNumberAre) {
  install("exit 1\n");
  std::ofstream(root_ + "/other") << "PERFILE";
  EXPECT_EQ(open(root_ + "/other"), "PERFILE");
  EXPECT_EQ(notices_, std::vector<std::string>{});
}

TEST_F(PerfData, SaysThatTheConverterIsMissing) {
  setenv("PATH", (root_ + "/bin").c_str(), 1);
  EXPECT_EQ(open(file()),
            "error: failed to convert perf.data file. Try github.com/google/perf_data_converter: "
            "exec: \"perf_to_profile\": executable file not found in $PATH");
  EXPECT_FALSE(has_temporary_files());
}

TEST_F(PerfData, SaysHowTheConverterFailed) {
  install("echo half > \"$4\"\nexit 3\n");
  EXPECT_EQ(open(file()),
            "error: failed to convert perf.data file. Try github.com/google/perf_data_converter: "
            "exit status 3");
  EXPECT_FALSE(has_temporary_files());
}

TEST_F(PerfData, SaysThatThereIsNoPlaceForTheResult) {
  install("exit 0\n");
  setenv("TMPDIR", (root_ + "/nowhere").c_str(), 1);
  EXPECT_EQ(open(file()), "error: cannot make a temporary file in " + root_ +
                              "/nowhere: no such file or directory");
}

// Opens the file in another process and sends that one `signal` while the converter runs. Returns
// the status of its end.
int end_while_converting(const std::string& file, const std::string& started, int signal) {
  const pid_t pid = fork();
  if (pid == 0) {
    (void)convert_perf_data(file, [](std::string_view) {});
    _exit(77);  // Not reached: the signal takes effect before.
  }
  while (!fs::exists(started)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  kill(pid, signal);
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

TEST_F(PerfData, LeavesNothingBehindWhenItIsInterrupted) {
  install("touch \"$4.started\"\nmv \"$4.started\" '" + root_ + "/started'\nexec sleep 1000\n");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    fs::remove(root_ + "/started");
    const int status = end_while_converting(file(), root_ + "/started", signal);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), signal);
    EXPECT_FALSE(has_temporary_files());
  }
}

}  // namespace
}  // namespace plumb::cli
