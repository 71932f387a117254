// SPDX-License-Identifier: Apache-2.0
#include "formats/log_record.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/replace_all.h"
#include "base/strings.h"
#include "formats/goroutine_header.h"
#include "formats/log_cleaner.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// Docker puts the record of a program into one of its own, and who collects logs of docker once
// more.
constexpr int kNesting = 3;

// True if there may be a header in `escaped` that is the end of a line, but not of the text.
bool may_have_dump(std::string_view escaped) {
  return escaped.find("]:\\") != std::string_view::npos &&
         escaped.find(kGoroutineWord) != std::string_view::npos;
}

// The length of the string in front, up to its closing quote; nothing if it has none.
std::optional<std::size_t> string_length(std::string_view text) {
  for (std::size_t i = text.find_first_of("\"\\"); i < text.size();
       i = text.find_first_of("\"\\", i)) {
    if (text[i] == '"') return i;
    i += 2;
  }
  return std::nullopt;
}

// Where the first header stands that frames follow.
std::optional<std::size_t> find_header(std::string_view text) {
  for (std::size_t at = text.find(kGoroutineWord); at != std::string_view::npos;
       at = text.find(kGoroutineWord, at + 1)) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos || trim(text.substr(end)).empty()) return std::nullopt;
    std::string_view line = text.substr(at, end - at);
    consume_suffix(line, "\r");
    if (starts_as_goroutine_header(line) && parse_goroutine_header(line)) return at;
  }
  return std::nullopt;
}

class DumpFinder {
 public:
  void search(std::string_view line, int depth) {
    while (may_have_dump(line)) {
      take_until(line, '"');
      const std::optional<std::size_t> length = string_length(line);
      if (!length) return;
      if (may_have_dump(line.substr(0, *length))) add(line, depth);
      line.remove_prefix(*length + 1);
    }
  }

  // Takes all of `line` for the inside of a string, if nothing was found in those that it has.
  void add_unquoted(std::string_view line) {
    if (dumps_.empty() && may_have_dump(line)) add(std::string(line) + '"', kNesting);
  }

  std::vector<std::string> take() { return std::move(dumps_); }

 private:
  // Takes the string in front of `line`.
  void add(std::string_view line, int depth) {
    const std::optional<std::string> text = take_json_string(line);
    if (!text) return;
    const std::optional<std::size_t> header = find_header(*text);
    if (!header) {
      if (depth < kNesting) search(*text, depth + 1);
      return;
    }
    const std::string_view dump = trim(std::string_view(*text).substr(*header));
    const bool is_repeated = std::ranges::any_of(
        dumps_, [dump](const std::string& other) { return other.find(dump) != std::string::npos; });
    if (!is_repeated) dumps_.push_back(*text);
  }

  std::vector<std::string> dumps_;
};

}  // namespace

std::vector<std::string> find_dumps_in_record(std::string_view line) {
  if (contains(line, "]:#012")) {
    std::string text = replace_all(replace_all(std::string(line), "#012", "\n"), kEscapedTab, "\t");
    if (find_header(text)) return {std::move(text)};
  }
  DumpFinder finder;
  finder.search(line, 0);
  finder.add_unquoted(line);
  return finder.take();
}

}  // namespace plumb
