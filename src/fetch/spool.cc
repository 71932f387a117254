// SPDX-License-Identifier: Apache-2.0
#include "fetch/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/system_message.h"
#include "base/try.h"

namespace plumb {
namespace {

Error system_error(const std::string& what) {
  return Error(ErrorCode::Io, what + ": " + system_message(errno));
}

}  // namespace

std::string temporary_directory() {
  const char* directory = std::getenv("TMPDIR");
  if (directory != nullptr && *directory != '\0') return directory;
  return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

Spool::~Spool() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Spool::append(std::string_view bytes) {
  if (bytes.size() > limit_bytes_ - size_) {
    return Error(ErrorCode::LimitExceeded,
                 "the answer is larger than " + std::to_string(limit_bytes_) + " bytes");
  }
  size_ += bytes.size();
  if (descriptor_ < 0 && size_ > memory_bytes_) TRY(move_to_file());
  if (descriptor_ >= 0) return write_file(bytes);
  memory_ += bytes;
  return {};
}

Result<void> Spool::move_to_file() {
  const std::string directory = temporary_directory();
  std::string path = directory + "/plumb-XXXXXX";
  descriptor_ = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0) return system_error("cannot make a temporary file in " + directory);
  unlink(path.c_str());
  const std::string head = std::exchange(memory_, {});
  return write_file(head);
}

Result<void> Spool::write_file(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot keep the answer in a temporary file");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::unique_ptr<ByteSource>> Spool::take() {
  size_ = 0;
  std::unique_ptr<ByteSource> source;
  if (descriptor_ < 0) {
    source = std::make_unique<OwnedSource>(std::exchange(memory_, {}));
    return source;
  }
  if (lseek(descriptor_, 0, SEEK_SET) != 0) return system_error("cannot read a temporary file");
  source = std::make_unique<FileSource>(std::exchange(descriptor_, -1));
  return source;
}

}  // namespace plumb
