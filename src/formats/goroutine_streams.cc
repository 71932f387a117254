// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_streams.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/strings.h"
#include "base/try.h"
#include "formats/goroutine_header.h"
#include "formats/process_names.h"
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

// True for a line with a header, or with what a program prints in front of its first one.
bool may_be_of_dump(std::string_view line) {
  if (contains(line, kGoroutineWord)) return contains(line, "]:");
  return contains(line, "\"panic: ") || contains(line, "\"fatal error: ");
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
  record_line_ = nullptr;
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
  if (stream.process.empty() && !stream.reader->process().empty()) {
    stream.process = stream.reader->process();
    programs_.emplace_back(program_of(stream.process));
    has_numbers_ = true;
  }
  if (first == line_) return;
  if (stream.first_line == 0) stream.first_line = first;
  stream.last_line = line_ - 1;
}

// The lines in front that are of one process.
std::string_view GoroutineStreams::find_run(std::string_view lines) {
  const std::string_view first = first_line(lines);
  at_ = find_stream(first);
  note_program(first);
  if (at_ == streams_.size()) streams_[add_stream()].process = find_process(first).process;
  std::string_view rest = lines;
  do {
    take_until(rest, '\n');
  } while (!rest.empty() && find_stream(first_line(rest)) == at_);
  return lines.substr(0, lines.size() - rest.size());
}

ProcessPrefix GoroutineStreams::find_process(std::string_view line) {
  const ProcessPrefix of_record = find_process_of_record(line);
  if (!of_record.process.empty()) return of_record;
  for (const Stream& stream : streams_) {
    const ProcessPrefix found = stream.reader->find_process(line);
    if (!found.process.empty()) return found;
  }
  return {};
}

ProcessPrefix GoroutineStreams::find_process_of_record(std::string_view line) {
  // The line behind a run is asked once more, as the first one of the next run.
  if (line.data() != std::exchange(record_line_, line.data())) record_ = find_record_process(line);
  if (record_.name.empty()) return {};
  const bool is_known = prints_dumps(program_of(record_.name));
  if (!is_known && (!may_be_of_dump(line) || programs_.size() == kMostStreams)) return {};
  return {record_.name, record_.length};
}

// Whether dumps of the program have been seen.
bool GoroutineStreams::prints_dumps(std::string_view program) const {
  return std::ranges::find(programs_, program) != programs_.end();
}

// The program that find_stream(line) found. Only of the line that is read next: those further on
// must not tell what this one is taken for.
void GoroutineStreams::note_program(std::string_view line) {
  if (line.data() != record_line_ || record_.name.empty() || !may_be_of_dump(line)) return;
  const std::string_view program = program_of(record_.name);
  if (programs_.size() < kMostStreams && !prints_dumps(program)) programs_.emplace_back(program);
}

// A line that has no prefix, or one that nobody knows, follows the one before it. That of a process
// that has no stream yet is of the next one to be made.
std::size_t GoroutineStreams::find_stream(std::string_view line) {
  // The same in front tells the same, without looking at it closely.
  if (!last_prefix_.empty() && line.starts_with(last_prefix_)) return last_numbered_;
  if (has_numbers_) {
    const ProcessPrefix found = find_process(line);
    if (!found.process.empty()) return find_numbered(line, found);
  }
  if (streams_[at_].reader->knows_prefix(line)) return at_;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].reader->knows_prefix(line)) return i;
  }
  return at_;
}

// The stream of a process that has a number, which `line` begins with.
std::size_t GoroutineStreams::find_numbered(std::string_view line, const ProcessPrefix& prefix) {
  const auto known = std::ranges::find(streams_, prefix.process, &Stream::process);
  const auto stream = static_cast<std::size_t>(known - streams_.begin());
  if (known == streams_.end()) return stream == kMostStreams ? at_ : stream;
  if (prefix.length < line.size()) {  // Else blanks may be missing at its end.
    last_prefix_ = line.substr(0, prefix.length);
    last_numbered_ = stream;
  }
  return stream;
}

// `line`, which the reader at hand did not take, begins a goroutine of another process.
void GoroutineStreams::open_stream(std::string_view line) {
  GoroutineReader& reader = *streams_[at_].reader;
  const std::string source(reader.other_source());
  const auto known =
      std::ranges::find(streams_, source, [](const Stream& one) { return one.reader->source(); });
  const bool comes_back = std::exchange(streams_[at_].refused_line, line_) == line_;
  if (reader.knows_prefix(line) || comes_back || streams_.size() == kMostStreams) {
    reader.take_all_sources();  // The name stands behind that of the process, or is of no process.
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
  record_line_ = nullptr;
  if (!is_one && !last_line.empty()) find_run(last_line);
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

bool GoroutineStreams::is_newest_first() const {
  std::uint64_t behind = 0;
  for (const Stream& stream : streams_) behind += stream.reader->headers_behind_frames();
  return behind * 2 > goroutine_count();
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
    std::string name;
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
      const std::string_view name =
          stream.process.empty() ? stream.reader->source() : stream.process;
      processes.push_back({std::move(dump), &stream, std::string(name)});
    } else {
      append_dump(before->dump, std::move(dump));
      before->last = &stream;
      before->name = program_of(stream.process);
    }
  }
  GoroutineDump all = std::move(processes.front().dump);
  std::vector<std::string> names = {std::move(processes.front().name)};
  for (std::size_t i = 1; i < processes.size(); ++i) {
    join_dump(all, std::move(processes[i].dump));
    names.push_back(std::move(processes[i].name));
  }
  names = short_process_names(names);
  for (std::size_t i = 0; i < all.processes.size(); ++i) {
    all.processes[i].name = std::move(names[i]);
  }
  return all;
}

}  // namespace plumb
