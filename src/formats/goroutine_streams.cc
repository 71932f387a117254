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

}  // namespace

GoroutineStreams::GoroutineStreams(const ReadOptions& options, Isa isa)
    : options_(options), isa_(isa) {
  streams_.push_back(std::make_unique<GoroutineReader>(options_, isa_));
}

Result<void> GoroutineStreams::read(std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view run = streams_.size() == 1 ? lines : find_run(lines);
    GoroutineReader& reader = *streams_[at_];
    reader.set_line(line_);
    const std::size_t size = reader.read(run);
    line_ = reader.line();
    lines.remove_prefix(size);
    if (size < run.size()) open_stream(first_line(lines));
  }
  return check_memory();
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

// A line that has no prefix, or one that nobody knows, follows the one before it.
std::size_t GoroutineStreams::find_stream(std::string_view line) const {
  if (streams_[at_]->knows_prefix(line)) return at_;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i]->knows_prefix(line)) return i;
  }
  return at_;
}

// `line`, which the reader at hand did not take, begins a goroutine of another process.
void GoroutineStreams::open_stream(std::string_view line) {
  GoroutineReader& reader = *streams_[at_];
  const std::string source(reader.other_source());
  const auto known =
      std::ranges::find(streams_, source, [](const auto& one) { return one->source(); });
  if (reader.knows_prefix(line) || streams_.size() == kMostStreams) {
    reader.take_all_sources();  // The name stands behind that of the process.
  } else if (known != streams_.end()) {
    at_ = static_cast<std::size_t>(known - streams_.begin());
  } else {
    at_ = streams_.size();
    streams_.push_back(std::make_unique<GoroutineReader>(options_, isa_));
  }
}

void GoroutineStreams::skip_long_line() {
  streams_[at_]->set_line(line_);
  streams_[at_]->skip_long_line();
  ++line_;
}

void GoroutineStreams::finish(std::string_view last_line) {
  if (streams_.size() > 1 && !last_line.empty()) at_ = find_stream(last_line);
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (i == at_) streams_[i]->set_line(line_);
    streams_[i]->finish(i == at_ ? last_line : std::string_view());
  }
}

std::uint64_t GoroutineStreams::goroutine_count() const {
  std::uint64_t count = 0;
  for (const auto& stream : streams_) count += stream->goroutine_count();
  return count;
}

Result<void> GoroutineStreams::check_memory() const {
  std::size_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->memory_bytes();
  if (bytes <= options_.limits.model_bytes) return {};
  return Error(ErrorCode::LimitExceeded,
               "goroutine dump needs more than " + std::to_string(options_.limits.model_bytes) +
                   " bytes of memory (at line " + std::to_string(line_) + ")");
}

GoroutineDump GoroutineStreams::take_dump() {
  GoroutineDump dump = streams_.front()->take_dump();
  for (std::size_t i = 1; i < streams_.size(); ++i) {
    if (streams_[i]->goroutine_count() > 0) join_dump(dump, streams_[i]->take_dump());
  }
  return dump;
}

}  // namespace plumb
