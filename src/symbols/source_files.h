// SPDX-License-Identifier: Apache-2.0
// SourceFiles: the lines of the source files that a profile names, where they can be found here.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb {

/// Reads each file once. Not thread-safe.
///
/// A relative path is looked for below every directory of the search path and of their parents. The
/// names come from the profile, so only regular files of at most 64 MiB are read.
class SourceFiles {
 public:
  /// Both as in trim_source_path(). An empty `search_path` is the current directory.
  SourceFiles(std::string search_path, std::string trim_path);

  /// The line of that number, from 1, without its end; nothing if the file cannot be read or has
  /// no such line. The view lives as long as this.
  std::optional<std::string_view> line(std::string_view path, std::int64_t number);

  /// Why line() could not read the file, in pprof's words; null if it could, or was not asked.
  [[nodiscard]] const Error* error(std::string_view path) const;

 private:
  struct File {
    std::string text;
    std::vector<std::string_view> lines;  // Views `text`.
    std::optional<Error> error;
  };

  File& load(std::string_view path);
  [[nodiscard]] Result<std::string> read(std::string_view path) const;

  std::string search_path_;
  std::string trim_path_;
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace plumb
