// SPDX-License-Identifier: Apache-2.0
// The frame around the reader: blocks of input in, whole lines out.

#include "formats/goroutine_text.h"

#include <algorithm>

#include "base/cut_source.h"
#include "base/try.h"
#include "base/window.h"
#include "formats/goroutine_streams.h"

namespace plumb {
namespace {

// No line of a dump comes near this, unless it is a record of a log that holds all of a dump.
constexpr std::uint64_t kLineBytes = std::uint64_t{16} << 20;

// Blocks of the input, and what is made of them, ought to stay in the second-level cache.
constexpr std::size_t kWindowBytes = std::size_t{256} << 10;

// Where net/http/pprof and runtime/pprof stop, whatever is left to print.
constexpr std::uint64_t kServerLimit = std::uint64_t{64} << 20;

// Hands the lines of `window` to `reader`. Returns the bytes read.
Result<std::uint64_t> read_lines(Window& window, const Limits& limits, GoroutineStreams& reader) {
  const std::uint64_t longest = std::min(kLineBytes, limits.record_bytes);
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

}  // namespace

Result<GoroutineDump> read_goroutine_text(ByteSource& source, const ReadOptions& options) {
  CutSource cut(source);
  Window window(cut, Window::Mode::Threaded, kWindowBytes);
  GoroutineStreams reader(options);
  TRY_ASSIGN(const std::uint64_t bytes, read_lines(window, options.limits, reader));
  if (reader.goroutine_count() == 0) {
    if (cut.reason()) return *cut.reason();
    return Error(ErrorCode::NotRecognized, "no goroutine in the input");
  }
  if (bytes == kServerLimit) reader.lose("end of a dump that the server cut off at 64 MiB");
  if (cut.reason()) reader.lose("end of the input: " + cut.reason()->message());
  return reader.take_dump();
}

}  // namespace plumb
