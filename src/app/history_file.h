// SPDX-License-Identifier: Apache-2.0
// The lines that were typed in shells before: $XDG_STATE_HOME/plumb/history, or below
// ~/.local/state. One line each, readable by its owner alone, bounded in length. Several shells may
// add to it at the same time.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumb::cli {

/// A missing or unwritable file is no error: history is a convenience. Not thread-safe.
class HistoryFile {
 public:
  /// The usual place; an empty path, so that nothing is kept, without $XDG_STATE_HOME and $HOME.
  static std::string usual_path();

  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  /// The last lines, oldest first. A file that has grown far beyond is cut.
  std::vector<std::string> load() const;

  /// Adds a line to the file, which is made if need be.
  void append(std::string_view line) const;

  static constexpr std::size_t kMostLines = 1000;
  static constexpr std::size_t kLongestLine = 4096;

 private:
  void rewrite(const std::vector<std::string>& lines) const;

  std::string path_;
};

}  // namespace plumb::cli
