// SPDX-License-Identifier: Apache-2.0
#include "app/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/system_message.h"

namespace plumb::cli {
namespace {

constexpr mode_t kDirectoryOfOwner = 0700;

Error io_error(const std::string& path) {
  return {ErrorCode::Io, path + ": " + system_message(errno)};
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// In the directory of `path`: a file can only be renamed within its file system. The number of the
// process keeps two that write the same file apart.
std::string fresh_path(const std::string& path) {
  const std::size_t name_at = path.rfind('/') + 1;  // 0 without a directory.
  return path.substr(0, name_at) + '.' + path.substr(name_at) + '.' + std::to_string(::getpid());
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string fresh = fresh_path(path);
  const int descriptor =
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  if (descriptor < 0) return io_error(path);
  const bool is_written = write_all(descriptor, bytes);
  const int write_errno = errno;
  const bool is_closed = ::close(descriptor) == 0;
  if (is_written && is_closed && std::rename(fresh.c_str(), path.c_str()) == 0) return {};
  const int why = is_written ? errno : write_errno;
  ::unlink(fresh.c_str());
  errno = why;
  return io_error(path);
}

Result<void> append_to_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);
  if (descriptor < 0) return io_error(path);
  const bool is_written = write_all(descriptor, bytes);
  const Error failure = io_error(path);
  ::close(descriptor);
  if (is_written) return {};
  return failure;
}

void make_directories_for(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    ::mkdir(path.substr(0, slash).c_str(), kDirectoryOfOwner);
  }
}

}  // namespace plumb::cli
