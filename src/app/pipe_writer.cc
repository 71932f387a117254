// SPDX-License-Identifier: Apache-2.0
#include "app/pipe_writer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/system_message.h"

namespace plumb::cli {
namespace {

// Starts `sh -c line` with `input` as its standard input. Returns an errno.
int spawn_shell(const std::string& line, int input, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  // plumb ignores SIGPIPE and SIGXFSZ and may catch SIGINT; the command starts as in any shell.
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  sigaddset(&usual, SIGXFSZ);
  sigaddset(&usual, SIGINT);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

  std::array<std::string, 3> words = {"sh", "-c", line};
  std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  const int code = ::posix_spawn(&child, "/bin/sh", &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return code;
}

}  // namespace

PipeWriter::~PipeWriter() {
  close_and_wait();
}

bool PipeWriter::is_closed() const {
  return error_ != 0 || (pipe_ && pipe_->is_closed());
}

Result<void> PipeWriter::finish() {
  flush();
  if (!pipe_ && error_ == 0) start();
  close_and_wait();
  if (error_ == 0) return {};
  return Error(ErrorCode::Io, std::string("sh: ") + system_message(error_));
}

void PipeWriter::write_through(std::string_view text) {
  if (text.empty() || error_ != 0) return;
  if (!pipe_) start();
  if (pipe_) *pipe_ << text;
}

void PipeWriter::start() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    error_ = errno;
    return;
  }
  error_ = spawn_shell(line_, ends[0], child_);
  ::close(ends[0]);
  descriptor_ = ends[1];
  if (error_ == 0) {
    pipe_ = std::make_unique<FdWriter>(descriptor_);
  } else {
    ::close(std::exchange(descriptor_, -1));
  }
}

void PipeWriter::close_and_wait() {
  if (!pipe_) return;
  pipe_.reset();  // Flushes.
  ::close(std::exchange(descriptor_, -1));
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace plumb::cli
