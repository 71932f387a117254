// SPDX-License-Identifier: Apache-2.0
// Files that get a number instead of replacing another.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/fd_writer.h"
#include "base/result.h"

namespace plumb::cli {

struct NumberedFile {
  std::string path;
  std::unique_ptr<FdWriter> writer;
};

/// Creates the first of PREFIX001EXTENSION, PREFIX002EXTENSION, ... that does not exist, as pprof
/// numbers its files. Errors: Io.
Result<NumberedFile> create_numbered(std::string_view prefix, std::string_view extension);

}  // namespace plumb::cli
