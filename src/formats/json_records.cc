// SPDX-License-Identifier: Apache-2.0
#include "formats/json_records.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "formats/goroutine_header.h"
#include "formats/legacy_text.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// Deeper is nothing that a log writes.
constexpr std::size_t kDepth = 64;

// Rows begin within this.
constexpr std::size_t kHeadOfRows = std::size_t{64} << 10;

bool is_one_line(std::string_view head) {
  const std::string_view line = first_content_line(head);
  if (!line.starts_with('{') && !line.starts_with('[')) return false;
  return contains(line, "[{") || contains(line, "}{");
}

// True if the JSON that begins with `head` may be spread over lines so that its records are found
// only across them: an answer of Loki or of CloudWatch, of Insights or with records of several
// streams.
bool has_rows(std::string_view head) {
  if (!trim(head).starts_with('{')) return false;
  std::string text(head.substr(0, kHeadOfRows));
  std::erase_if(text, is_json_blank);
  constexpr std::string_view kRows[] = {R"("values":[[")", R"("results":[[{"field":")",
                                        R"("events":[{"logStreamName":)"};
  return std::ranges::any_of(kRows, [&](std::string_view rows) { return contains(text, rows); });
}

// A record as record_process.h knows it. `labels` is empty or `{"app":"web"}`, `text` a string.
std::string labelled_record(std::string_view labels, std::string_view text) {
  std::string record = "{";
  if (!labels.empty()) record.append("\"labels\":").append(labels).append(",");
  return record.append("\"line\":").append(text);
}

// The labels in `{"stream":{"app":"web"},"values":[`, without blanks; empty if it does not begin
// so.
std::string labels_of_stream(std::string_view piece) {
  if (!consume_mark(piece, '{') || take_json_token(piece) != R"("stream")") return {};
  if (!consume_mark(piece, ':') || !consume_mark(piece, '{')) return {};
  std::string labels = "{";
  for (std::string_view key = take_json_token(piece); !key.empty(); key = take_json_token(piece)) {
    if (!consume_mark(piece, ':')) return {};
    if (labels.size() > 1) labels += ',';
    labels.append(key).append(":").append(take_json_token(piece));
    if (!consume_mark(piece, ',')) break;
  }
  return consume_mark(piece, '}') && labels.size() > 1 ? labels + '}' : std::string();
}

// Makes a record of `["1700000000000000000","goroutine 1 [running]:"]`, a row of a stream with
// these labels. False if it is none.
bool name_text_of_row(std::string& piece, std::string_view labels) {
  std::string_view rest = piece;
  if (!consume_mark(rest, '[') || take_json_token(rest).empty() || !consume_mark(rest, ','))
    return false;
  const std::string_view text = take_json_token(rest);
  if (text.empty()) return false;
  piece = labelled_record(labels, text).append(rest);
  return true;
}

// True for `[{"field":`.
bool begins_fields(std::string_view piece) {
  return consume_mark(piece, '[') && consume_mark(piece, '{') &&
         take_json_token(piece) == R"("field")";
}

// Makes a record of `[{"field":"@message","value":"goroutine 1 [running]:"},{"field":...}]`. False
// if it is none, or has no text. A message that is JSON itself may have its text in another field.
bool name_text_of_fields(std::string& piece) {
  std::string_view rest = piece;
  if (!consume_mark(rest, '[')) return false;
  std::string_view message;
  std::string_view other;
  std::string labels;
  while (consume_mark(rest, '{') && take_json_token(rest) == R"("field")" &&
         consume_mark(rest, ':')) {
    const std::string_view field = take_json_token(rest);
    if (field.empty() || !consume_mark(rest, ',') || take_json_token(rest) != R"("value")") break;
    if (!consume_mark(rest, ':')) break;
    const std::string_view value = take_json_token(rest);
    if (value.empty() || !consume_mark(rest, '}')) break;
    const std::string_view name = without_quotes(field);
    if (name == "@message") {
      message = value;
    } else if (name == "@logStream" || name == "@log") {
      labels.append(labels.empty() ? "{" : ",").append(field).append(":").append(value);
    } else if (other.empty() && is_json_log_key(name)) {
      other = value;
    }
    consume_mark(rest, ',');
  }
  const std::string_view text =
      message.empty() || (message.starts_with("\"{") && !other.empty()) ? other : message;
  if (text.empty()) return false;
  if (!labels.empty()) labels += '}';
  piece = labelled_record(labels, text) + "}";
  return true;
}

}  // namespace

void JsonCutter::cut(std::string_view block, std::string& out) {
  while (!block.empty()) {
    if (string_ != std::string::npos && block[0] != '\n') {
      take_string(block);
    } else {
      add_outside(block[0], out);
      block.remove_prefix(1);
    }
    if (piece_.size() > kLongestLine) {
      out += std::exchange(piece_, {});
      has_text_ = true;
      if (string_ != std::string::npos) string_ = 0;
    }
  }
}

// Takes what is left of the string, or of its line.
void JsonCutter::take_string(std::string_view& block) {
  const bool is_escaped = std::exchange(is_escaped_, false);
  const auto ends = [](char c) { return c == '"' || c == '\\' || c == '\n'; };
  const auto end = std::find_if(block.begin() + (is_escaped ? 1 : 0), block.end(), ends);
  const auto size = static_cast<std::size_t>(end - block.begin());
  piece_ += block.substr(0, size);
  block.remove_prefix(size);
  if (block.empty() || block[0] == '\n') return;
  piece_ += block[0];
  is_escaped_ = block[0] == '\\';
  if (!is_escaped_) end_string();
  block.remove_prefix(1);
}

void JsonCutter::end_string() {
  const std::size_t begin = std::exchange(string_, std::string::npos);
  std::string_view text = std::string_view(piece_).substr(begin);
  consume_prefix(text, "\"");
  consume_suffix(text, "\"");
  const bool is_value = last_ == ':' || (last_ == '[' && !key_.empty());
  const bool is_attribute = key_ == "stringValue" && holder_ == "value";  // Of OpenTelemetry.
  const bool is_log_text = is_value && !is_attribute && is_json_log_key(key_);
  if (!is_value) key_ = text;
  last_ = '"';
  if (!is_log_text && !contains(text, kGoroutineWord)) return;
  has_text_ = true;
  const std::size_t array = open_.rfind('[');
  if (text_depth_ == 0 && array != std::string::npos) text_depth_ = array + 2;
}

void JsonCutter::add_outside(char c, std::string& out) {
  if (c == '\n' && !(joins_lines_ && string_ == std::string::npos && !open_.empty())) {
    return end_line("\n", out);
  }
  if (c == '{' || c == '[') open(c, out);
  if (c == '}' || c == ']') close();
  if (c == '"') {
    string_ = piece_.size();
  } else if (!is_json_blank(c)) {
    last_ = c;
  }
  piece_ += c == '\n' ? ' ' : c;
}

void JsonCutter::open(char c, std::string& out) {
  // Behind an object, another one may follow without anything between.
  const bool is_behind = last_ == '}' && (piece_.starts_with('{') || piece_.starts_with('['));
  if (open_.empty() && last_ != '\0' && !is_behind) return;  // The line is no JSON.
  if (last_ != '\0' && !open_.ends_with('{') && text_depth_ == 0 && !is_in_row(c)) {
    is_cut_ = true;
    end_piece("\n", out);
  }
  holder_ = key_;
  if (open_.size() == kDepth) open_.clear();
  open_ += c;
}

// True for the objects of `[{"field":"@timestamp",...},{"field":"@message",...}]` in an array, and
// for those that may be the first of such.
bool JsonCutter::is_in_row(char c) const {
  if (c != '{' || !open_.ends_with("[[")) return false;
  return trim(piece_) == "[" || begins_fields(piece_);
}

void JsonCutter::close() {
  if (!open_.empty()) open_.pop_back();
  if (open_.size() < text_depth_) text_depth_ = 0;
}

void JsonCutter::end_piece(std::string_view end, std::string& out) {
  if (is_cut_) {
    if (std::string labels = labels_of_stream(piece_); !labels.empty()) labels_ = std::move(labels);
    if (name_text_of_row(piece_, labels_) || name_text_of_fields(piece_)) has_text_ = true;
  }
  if (!is_cut_ || has_text_) out.append(piece_).append(end);
  piece_.clear();
  key_.clear();
  has_text_ = false;
}

void JsonCutter::end_line(std::string_view end, std::string& out) {
  end_piece(end, out);
  string_ = std::string::npos;
  is_escaped_ = is_cut_ = false;
  open_.clear();
  labels_.clear();
  text_depth_ = 0;
  last_ = '\0';
}

bool JsonRecords::begin(std::string_view head) {
  const bool is_joined = has_rows(head);
  cutter_ = JsonCutter(is_joined ? JsonCutter::Lines::Joined : JsonCutter::Lines::Whole);
  return is_joined || is_one_line(head);
}

}  // namespace plumb
