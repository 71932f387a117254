// SPDX-License-Identifier: Apache-2.0
// GoroutineStreams: the goroutines of several processes whose lines a log has mixed, told apart by
// what it puts in front of them.
//
//   web-1  | goroutine 1 [running]:
//   web-2  | goroutine 7 [select]:
//   web-1  | main.main()
//
// There is one reader for all lines until a goroutine begins behind the name of another process, or
// behind a prefix that numbers the process:
//
//   Nov 27 09:00:01 host app[12]: goroutine 1 [running]:
//   Nov 27 09:00:01 host app[345]: goroutine 7 [select]:
//
// or in a record that says whose it is (record_process.h). There only processes of programs that
// print dumps are looked at: a journal has those of all that runs.
//
// A number that begins when another one of the same program was there for the last time is that of
// the program restarted: their dumps are then those of one process, one behind the other.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/goroutine_reader.h"
#include "formats/record_process.h"

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

  /// True if goroutines stand behind their frames: the newest lines of the log come first.
  [[nodiscard]] bool is_newest_first() const;

  /// Counts something that was lost.
  void lose(std::string_view what) { streams_.front().reader->lose(what, 1, 0); }

  /// The dump of all that was read: GoroutineDump::processes. Of no use from then on.
  GoroutineDump take_dump();

 private:
  // The lines of one process.
  struct Stream {
    std::unique_ptr<GoroutineReader> reader;
    std::string process;  // As its prefixes number it; empty: they do not.
    std::uint64_t first_line = 0;
    std::uint64_t last_line = 0;
    std::uint64_t refused_line = 0;  // The last one it took for that of another process.
  };

  std::string_view find_run(std::string_view lines);
  std::size_t find_stream(std::string_view line);
  std::size_t find_numbered(std::string_view line, const ProcessPrefix& prefix);
  ProcessPrefix find_process(std::string_view line);
  ProcessPrefix find_process_of_record(std::string_view line);
  [[nodiscard]] bool prints_dumps(std::string_view program) const;
  void note_program(std::string_view line);
  std::size_t add_stream();
  void note_lines(std::uint64_t first);
  void open_stream(std::string_view line);
  [[nodiscard]] Result<void> check_memory() const;

  const ReadOptions options_;
  const Isa isa_;
  std::vector<Stream> streams_;
  std::size_t at_ = 0;                 // Whose line was the last one, or will be the next.
  std::uint64_t line_ = 1;             // Number of the next line.
  bool has_numbers_ = false;           // Prefixes or records number processes.
  std::vector<std::string> programs_;  // That write dumps in records, as program_of().
  RecordProcess record_;               // Of the line that was asked last for a record, ...
  const char* record_line_ = nullptr;  // ... which begins here; null: none of those at hand.
  std::string last_prefix_;            // Of a line with the number of last_numbered_.
  std::size_t last_numbered_ = 0;      // A stream.
};

}  // namespace plumb
