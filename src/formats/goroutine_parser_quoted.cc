// SPDX-License-Identifier: Apache-2.0
// GoroutineParser, where the lines of a goroutine stand in other text: in a string of a log's
// record, or in the message of a panic.

#include <algorithm>
#include <utility>
#include <vector>

#include "base/scan.h"
#include "formats/goroutine_parser.h"

namespace plumb {

void GoroutineParser::read_whole(std::string text) {
  break_off();
  const std::uint64_t number = at_.line;
  std::erase(text, '\r');
  text += '\n';
  const std::size_t size = text.size();
  text.append(kScanSlackBytes, '\0');
  const char* p = text.data();
  const char* const end = p + size;
  while (p < end) {
    p = walk(p, end);
    if (p == end) break;
    const std::string_view rest(p, static_cast<std::size_t>(end - p));
    const std::string_view line = rest.substr(0, rest.find('\n'));
    read_line(line);
    p += line.size() + 1;
  }
  at_.line = number;
  finish({});
}

void GoroutineParser::read_hidden_header(std::string_view line, std::size_t at) {
  if (!QuotedText::begins(line, at, crash_.candidates())) return read_header(line.substr(at));
  end_goroutine();
  quoted_.begin(line, at, crash_.candidates(), at_.line);
  crash_.offer(line);
}

bool GoroutineParser::is_quoted(std::string_view line, std::size_t at) {
  return quoted_.is_open() ? quoted_.goes_on(line)
                           : QuotedText::begins(line, at, crash_.candidates());
}

// Takes `line` as a part of the message of a panic. False if that is over and the line has to be
// read for itself.
bool GoroutineParser::read_quoted(std::string_view line) {
  if (!quoted_.is_full() && quoted_.goes_on(line)) {
    quoted_.add(line);
    crash_.offer(line);
    return true;
  }
  const bool is_dump = starts_as_goroutine_header(line) || find_hidden_header(line).has_value();
  if (!quoted_.is_full() && (is_dump || starts_crash_text(line))) {
    quoted_.close();
  } else {
    read_as_dump();
  }
  return false;
}

// What was taken for a message is a dump of its own.
void GoroutineParser::read_as_dump() {
  const std::uint64_t line = std::exchange(at_.line, quoted_.first_line());
  auto& crash = crash_.candidates();
  crash.resize(std::min(crash.size(), quoted_.crash_lines()));
  cleaner_.learn_prefix(quoted_.indentation());
  const std::size_t header = quoted_.header_at();
  const std::vector<std::string> lines = quoted_.close();
  read_header(std::string_view(lines.front()).substr(header));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    ++at_.line;
    read_line(cleaner_.clean_line(lines[i]));
  }
  at_.line = line;
}

}  // namespace plumb
