// SPDX-License-Identifier: Apache-2.0
#include "formats/yaml_records.h"

#include <algorithm>
#include <utility>

#include "base/replace_all.h"
#include "base/strings.h"
#include "formats/json_records.h"
#include "formats/log_fields.h"
#include "formats/record_writer.h"

namespace plumb {
namespace {

constexpr std::string_view kMark = "---\n";
constexpr std::string_view kMarkBetween = "\n---\n";

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

struct YamlField {
  std::string_view key;
  std::string_view value;  // What stands on its line.
  std::size_t indentation = 0;
};

// The field in `line`; without a key if there is none.
YamlField parse_field(std::string_view line) {
  YamlField field;
  const std::size_t begin = indentation(line);
  const std::size_t end = line.find(':', begin);
  if (end == std::string_view::npos) return field;
  const std::string_view key = line.substr(begin, end - begin);
  line.remove_prefix(end + 1);
  if (!line.empty() && line[0] != ' ') return field;
  if (key.empty() || key.find_first_of(" \"'\t") != std::string_view::npos) return field;
  return {key, trim(line), begin};
}

// Takes the lines in front of `lines` that go on with a value whose key stands behind so many
// blanks.
std::string_view take_deeper(std::string_view& lines, std::size_t blanks) {
  std::string_view rest = lines;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!trim(line).empty() && indentation(line) <= blanks) break;
    take_until(rest, '\n');
  }
  const std::string_view taken = lines.substr(0, lines.size() - rest.size());
  lines = rest;
  return taken;
}

// The lines of a block, without the blanks in front of its first one.
std::string read_block(std::string_view lines) {
  std::string text;
  const std::size_t blanks = indentation(lines.substr(0, lines.find('\n')));
  while (!lines.empty()) {
    const std::string_view line = take_until(lines, '\n');
    text.append(line.substr(std::min(blanks, indentation(line)))).append("\n");
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// A value that may go on behind its line, whose newlines are blanks, but for those behind a
// backslash.
std::string unfold(std::string_view value, std::string_view lines) {
  std::string text(value);
  while (!lines.empty()) {
    const std::string_view line = trim(take_until(lines, '\n'));
    if (text.starts_with('"') && text.ends_with('\\')) {
      text.pop_back();
    } else {
      text += ' ';
    }
    text += line;
  }
  return text;
}

// The text of a value, which stands on its line and on those that follow.
std::string read_value(std::string_view value, std::string_view lines) {
  if (value.starts_with('|')) return read_block(lines);
  std::string text = unfold(value, lines);
  if (text.starts_with('"'))
    return take_json_string(std::string_view(text).substr(1)).value_or(text);
  if (text.size() < 2 || !text.starts_with('\'') || !text.ends_with('\'')) return text;
  return replace_all(text.substr(1, text.size() - 2), "''", "'");
}

// Appends the record of these lines, if it has a text.
void add_record(std::string_view lines, std::string& out) {
  RecordWriter record;
  while (!lines.empty()) {
    const YamlField field = parse_field(take_until(lines, '\n'));
    const bool is_text = is_json_log_key(field.key);
    if (field.value.empty() || (!is_text && !is_place_column(field.key))) continue;
    const std::string value = read_value(field.value, take_deeper(lines, field.indentation));
    if (is_place_column(field.key)) {
      record.add_label(field.key, value);
    } else {
      record.add_text(field.key, value);
    }
  }
  if (record.has_text()) record.write(out);
}

// True if one of these lines has the text of a record.
bool has_text(std::string_view lines) {
  while (!lines.empty()) {
    const YamlField field = parse_field(take_until(lines, '\n'));
    if (is_json_log_key(field.key)) return true;
  }
  return false;
}

}  // namespace

bool YamlRecords::begin(std::string_view head) {
  lines_.clear();
  searched_ = 0;
  return head.starts_with(kMark) && has_text(head);
}

void YamlRecords::rewrite(std::string_view block, std::string& out) {
  lines_ += block;
  std::size_t done = 0;
  for (std::size_t end = lines_.find(kMarkBetween, searched_); end != std::string::npos;
       end = lines_.find(kMarkBetween, done)) {
    add_record(std::string_view(lines_).substr(done, end + 1 - done), out);
    done = end + 1;
  }
  lines_.erase(0, done);
  searched_ = lines_.size() - std::min(lines_.size(), kMarkBetween.size());
  if (lines_.size() > kLongestLine) {
    out += std::exchange(lines_, {});
    searched_ = 0;
  }
}

void YamlRecords::finish(std::string& out) {
  add_record(std::exchange(lines_, {}), out);
}

}  // namespace plumb
