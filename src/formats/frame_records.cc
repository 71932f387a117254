// SPDX-License-Identifier: Apache-2.0
#include "formats/frame_records.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// Frames begin within this.
constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

// Grafana asks for 5000 lines at most, unless told otherwise.
constexpr std::size_t kMostBytes = std::size_t{32} << 20;

// More are of no log.
constexpr std::size_t kMostColumns = 4096;

// `text` without blanks outside of strings, as far as those end.
std::string compact(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (const std::string_view token = take_json_token(text); !token.empty()) {
      out += token;
      continue;
    }
    if (text[0] == '"') break;
    if (!is_json_blank(text[0])) out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

// Takes the value in front of `text`; empty if there is none, or no end of it.
std::string_view take_value(std::string_view& text) {
  const std::string_view all = text;
  std::size_t depth = 0;
  while (!text.empty()) {
    if (text[0] == '"') {
      if (take_json_token(text).empty()) return {};
    } else if (text[0] == '{' || text[0] == '[') {
      ++depth;
      text.remove_prefix(1);
    } else if (depth > 0 && (text[0] == '}' || text[0] == ']')) {
      --depth;
      text.remove_prefix(1);
    } else if (depth == 0) {
      text.remove_prefix(std::min(text.find_first_of(",]} \t\r\n"), text.size()));
    } else {
      text.remove_prefix(std::min(text.find_first_of("\"{}[]"), text.size()));
    }
    if (depth == 0) return all.substr(0, all.size() - text.size());
  }
  return {};
}

struct Column {
  std::string_view name;    // As it stands, without its quotes.
  std::string_view values;  // An array.
};

// Takes the column in front of `text`: its name, or an object that has one. False if it has no end.
bool take_field(std::string_view& text, Column& column) {
  if (text.starts_with('"')) {
    const std::string_view name = take_json_token(text);
    if (!name.empty()) column.name = without_quotes(name);
    return !name.empty();
  }
  consume_mark(text, '{');
  while (!consume_mark(text, '}')) {
    const std::string_view key = take_json_token(text);
    if (key.empty() || !consume_mark(text, ':')) return false;
    const std::string_view value = take_value(text);
    if (value.empty()) return false;
    if (key == R"("name")" && value.size() > 1) column.name = without_quotes(value);
    if (key == R"("values")") column.values = value;
    consume_mark(text, ',');
  }
  return true;
}

// Takes what is behind the key "fields".
std::vector<Column> take_fields(std::string_view& text) {
  std::vector<Column> columns;
  if (!consume_mark(text, ':') || !consume_mark(text, '[')) return columns;
  while (text.starts_with('"') || text.starts_with('{')) {
    if (columns.size() == kMostColumns || !take_field(text, columns.emplace_back())) return {};
    consume_mark(text, ',');
  }
  return columns;
}

// Takes what is behind the key "values" or "columns": an array of values for each column.
void take_columns(std::string_view& text, std::vector<Column>& columns) {
  if (!consume_mark(text, ':') || !consume_mark(text, '[')) return;
  for (Column& column : columns) {
    column.values = take_value(text);
    if (!consume_mark(text, ',')) return;
  }
}

// Appends the records of a frame that has its values.
void add_records(const std::vector<Column>& columns, std::string& out) {
  std::string_view lines;
  std::string_view labels;
  for (const Column& column : columns) {
    if (lines.empty() && !find_log_key(column.name).empty()) lines = column.values;
    if (column.name == "labels") labels = column.values;
  }
  consume_mark(labels, '[');
  for (bool goes_on = consume_mark(lines, '['); goes_on; goes_on = consume_mark(lines, ',')) {
    const std::string_view line = take_value(lines);
    const std::string_view of_line = take_value(labels);
    consume_mark(labels, ',');
    if (!line.starts_with('"')) continue;
    out += '{';
    if (of_line.size() > 2) out.append("\"labels\":").append(compact(of_line)).append(",");
    out.append("\"line\":").append(line).append("}\n");
  }
}

// Appends a record for each row of what is behind the key "rows".
void add_rows(std::string_view& text, const std::vector<Column>& columns, std::string& out) {
  if (!consume_mark(text, ':') || !consume_mark(text, '[')) return;
  while (consume_mark(text, '[')) {
    std::string_view line;
    std::string labels;
    for (const Column& column : columns) {
      const std::string_view value = take_value(text);
      if (value.starts_with('"')) {
        if (line.empty() && !find_log_key(column.name).empty()) {
          line = value;
        } else if (is_place_column(column.name)) {
          labels.append(labels.empty() ? "\"" : ",\"").append(column.name).append("\":") += value;
        }
      }
      if (!consume_mark(text, ',')) break;
    }
    if (!consume_mark(text, ']')) return;
    consume_mark(text, ',');
    if (line.empty()) continue;
    if (!labels.empty()) labels = "\"labels\":{" + labels + "},";
    out.append("{").append(labels).append("\"line\":").append(line).append("}\n");
  }
}

// The records of an array that has strings only.
std::string records_of_strings(std::string_view text) {
  std::string out;
  if (!consume_mark(text, '[')) return out;
  do {
    const std::string_view line = take_json_token(text);
    if (line.empty()) return {};
    out.append("{\"line\":").append(line).append("}\n");
  } while (consume_mark(text, ','));
  return consume_mark(text, ']') && text.empty() ? out : std::string();
}

// The records of all frames in `text`.
std::string records_of(std::string_view text) {
  std::string out;
  std::vector<Column> columns;
  while (true) {
    text.remove_prefix(std::min(text.find('"'), text.size()));
    const std::string_view key = take_json_token(text);
    if (key.empty()) return out;
    if (key == R"("fields")") {
      columns = take_fields(text);
    } else if (key == R"("values")" || key == R"("columns")") {
      take_columns(text, columns);
    } else if (key == R"("rows")") {
      add_rows(text, columns, out);
    } else {
      continue;
    }
    const bool has_values =
        std::ranges::any_of(columns, [](const Column& column) { return !column.values.empty(); });
    if (has_values) add_records(std::exchange(columns, {}), out);
  }
}

}  // namespace

bool FrameRecords::begin(std::string_view head) {
  json_.clear();
  is_too_long_ = false;
  if (!head.starts_with('{') && !head.starts_with('[')) return false;
  const std::string text = compact(head.substr(0, kHeadBytes));
  if (text.starts_with("[\"")) return true;
  const bool has_table = contains(text, R"("rows":[[)") || contains(text, R"("columns":[[)");
  if (has_table && contains(text, R"("fields":[)")) return true;
  return contains(text, R"("fields":[{"name":)") &&
         (contains(text, R"("frames":[{"schema":)") || contains(text, R"("typeInfo":{"frame":)"));
}

void FrameRecords::rewrite(std::string_view block, std::string& out) {
  json_ += block;
  is_too_long_ = is_too_long_ || json_.size() > kMostBytes;
  if (is_too_long_) out += std::exchange(json_, {});
}

void FrameRecords::finish(std::string& out) {
  std::string records = records_of_strings(json_);
  if (records.empty()) records = records_of(json_);
  out += records.empty() ? json_ : records;
  json_.clear();
}

}  // namespace plumb
