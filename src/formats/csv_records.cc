// SPDX-License-Identifier: Apache-2.0
#include "formats/csv_records.h"

#include <utility>

#include "base/strings.h"
#include "formats/json_records.h"
#include "formats/log_fields.h"
#include "formats/record_writer.h"

namespace plumb {
namespace {

// The fields of a first line, which has no quotes in them.
std::vector<std::string> split_header(std::string_view line, char separator) {
  std::vector<std::string> names;
  consume_prefix(line, "\xef\xbb\xbf");
  while (!line.empty()) {
    std::string_view name = trim(take_until(line, separator));
    if (consume_prefix(name, "\"")) consume_suffix(name, "\"");
    names.emplace_back(name);
  }
  return names;
}

}  // namespace

bool CsvRecords::begin(std::string_view head) {
  const std::size_t end = head.find('\n');
  columns_.clear();
  fields_ = {""};
  row_.clear();
  in_quotes_ = is_behind_quote_ = false;
  is_header_ = true;
  if (end == std::string_view::npos) return false;
  const std::string_view line = head.substr(0, end);
  separator_ = contains(line, ",") ? ',' : ';';
  bool has_text = false;
  for (const std::string& name : split_header(line, separator_)) {
    std::string key(find_log_key(name));
    has_text |= !key.empty();
    const bool is_label = key.empty() && is_place_column(name);
    columns_.push_back({is_label ? name : key, is_label});
  }
  return has_text && columns_.size() > 1;
}

void CsvRecords::rewrite(std::string_view block, std::string& out) {
  for (const char c : block) take(c, out);
}

void CsvRecords::take(char c, std::string& out) {
  row_ += c;
  const bool was_behind_quote = std::exchange(is_behind_quote_, false);
  if (in_quotes_ && row_.size() <= kLongestLine) {
    if (c != '"') {
      fields_.back() += c;
    } else {
      in_quotes_ = false;
      is_behind_quote_ = true;
    }
  } else if (c == '"' && (fields_.back().empty() || was_behind_quote)) {
    if (was_behind_quote) fields_.back() += c;
    in_quotes_ = true;
  } else if (c == separator_) {
    fields_.emplace_back();
  } else if (c == '\n') {
    end_row(out);
  } else {
    fields_.back() += c;
  }
}

void CsvRecords::end_row(std::string& out) {
  if (!std::exchange(is_header_, false)) {
    if (fields_.size() == columns_.size()) {
      write_record(out);
    } else {
      out += row_;
    }
  }
  fields_ = {""};
  row_.clear();
  in_quotes_ = false;
}

// The row as JSON.
void CsvRecords::write_record(std::string& out) const {
  RecordWriter record;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& [key, is_label] = columns_[i];
    if (key.empty()) continue;
    if (!is_label) {
      record.add_text(key, fields_[i]);
    } else if (!fields_[i].empty()) {
      record.add_label(key, fields_[i]);
    }
  }
  record.write(out);
}

void CsvRecords::finish(std::string& out) {
  if (!row_.empty()) end_row(out);
}

}  // namespace plumb
