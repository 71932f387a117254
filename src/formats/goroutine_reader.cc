// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_reader.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "formats/log_fields.h"
#include "formats/log_record.h"
#include "formats/log_row.h"
#include "formats/record_process.h"

namespace plumb {
namespace {

// So many times in so many lines may the rest of a block be cleaned anew, which costs as much as it
// is long. More often nobody changes the prefix of a log.
constexpr int kLessons = 8;
constexpr std::uint64_t kLessonLines = 8192;

// True for the line kNoLine between `p` and `end`, of which a log may have many.
bool starts_with_no_line(const char* p, const char* end) {
  return end - p >= 2 && p[0] == kNoLine[0] && p[1] == '\n';
}

}  // namespace

std::size_t GoroutineReader::read(std::string_view lines) {
  std::string_view rest = lines;
  other_source_.clear();
  while (!rest.empty() && other_source_.empty()) {
    const std::uint64_t first = line();
    const std::uint64_t processes = cleaner_.learned_processes();
    read_until_news(cleaner_.is_active() ? cleaner_.clean(rest, clean_) : rest);
    if (!cleaner_.has_news() && other_source_.empty()) return lines.size();
    for (std::uint64_t read = first; read < line(); ++read) take_until(rest, '\n');
    if (cleaner_.learned_processes() != processes) break;
  }
  return lines.size() - rest.size();
}

// Reads lines until it turns out that they have to be cleaned in another way, or that they are of
// another process.
void GoroutineReader::read_until_news(std::string_view lines) {
  const char* p = lines.data();
  const char* const end = p + lines.size();
  while (p < end) {
    if (starts_with_no_line(p, end)) {
      p += kNoLine.size() + 1;
      parser_.set_line(parser_.line() + 1);
      continue;
    }
    p = parser_.walk(p, end);
    if (p == end) return;
    const std::string_view rest(p, static_cast<std::size_t>(end - p));
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (parser_.is_of_goroutine_at_hand(line)) {
      parser_.read_line(line);
    } else if (!read_record(line)) {
      if (learn_from(line) || !other_source_.empty()) return;
      parser_.read_line(line);
    }
    parser_.set_line(parser_.line() + 1);
    p += line.size() + 1;
    if (cleaner_.has_news()) return;
  }
}

// Reads the dumps in a line that is the record of a log. False if there is none.
bool GoroutineReader::read_record(std::string_view line) {
  if (line.find(kGoroutineWord) == std::string_view::npos) return false;
  std::vector<std::string> dumps = find_dumps_in_record(line);
  if (dumps.empty()) return false;
  for (std::string& dump : dumps) parser_.read_whole(std::move(dump));
  cleaner_.learn_process(find_record_process(line).name);
  return true;
}

bool GoroutineReader::may_learn() {
  if (line() >= lessons_end_) {
    lessons_ = 0;
    lessons_end_ = line() + kLessonLines;
  }
  return lessons_ < kLessons;
}

// Looks for signs that a log or a terminal changed the lines. True if `line` has to be cleaned and
// read again.
bool GoroutineReader::learn_from(std::string_view line) {
  if (line.ends_with('\r')) cleaner_.learn_carriage_returns();
  if (parser_.awaits_file() && line.starts_with(kEscapedTab)) cleaner_.learn_escaped_tabs();
  const bool is_row = line.starts_with('"') && line.ends_with(")\"");
  if (is_row && parser_.is_in_goroutine()) cleaner_.learn_quotes();
  const std::size_t header = line.find(kGoroutineWord, line.ends_with(':') ? 1 : 0);
  if (header != std::string_view::npos && may_learn()) learn_from_header(line);
  if (!cleaner_.has_news()) return false;
  ++lessons_;
  std::vector<std::string>& candidates = parser_.crash_candidates();
  for (std::string& candidate : candidates) candidate = cleaner_.clean_line(candidate);
  std::erase(candidates, kNoLine);
  return true;
}

void GoroutineReader::learn_from_header(std::string_view line) {
  if (const std::string_view key = find_json_key(line); !key.empty()) {
    cleaner_.learn_json(key, line);
    cleaner_.learn_process(find_record_process(line).name);
    return;
  }
  const std::optional<HeaderRow> row = find_header_row(line);
  if (!row || (!row->is_quoted && parser_.is_quoted(line, row->before.size()))) return;
  if (row->is_quoted) cleaner_.learn_quotes();
  if (!row->behind.empty()) cleaner_.learn_suffix(LogSuffix(row->behind));
  if (!row->before.empty()) learn_prefix(LogPrefix(row->before));
}

void GoroutineReader::learn_prefix(LogPrefix prefix) {
  const std::string_view known = cleaner_.source();
  const bool is_other = !known.empty() && !prefix.source().empty() && prefix.source() != known;
  if (is_other && !takes_all_sources_) {
    other_source_ = prefix.source();
  } else {
    cleaner_.learn_prefix(std::move(prefix));
  }
}

// What the last line says: it is cleaned, also by what it teaches itself. Nothing if it was the
// record of a dump, which is then read.
std::string_view GoroutineReader::clean_last_line(std::string_view line) {
  std::string_view clean = line;
  do {
    if (cleaner_.is_active()) {
      clean = cleaner_.clean(line, clean_);
      clean.remove_suffix(1);  // The newline that clean() puts behind each.
    }
    if (parser_.is_of_goroutine_at_hand(clean)) return clean;
    if (read_record(clean)) return {};
  } while (learn_from(clean));
  return clean == kNoLine ? std::string_view() : clean;
}

void GoroutineReader::finish(std::string_view last_line) {
  parser_.finish(last_line.empty() ? last_line : clean_last_line(last_line));
}

}  // namespace plumb
