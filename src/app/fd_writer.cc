// SPDX-License-Identifier: Apache-2.0
#include "app/fd_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/system_message.h"

namespace plumb::cli {

Result<std::unique_ptr<FdWriter>> FdWriter::create(const std::string& path, IfExists if_exists) {
  constexpr int kMode = 0666;  // Less the process's mask.
  const int existing = if_exists == IfExists::Replace ? O_TRUNC : O_EXCL;
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | existing, kMode);
  if (descriptor < 0) {
    const int number = errno;
    const ErrorCode code = number == EEXIST ? ErrorCode::Usage : ErrorCode::Io;
    return Error(code, "open " + path + ": " + system_message(number));
  }
  auto writer = std::make_unique<FdWriter>(descriptor);
  writer->owns_descriptor_ = true;
  return writer;
}

FdWriter::~FdWriter() {
  flush();
  if (owns_descriptor_) ::close(descriptor_);
}

Result<void> FdWriter::finish() {
  flush();
  if (owns_descriptor_ && ::close(descriptor_) != 0 && error_ == 0) error_ = errno;
  owns_descriptor_ = false;
  if (error_ == 0 || error_ == EPIPE) return {};
  return Error(ErrorCode::Io, system_message(error_));
}

void FdWriter::write_through(std::string_view text) {
  while (!text.empty() && error_ == 0) {
    const ssize_t count = ::write(descriptor_, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
}

}  // namespace plumb::cli
