// SPDX-License-Identifier: Apache-2.0
// Runs a command some times and prints what each run cost, one line a run:
//
//   measure 5 plumb top big.pb.gz
//   wall_us user_us system_us peak_kb status
//
// A program of its own because the peak memory that the kernel reports for a child is at least that
// of the process that started it: an interpreter's own megabytes would hide a small program's.
// The standard output of the command goes to memory and is forgotten, its standard error is kept.
// Not to /dev/null: grep looks whether that is where its output goes, and stops at the first match.

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void become(char** command) {
  const int output = memfd_create("output", MFD_CLOEXEC);
  if (output >= 0 && dup2(output, STDOUT_FILENO) >= 0) execvp(command[0], command);
  std::perror(command[0]);
  _exit(127);
}

long long microseconds(const timeval& time) {
  return time.tv_sec * 1'000'000LL + time.tv_usec;
}

/// Runs `command` once and prints its line. False if it could not be waited for.
bool measure_once(char** command) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) become(command);
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) return false;
  const auto wall = std::chrono::steady_clock::now() - start;
  std::printf(
      "%lld %lld %lld %ld %d\n",
      static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(wall).count()),
      microseconds(usage.ru_utime), microseconds(usage.ru_stime), usage.ru_maxrss,
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  std::fflush(stdout);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const long times = argc > 2 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (times < 1) {
    std::fputs("usage: measure TIMES COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  for (long i = 0; i < times; ++i) {
    if (!measure_once(argv + 2)) {
      std::perror("measure");
      return 2;
    }
  }
  return 0;
}
