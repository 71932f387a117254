// SPDX-License-Identifier: Apache-2.0
#include "app/numbered_file.h"

#include <utility>

namespace plumb::cli {

Result<NumberedFile> create_numbered(std::string_view prefix, std::string_view extension) {
  constexpr int kMostFiles = 9999;
  for (int number = 1; number <= kMostFiles; ++number) {
    const std::string digits = std::to_string(number);
    const std::size_t zeros = digits.size() < 3 ? 3 - digits.size() : 0;
    NumberedFile file;
    file.path = std::string(prefix) + std::string(zeros, '0') + digits + std::string(extension);
    auto writer = FdWriter::create(file.path, FdWriter::IfExists::Refuse);
    if (!writer && writer.error().code() == ErrorCode::Usage) continue;
    if (!writer) return std::move(writer).error();
    file.writer = *std::move(writer);
    return file;
  }
  return Error(ErrorCode::Io, "there are too many files named " + std::string(prefix) + "NNN" +
                                  std::string(extension));
}

}  // namespace plumb::cli
