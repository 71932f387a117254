// SPDX-License-Identifier: Apache-2.0
#include "app/pipe_writer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace plumb::cli {
namespace {

Error io_error(std::string_view what, int code) {
  return {ErrorCode::Io, std::string(what) + ": " + std::strerror(code)};
}

// Starts `sh -c line` with `input` as its standard input. Returns an errno.
int spawn_shell(const std::string& line, int input, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  // plumb ignores SIGPIPE and may catch SIGINT; the command starts as in any shell.
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
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

Result<std::unique_ptr<PipeWriter>> PipeWriter::start(const std::string& line) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("pipe", errno);
  pid_t child = 0;
  const int code = spawn_shell(line, ends[0], child);
  ::close(ends[0]);
  if (code != 0) {
    ::close(ends[1]);
    return io_error("/bin/sh", code);
  }
  return std::make_unique<PipeWriter>(ends[1], child);
}

PipeWriter::~PipeWriter() {
  finish();
}

void PipeWriter::finish() {
  if (descriptor_ < 0) return;
  flush();
  writer_->flush();
  ::close(descriptor_);
  descriptor_ = -1;
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace plumb::cli
