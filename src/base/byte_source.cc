// SPDX-License-Identifier: Apache-2.0
#include "base/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/system_message.h"
#include "base/try.h"

namespace plumb {

Result<std::size_t> MemorySource::read(std::span<char> buffer) {
  const std::size_t count = std::min(buffer.size(), bytes_.size() - pos_);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(pos_), count, buffer.begin());
  pos_ += count;
  return count;
}

bool MemorySource::rewind() {
  pos_ = 0;
  return true;
}

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
    return Error(code, system_message(errno));
  }
  auto source = std::make_unique<FileSource>(descriptor);
  struct stat status {};
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    return Error(ErrorCode::Io, "is a directory");
  }
  return source;
}

FileSource::~FileSource() {
  ::close(descriptor_);
}

Result<std::size_t> FileSource::read(std::span<char> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return Error(ErrorCode::Io, system_message(errno));
  }
}

bool FileSource::rewind() {
  return lseek(descriptor_, 0, SEEK_SET) == 0;
}

bool FileSource::can_rewind() const {
  return lseek(descriptor_, 0, SEEK_CUR) >= 0;
}

Result<std::size_t> ReplaySource::read(std::span<char> buffer) {
  if (pos_ == head_.size()) return rest_->read(buffer);
  const std::size_t count = std::min(buffer.size(), head_.size() - pos_);
  std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(pos_), count, buffer.begin());
  pos_ += count;
  return count;
}

bool ReplaySource::rewind() {
  if (pos_ == 0 && !head_.empty() && can_rewind()) return true;  // Nothing was read.
  if (!rest_->rewind()) return false;
  // The rest now starts with the head again.
  pos_ = head_.size();
  return true;
}

Result<std::string> read_all(ByteSource& source, std::uint64_t limit) {
  std::vector<char> buffer(std::size_t{256} << 10);
  std::string bytes;
  for (;;) {
    TRY_ASSIGN(const std::size_t count, source.read(buffer));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), count);
    if (bytes.size() > limit) {
      return Error(ErrorCode::LimitExceeded,
                   "input is larger than " + std::to_string(limit) + " bytes");
    }
  }
}

}  // namespace plumb
