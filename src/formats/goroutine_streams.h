// SPDX-License-Identifier: Apache-2.0
// GoroutineStreams: the goroutines of several processes whose lines a log has mixed, told apart by
// what it puts in front of them.
//
//   web-1  | goroutine 1 [running]:
//   web-2  | goroutine 7 [select]:
//   web-1  | main.main()
//
// There is one reader for all lines until a goroutine begins behind the name of another process.

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/goroutine_reader.h"

namespace plumb {

/// Not thread-safe.
class GoroutineStreams {
 public:
  explicit GoroutineStreams(const ReadOptions& options, Isa isa = active_isa());

  /// Reads whole lines. Requires: as GoroutineReader::read(). Errors: LimitExceeded.
  Result<void> read(std::string_view lines);

  /// Passes over a line that is too long to be held.
  void skip_long_line();

  /// Ends the input. `last_line` has no newline; it is empty if the input ended with one.
  void finish(std::string_view last_line);

  [[nodiscard]] std::uint64_t goroutine_count() const;

  /// Counts something that was lost.
  void lose(std::string_view what) { streams_.front()->lose(what, 1, 0); }

  /// The dump of all that was read: GoroutineDump::process_starts. Of no use from then on.
  GoroutineDump take_dump();

 private:
  std::string_view find_run(std::string_view lines);
  [[nodiscard]] std::size_t find_stream(std::string_view line) const;
  void open_stream(std::string_view line);
  [[nodiscard]] Result<void> check_memory() const;

  const ReadOptions options_;
  const Isa isa_;
  std::vector<std::unique_ptr<GoroutineReader>> streams_;
  std::size_t at_ = 0;      // Whose line was the last one, or will be the next.
  std::uint64_t line_ = 1;  // Number of the next line.
};

}  // namespace plumb
