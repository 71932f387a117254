// SPDX-License-Identifier: Apache-2.0
#include "formats/json_records.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "base/try.h"
#include "formats/legacy_text.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// Deeper is nothing that a log writes.
constexpr std::size_t kDepth = 64;

// A piece that is longer is handed on before it ends. Readers pass over a line as long.
constexpr std::size_t kPieceBytes = std::size_t{16} << 20;

constexpr std::string_view kHeaderWord = "goroutine ";

bool is_packed(std::string_view head) {
  const std::string_view line = first_content_line(head);
  if (!line.starts_with('{') && !line.starts_with('[')) return false;
  return contains(line, "[{") || contains(line, "}{");
}

// Makes an object of `["1700000000000000000","goroutine 1 [running]:"]`. False if it is none.
bool name_text_of_row(std::string& piece) {
  if (!piece.starts_with("[\"")) return false;
  const std::size_t end = piece.find('"', 2);
  const std::size_t text = piece.find('"', end == std::string::npos ? end : end + 1);
  if (text == std::string::npos || piece.find('"', text + 1) == std::string::npos) return false;
  if (trim(std::string_view(piece).substr(end + 1, text - end - 1)) != ",") return false;
  piece.replace(0, text, R"({"line":)");
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
    if (piece_.size() > kPieceBytes) {
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
  const bool is_log_text = is_value && !is_attribute &&
                           std::ranges::find(json_log_keys(), key_) != json_log_keys().end();
  if (!is_value) key_ = text;
  last_ = '"';
  if (!is_log_text && !contains(text, kHeaderWord)) return;
  has_text_ = true;
  const std::size_t array = open_.rfind('[');
  if (text_depth_ == 0 && array != std::string::npos) text_depth_ = array + 2;
}

void JsonCutter::add_outside(char c, std::string& out) {
  if (c == '\n') return end_line("\n", out);
  if (c == '{' || c == '[') open(c, out);
  if (c == '}' || c == ']') close();
  if (c == '"') {
    string_ = piece_.size();
  } else if (c != ' ' && c != '\t' && c != '\r') {
    last_ = c;
  }
  piece_ += c;
}

void JsonCutter::open(char c, std::string& out) {
  // Behind an object, another one may follow without anything between.
  const bool is_behind = last_ == '}' && (piece_.starts_with('{') || piece_.starts_with('['));
  if (open_.empty() && last_ != '\0' && !is_behind) return;  // The line is no JSON.
  if (last_ != '\0' && !open_.ends_with('{') && text_depth_ == 0) {
    is_cut_ = true;
    end_piece("\n", out);
  }
  holder_ = key_;
  if (open_.size() == kDepth) open_.clear();
  open_ += c;
}

void JsonCutter::close() {
  if (!open_.empty()) open_.pop_back();
  if (open_.size() < text_depth_) text_depth_ = 0;
}

void JsonCutter::end_piece(std::string_view end, std::string& out) {
  if (is_cut_ && name_text_of_row(piece_)) has_text_ = true;
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
  text_depth_ = 0;
  last_ = '\0';
}

Result<std::size_t> JsonRecords::read(std::span<char> buffer) {
  while (pos_ == text_.size()) {
    TRY_ASSIGN(const std::size_t count, inner_.read(buffer));
    const std::string_view block(buffer.data(), count);
    if (!std::exchange(has_begun_, true)) is_packed_ = is_packed(block);
    if (!is_packed_) return count;
    text_.clear();
    pos_ = 0;
    if (count == 0) {
      cutter_.finish(text_);
      if (text_.empty()) return std::size_t{0};
    }
    cutter_.cut(block, text_);
  }
  const std::size_t count = std::min(buffer.size(), text_.size() - pos_);
  std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(pos_), count, buffer.begin());
  pos_ += count;
  return count;
}

bool JsonRecords::rewind() {
  if (!inner_.rewind()) return false;
  cutter_ = {};
  text_.clear();
  pos_ = 0;
  has_begun_ = false;
  return true;
}

}  // namespace plumb
