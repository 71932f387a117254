// SPDX-License-Identifier: Apache-2.0
// The frame around the reader: blocks of input in, whole lines out.

#include "formats/goroutine_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/cut_source.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/window.h"
#include "formats/csv_records.h"
#include "formats/frame_records.h"
#include "formats/goroutine_streams.h"
#include "formats/json_records.h"
#include "formats/octet_records.h"
#include "formats/plain_lines.h"
#include "formats/split_lines.h"
#include "formats/yaml_records.h"

namespace plumb {
namespace {

// Blocks of the input, and what is made of them, ought to stay in the second-level cache.
constexpr std::size_t kWindowBytes = std::size_t{192} << 10;

// Where net/http/pprof and runtime/pprof stop, whatever is left to print.
constexpr std::uint64_t kServerLimit = std::uint64_t{64} << 20;

// A log with its newest lines first is read from its end, which takes all of it at once.
constexpr std::size_t kReversedBytes = std::size_t{256} << 20;

// Hands the lines of `window` to `reader`. Returns the bytes read.
Result<std::uint64_t> read_lines(Window& window, const Limits& limits, GoroutineStreams& reader) {
  const std::uint64_t longest = std::min<std::uint64_t>(kLongestLine, limits.record_bytes);
  std::string_view rest;
  std::uint64_t bytes = 0;
  bool in_long_line = false;
  do {
    const std::size_t searched = rest.size();
    TRY_ASSIGN(std::string_view view, window.advance(searched));
    bytes = window.offset() + view.size();
    if (in_long_line) {
      const std::size_t end = view.find('\n');
      view.remove_prefix(end == std::string_view::npos ? view.size() : end + 1);
      in_long_line = end == std::string_view::npos;
    }
    const std::size_t newline = view.substr(searched).rfind('\n');
    const std::size_t whole = newline == std::string_view::npos ? 0 : searched + newline + 1;
    TRY(reader.read(view.substr(0, whole)));
    rest = view.substr(whole);
    if (rest.size() > longest) {
      reader.skip_long_line();
      in_long_line = true;
      rest = {};
    }
  } while (!window.at_end());
  reader.finish(rest);
  return bytes;
}

// The lines of `text` from the last to the first.
std::string backwards(std::string_view text) {
  std::string reversed;
  reversed.reserve(text.size() + 1);
  while (!text.empty()) {
    consume_suffix(text, "\n");
    const std::size_t begin = text.rfind('\n') + 1;  // 0 if there is none.
    reversed.append(text.substr(begin)).append("\n");
    text = text.substr(0, begin);
  }
  return reversed;
}

// Reads the input from its end. Nothing if that makes no more sense, or there is too much of it.
Result<std::optional<GoroutineDump>> read_newest_first(ByteSource& source,
                                                       const ReadOptions& options) {
  const Result<std::string> text = read_all(source, kReversedBytes);
  if (!text) {
    if (text.error().code() != ErrorCode::LimitExceeded) return text.error();
    return std::optional<GoroutineDump>();
  }
  OwnedSource reversed(backwards(*text));
  Window window(reversed, Window::Mode::Inline, kWindowBytes);
  GoroutineStreams reader(options);
  TRY(read_lines(window, options.limits, reader));
  if (reader.goroutine_count() == 0 || reader.is_newest_first()) {
    return std::optional<GoroutineDump>();
  }
  return std::optional(reader.take_dump());
}

}  // namespace

Result<GoroutineDump> read_goroutine_text(ByteSource& source, const ReadOptions& options) {
  CutSource cut(source);
  OctetRecords messages(cut);
  PlainLines plain(messages);
  SplitLines whole(plain);
  FrameRecords frames(whole);
  JsonRecords records(frames);
  YamlRecords documents(records);
  CsvRecords lines(documents);
  GoroutineStreams reader(options);
  std::uint64_t bytes = 0;
  {
    Window window(lines, Window::Mode::Threaded, kWindowBytes);
    TRY_ASSIGN(bytes, read_lines(window, options.limits, reader));
  }
  if (reader.goroutine_count() == 0) {
    if (cut.reason()) return *cut.reason();
    return Error(ErrorCode::NotRecognized, "no goroutine in the input");
  }
  if (reader.is_newest_first()) {
    if (lines.rewind()) {
      TRY_ASSIGN(std::optional<GoroutineDump> dump, read_newest_first(lines, options));
      if (dump) return *std::move(dump);
    } else {
      reader.lose("frames of a log that has its newest lines first: give it as a file");
    }
  }
  if (bytes == kServerLimit) reader.lose("end of a dump that the server cut off at 64 MiB");
  if (cut.reason()) reader.lose("end of the input: " + cut.reason()->message());
  return reader.take_dump();
}

}  // namespace plumb
