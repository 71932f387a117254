// SPDX-License-Identifier: Apache-2.0
#include "app/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/system_message.h"

namespace plumb::cli {
namespace {

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

// 0, or why `path` is no directory.
int check_directory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno;
  return S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
}

// 0, or why there is none now.
int make_directory(const std::string& path, mode_t mode) {
  const int found = check_directory(path);
  if (found == 0 || found == ENOTDIR) return found;
  if (::mkdir(path.c_str(), mode) == 0) return 0;
  const int why = errno;
  return check_directory(path) == 0 ? 0 : why;  // Somebody else may have made it just now.
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

Result<void> make_directories(const std::string& path, mode_t mode) {
  for (std::size_t end = 0; end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string directory = path.substr(0, end);
    const int number = make_directory(directory, mode);
    if (number != 0) {
      return Error(ErrorCode::Io, "mkdir " + directory + ": " + system_message(number));
    }
  }
  return {};
}

void make_directories_for(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return;
  static_cast<void>(make_directories(path.substr(0, slash), kDirectoryOfOwner));
}

}  // namespace plumb::cli
