// SPDX-License-Identifier: Apache-2.0
#include "app/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "base/system_message.h"
#include "base/try.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): not in every <unistd.h>.

namespace plumb::cli {
namespace {

Error system_error(const std::string& what, int number) {
  return Error(ErrorCode::Io, what + ": " + system_message(number));
}

// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  void reset() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;

  static Result<Pipe> make() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe", errno);
    Pipe out;
    out.read_end = Descriptor(ends[0]);
    out.write_end = Descriptor(ends[1]);
    return out;
  }
};

// Attributes and file actions of posix_spawn, which free themselves.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
    // We ignore these; programs should not find them ignored.
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }

  void connect(const Descriptor& from, int to) { connect(from.number(), to); }
  void connect(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }

  void block_only(const sigset_t& signals) {
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }

  Result<pid_t> spawn(const std::vector<std::string>& words) {
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    arguments.reserve(copies.size() + 1);
    for (std::string& word : copies) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int status =
        ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(), environ);
    if (status == ENOENT) {
      return Error(ErrorCode::NotFound,
                   "exec: \"" + words[0] + "\": executable file not found in $PATH");
    }
    if (status != 0) return system_error("exec: \"" + words[0] + '"', status);
    return pid;
  }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

Result<void> check_status(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status)) {
    return Error(ErrorCode::Io, "exit status " + std::to_string(WEXITSTATUS(status)));
  }
  return Error(ErrorCode::Io, "signal " + std::to_string(WTERMSIG(status)));
}

Result<void> wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return system_error("wait", errno);
  }
  return check_status(status);
}

// Writes some of `input`; closes `to` behind the last of it, or when nobody reads on.
void feed(Descriptor& to, std::string_view& input) {
  const ssize_t count = ::write(to.number(), input.data(), input.size());
  if (count >= 0) input.remove_prefix(static_cast<std::size_t>(count));
  const bool is_over = count < 0 && errno != EINTR && errno != EAGAIN;
  if (is_over || input.empty()) to.reset();
}

// Moves `input` into one pipe and everything from the other one out.
Result<std::string> exchange(Descriptor to, Descriptor from, std::string_view input,
                             std::size_t limit_bytes) {
  // A write must not wait while the program waits for us to read.
  ::fcntl(to.number(), F_SETFL, O_NONBLOCK);
  if (input.empty()) to.reset();
  std::string output;
  std::array<char, 1 << 16> block;
  for (;;) {
    std::array<pollfd, 2> waiting = {pollfd{from.number(), POLLIN, 0},
                                     pollfd{to.number(), POLLOUT, 0}};
    if (::poll(waiting.data(), to.is_open() ? 2 : 1, -1) < 0 && errno != EINTR) {
      return system_error("poll", errno);
    }
    if (to.is_open() && waiting[1].revents != 0) feed(to, input);
    if (waiting[0].revents == 0) continue;
    const ssize_t count = ::read(from.number(), block.data(), block.size());
    if (count < 0 && errno != EINTR) return system_error("read", errno);
    if (count == 0) return output;
    if (count > 0) output.append(block.data(), static_cast<std::size_t>(count));
    if (output.size() > limit_bytes) {
      return Error(ErrorCode::LimitExceeded,
                   "it writes more than " + std::to_string(limit_bytes) + " bytes");
    }
  }
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& words) {
  TRY_ASSIGN(const pid_t pid, SpawnPlan().spawn(words));
  return ChildProcess(pid);
}

Result<void> ChildProcess::wait() {
  return wait_for(pid_);
}

Result<std::string> run_filter(const std::vector<std::string>& words, std::string_view input,
                               std::size_t limit_bytes) {
  TRY_ASSIGN(Pipe to, Pipe::make());
  TRY_ASSIGN(Pipe from, Pipe::make());
  SpawnPlan plan;
  plan.connect(to.read_end, STDIN_FILENO);
  plan.connect(from.write_end, STDOUT_FILENO);
  TRY_ASSIGN(const pid_t pid, plan.spawn(words));
  to.read_end.reset();
  from.write_end.reset();
  auto output = exchange(std::move(to.write_end), std::move(from.read_end), input, limit_bytes);
  if (!output) ::kill(pid, SIGTERM);
  auto end = wait_for(pid);
  if (!output) return std::move(output).error();
  if (!end) return std::move(end).error();
  return output;
}

SignalHold::SignalHold() {
  ::sigemptyset(&held_);
  // SIGCHLD ends nothing; it wakes whoever waits for the others.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) ::sigaddset(&held_, signal);
  ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
}

SignalHold::~SignalHold() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  if (received_ != 0) (void)std::raise(received_);
}

Result<void> run_held(const std::vector<std::string>& words, SignalHold& hold) {
  SpawnPlan plan;
  plan.connect(STDERR_FILENO, STDOUT_FILENO);
  plan.block_only(hold.before_);
  TRY_ASSIGN(const pid_t pid, plan.spawn(words));
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return check_status(status);
    if (ended < 0 && errno != EINTR) return system_error("wait", errno);
    constexpr timespec kPatience{.tv_sec = 1, .tv_nsec = 0};
    const int signal = ::sigtimedwait(&hold.held_, nullptr, &kPatience);
    if (signal <= 0 || signal == SIGCHLD) continue;
    hold.received_ = signal;
    ::kill(pid, SIGTERM);
  }
}

}  // namespace plumb::cli
