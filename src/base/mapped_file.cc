// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/system_message.h"

namespace plumb {
namespace {

Error system_error(int number) {
  const bool is_missing = number == ENOENT || number == ENOTDIR;
  return {is_missing ? ErrorCode::NotFound : ErrorCode::Io, system_message(number)};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  // O_NONBLOCK: a pipe without a writer must not stop the program.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return system_error(errno);
  MappedFile file;
  struct stat status {};
  if (fstat(descriptor, &status) != 0) {
    const int number = errno;
    ::close(descriptor);
    return system_error(number);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return Error(ErrorCode::Io, S_ISDIR(status.st_mode) ? "is a directory" : "is no regular file");
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  file.identity_ =
      Identity{status.st_dev, status.st_ino, size,
               status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec};
  if (size != 0) {
    void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const int number = errno;
    ::close(descriptor);
    if (start == MAP_FAILED) return system_error(number);
    file.bytes_ = {static_cast<const char*>(start), size};
  } else {
    ::close(descriptor);
  }
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), identity_(other.identity_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(identity_, other.identity_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace plumb
