// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_streams.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/strings.h"
#include "base/try.h"
#include "model/join_dumps.h"

namespace plumb {
namespace {

// More are read as one: each has a reader.
constexpr std::size_t kMostStreams = 64;

std::string_view first_line(std::string_view lines) {
  return lines.substr(0, lines.find('\n'));
}

// "host app" of "host app[12]".
std::string_view program_of(std::string_view process) {
  return process.substr(0, process.rfind('['));
}

}  // namespace

GoroutineStreams::GoroutineStreams(const ReadOptions& options, Isa isa)
    : options_(options), isa_(isa) {
  add_stream();
}

std::size_t GoroutineStreams::add_stream() {
  Stream& stream = streams_.emplace_back();
  stream.reader = std::make_unique<GoroutineReader>(options_, isa_);
  return streams_.size() - 1;
}

Result<void> GoroutineStreams::read(std::string_view lines) {
  while (!lines.empty()) {
    const bool is_one = streams_.size() == 1 && !has_numbers_;
    const std::string_view run = is_one ? lines : find_run(lines);
    GoroutineReader& reader = *streams_[at_].reader;
    const std::uint64_t first = line_;
    reader.set_line(line_);
    const std::size_t size = reader.read(run);
    line_ = reader.line();
    lines.remove_prefix(size);
    note_lines(first);
    if (size < run.size() && !reader.other_source().empty()) open_stream(first_line(lines));
  }
  return check_memory();
}

// The stream at hand was given the lines from `first` on.
void GoroutineStreams::note_lines(std::uint64_t first) {
  Stream& stream = streams_[at_];
  if (stream.process.empty()) stream.process = stream.reader->process();
  has_numbers_ = has_numbers_ || !stream.process.empty();
  if (first == line_) return;
  if (stream.first_line == 0) stream.first_line = first;
  stream.last_line = line_ - 1;
}

// The lines in front that are of one process.
std::string_view GoroutineStreams::find_run(std::string_view lines) {
  at_ = find_stream(first_line(lines));
  std::string_view rest = lines;
  do {
    take_until(rest, '\n');
  } while (!rest.empty() && find_stream(first_line(rest)) == at_);
  return lines.substr(0, lines.size() - rest.size());
}

// True if `line` has the number of the process at hand where the line before had it.
bool GoroutineStreams::is_of_last(std::string_view line) const {
  const std::string& process = streams_[at_].process;
  return !process.empty() && line.size() > process_at_ &&
         line.substr(process_at_).starts_with(process);
}

// A line that has no prefix, or one that nobody knows, follows the one before it.
std::size_t GoroutineStreams::find_stream(std::string_view line) {
  if (is_of_last(line)) return at_;
  if (has_numbers_) {
    for (const Stream& stream : streams_) {
      const std::string_view process = stream.reader->find_process(line);
      if (process.empty()) continue;
      process_at_ = static_cast<std::size_t>(process.data() - line.data());
      return find_process(process);
    }
  }
  if (streams_[at_].reader->knows_prefix(line)) return at_;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].reader->knows_prefix(line)) return i;
  }
  return at_;
}

// The stream of a process that has a number.
std::size_t GoroutineStreams::find_process(std::string_view process) {
  const auto known = std::ranges::find(streams_, process, &Stream::process);
  if (known != streams_.end()) return static_cast<std::size_t>(known - streams_.begin());
  if (streams_.size() == kMostStreams) return at_;
  const std::size_t stream = add_stream();
  streams_[stream].process = process;
  return stream;
}

// `line`, which the reader at hand did not take, begins a goroutine of another process.
void GoroutineStreams::open_stream(std::string_view line) {
  GoroutineReader& reader = *streams_[at_].reader;
  const std::string source(reader.other_source());
  const auto known =
      std::ranges::find(streams_, source, [](const Stream& one) { return one.reader->source(); });
  if (reader.knows_prefix(line) || streams_.size() == kMostStreams) {
    reader.take_all_sources();  // The name stands behind that of the process.
  } else if (known != streams_.end()) {
    at_ = static_cast<std::size_t>(known - streams_.begin());
  } else {
    at_ = add_stream();
  }
}

void GoroutineStreams::skip_long_line() {
  GoroutineReader& reader = *streams_[at_].reader;
  reader.set_line(line_);
  reader.skip_long_line();
  ++line_;
}

void GoroutineStreams::finish(std::string_view last_line) {
  const bool is_one = streams_.size() == 1 && !has_numbers_;
  if (!is_one && !last_line.empty()) at_ = find_stream(last_line);
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    GoroutineReader& reader = *streams_[i].reader;
    if (i == at_) reader.set_line(line_);
    reader.finish(i == at_ ? last_line : std::string_view());
  }
}

std::uint64_t GoroutineStreams::goroutine_count() const {
  std::uint64_t count = 0;
  for (const Stream& stream : streams_) count += stream.reader->goroutine_count();
  return count;
}

Result<void> GoroutineStreams::check_memory() const {
  std::size_t bytes = 0;
  for (const Stream& stream : streams_) bytes += stream.reader->memory_bytes();
  if (bytes <= options_.limits.model_bytes) return {};
  return Error(ErrorCode::LimitExceeded,
               "goroutine dump needs more than " + std::to_string(options_.limits.model_bytes) +
                   " bytes of memory (at line " + std::to_string(line_) + ")");
}

GoroutineDump GoroutineStreams::take_dump() {
  struct Process {
    GoroutineDump dump;
    const Stream* last = nullptr;
  };
  std::vector<Process> processes;
  for (const Stream& stream : streams_) {
    if (&stream != &streams_.front() && stream.reader->goroutine_count() == 0) continue;
    GoroutineDump dump = stream.reader->take_dump();
    const auto before = std::ranges::find_if(processes, [&](const Process& process) {
      return !stream.process.empty() && process.last->last_line < stream.first_line &&
             program_of(process.last->process) == program_of(stream.process);
    });
    if (before == processes.end()) {
      processes.push_back({std::move(dump), &stream});
    } else {
      append_dump(before->dump, std::move(dump));
      before->last = &stream;
    }
  }
  GoroutineDump all = std::move(processes.front().dump);
  for (std::size_t i = 1; i < processes.size(); ++i) {
    join_dump(all, std::move(processes[i].dump));
  }
  return all;
}

}  // namespace plumb
