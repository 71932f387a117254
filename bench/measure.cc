// SPDX-License-Identifier: Apache-2.0
// Runs a command some times and prints what each run cost, one line a run:
//
//   measure 5 plumb top big.pb.gz
//   wall_us user_us system_us peak_kb status
//
//   measure memory 5 grep -c goroutine dump.txt
//
// A program of its own because the peak memory that the kernel reports for a child is at least that
// of the process that started it: an interpreter's own megabytes would hide a small program's.
// The standard output of the command goes to /dev/null, its standard error is kept. With "memory"
// it goes to memory and is forgotten: grep looks whether it goes to /dev/null, and then stops at
// the first match. Of two gigabytes of text the kernel's work for that would be most of the time.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

[[noreturn]] void become(char** command, bool to_memory) {
  const int output =
      to_memory ? memfd_create("output", MFD_CLOEXEC) : open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (output >= 0 && dup2(output, STDOUT_FILENO) >= 0) execvp(command[0], command);
  std::perror(command[0]);
  _exit(127);
}

long long microseconds(const timeval& time) {
  return time.tv_sec * 1'000'000LL + time.tv_usec;
}

/// Runs `command` once and prints its line. False if it could not be waited for.
bool measure_once(char** command, bool to_memory) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) become(command, to_memory);
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
  const bool to_memory = argc > 1 && std::strcmp(argv[1], "memory") == 0;
  if (to_memory) {
    --argc;
    ++argv;
  }
  const long times = argc > 2 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (times < 1) {
    std::fputs("usage: measure [memory] TIMES COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  for (long i = 0; i < times; ++i) {
    if (!measure_once(argv + 2, to_memory)) {
      std::perror("measure");
      return 2;
    }
  }
  return 0;
}
