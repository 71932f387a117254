// SPDX-License-Identifier: Apache-2.0
// The index of a folder of recorded snapshots: .index.jsonl, a line for each file that is there.
// It is put in order when a recording goes on, whatever ended the one before.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace plumb::cli {

/// The snapshots of one folder. Not thread-safe.
class SnapshotIndex {
 public:
  struct Row {
    std::string file;
    std::int64_t time_ns = 0;
    std::optional<std::int64_t> goroutines;  ///< Nothing for a file that was in no index.
    std::string server;
  };

  explicit SnapshotIndex(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Makes the folder, removes what a recording left half-written that was killed, and agrees with
  /// the files that are there. Errors: Io.
  Result<void> open();

  /// Notes a file that was written. What cannot be noted on a full disk is noted with the next one.
  void add(Row row);

  /// Removes the oldest files until at most `count` are left.
  void keep(std::size_t count);

  /// Removes the oldest files, half of them at most, until they made room for `bytes`. False if
  /// there is nothing to remove.
  bool make_room(std::uint64_t bytes);

  /// Oldest first.
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  void read();
  void remove_first(std::size_t count);
  bool write();

  std::filesystem::path folder_;
  std::vector<Row> rows_;
  bool is_written_ = false;  // All rows are in the file.
};

}  // namespace plumb::cli
