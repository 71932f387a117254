// SPDX-License-Identifier: Apache-2.0
#include "formats/log_cleaner.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/scan.h"
#include "base/strings.h"
#include "formats/log_fields.h"
#include "formats/log_record.h"

namespace plumb {
namespace {

// Control characters that stand for runs in a shape.
constexpr char kSomeDigits = '\x01';
constexpr char kSomeBlanks = '\x02';
constexpr char kTime = '\x03';

// A time of TAI64 or TAI64N behind its '@', as s6-log and multilog write it.
constexpr std::size_t kShortTime = 16;
constexpr std::size_t kLongTime = 24;

// Between the panes of a terminal, or around a table.
constexpr std::string_view kBorder = "\u2502";

// How the shape of "app.log:12:" ends.
constexpr std::string_view kGrepNumber = ":\x01:";

// So many prefixes are known at a time, and suffixes.
constexpr std::size_t kPrefixes = 32;

// No log puts more behind a line.
constexpr std::size_t kSuffixBytes = 1024;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Takes all of `text` through the first `mark`. False if there is none.
bool consume_through(std::string_view& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return false;
  text.remove_prefix(at + mark.size());
  return true;
}

bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_' || c == '-';
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

// True for the time in `@400000006921f3af2f3b4c00` behind the shape of what is in front.
bool is_time(std::string_view shape, std::string_view word) {
  return shape.ends_with('@') && (word.size() == kShortTime || word.size() == kLongTime) &&
         std::ranges::all_of(word, is_hex_digit);
}

// True for a word with letters that no date has.
bool is_name(std::string_view word) {
  return std::ranges::any_of(
      word, [](char c) { return c == '_' || (is_letter(c) && c != 'T' && c != 'Z'); });
}

std::size_t run_length(std::string_view text, bool (*belongs)(char)) {
  const auto end = std::ranges::find_if_not(text, belongs);
  return static_cast<std::size_t>(end - text.begin());
}

// Of "07.123Z" behind a colon ".123": Go leaves zeros at its end out, and all of it if it is zero.
std::size_t fraction_length(std::string_view text) {
  const std::size_t digits = text.starts_with('.') ? run_length(text.substr(1), is_digit) : 0;
  return digits == 0 ? 0 : digits + 1;
}

// True if a shape so far ends with the seconds of a time.
bool ends_with_seconds(std::string_view shape) {
  return shape.size() >= 2 && shape.back() == kSomeDigits && shape[shape.size() - 2] == ':';
}

// True if the number in front of `rest` is that of a process: "[12]:" behind a name.
bool is_process_number(std::string_view shape, std::string_view rest) {
  return shape.size() >= 2 && shape.back() == '[' && is_word(shape[shape.size() - 2]) &&
         rest.starts_with("]:");
}

}  // namespace

LogPrefix::LogPrefix(std::string_view sample) {
  const std::string_view all = sample;
  while (consume_through(sample, kBorder)) ++borders_;
  const std::size_t last = sample.find_last_not_of(" \t");
  const std::size_t body = last == std::string_view::npos ? 0 : last + 1;
  trailing_blanks_ = sample.size() - body;
  for (std::string_view rest = sample.substr(0, body); !rest.empty();) {
    std::size_t length = 1;
    if (is_blank(rest[0])) {
      length = run_length(rest, is_blank);
      shape_ += kSomeBlanks;
    } else if (ends_with_seconds(shape_) && fraction_length(rest) > 0) {
      length = fraction_length(rest);
    } else if (is_word(rest[0])) {
      length = run_length(rest, is_word);
      const std::string_view word = rest.substr(0, length);
      if (is_time(shape_, word)) {
        shape_ += kTime;
        rest.remove_prefix(length);
        continue;
      }
      if (is_name(word) && word.find_first_of("-_") != std::string_view::npos) {
        source_ += word;
        source_ += ' ';
      }
      const bool is_number = std::ranges::all_of(word, is_digit);
      const bool is_first = process_digits_ == std::string::npos;
      if (is_first && is_number && is_process_number(shape_, rest.substr(length))) {
        process_digits_ = shape_.size();
      }
      for (std::size_t i = 0; i < length; ++i) {
        if (is_name(word) || !is_digit(word[i])) {
          shape_ += word[i];
        } else if (i == 0 || !is_digit(word[i - 1])) {
          shape_ += kSomeDigits;
        }
      }
    } else {
      shape_ += rest[0];
    }
    rest.remove_prefix(length);
  }
  process_ = find_process(all).process;
  if (trailing_blanks_ == 0 && shape_.ends_with(':')) {
    context_from_ = shape_.size() - 1;
    if (shape_.ends_with(kGrepNumber)) context_from_ -= 2;
  }
}

std::optional<std::size_t> LogPrefix::match(std::string_view line) const {
  const std::optional<ProcessPrefix> found = match_parts(line);
  if (!found) return std::nullopt;
  return found->length;
}

ProcessPrefix LogPrefix::find_process(std::string_view line) const {
  if (process_digits_ == std::string::npos) return {};
  return match_parts(line).value_or(ProcessPrefix{});
}

std::optional<ProcessPrefix> LogPrefix::match_parts(std::string_view line) const {
  ProcessPrefix found;
  std::size_t words = 0;  // Where they begin behind the last number.
  std::string_view rest = line;
  for (std::size_t i = 0; i < borders_; ++i) {
    if (!consume_through(rest, kBorder)) return std::nullopt;
  }
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    const char c = shape_[i];
    std::size_t length = 1;
    if (c == kSomeDigits) {
      length = run_length(rest, is_digit);
      const bool is_time = ends_with_seconds(std::string_view(shape_).substr(0, i + 1));
      if (length > 0 && is_time) length += fraction_length(rest.substr(length));
    } else if (c == kSomeBlanks) {
      length = run_length(rest, is_blank);
    } else if (c == kTime) {
      length = run_length(rest, is_hex_digit);
    } else if (rest.empty() ||
               (rest[0] != c && !(c == ':' && rest[0] == '-' && i >= context_from_))) {
      return std::nullopt;
    }
    if (length == 0) return std::nullopt;
    rest.remove_prefix(length);
    const std::size_t end = line.size() - rest.size();
    if (i == process_digits_) found.process = line.substr(words, end + 1 - words);
    if (c == kSomeDigits) words = end;
  }
  const std::size_t blanks = std::min(run_length(rest, is_blank), trailing_blanks_);
  if (blanks < trailing_blanks_ && blanks < rest.size()) return std::nullopt;
  rest.remove_prefix(blanks);
  found.length = line.size() - rest.size();
  return found;
}

LogSuffix::LogSuffix(std::string_view sample)
    : backwards_(std::string(trim(sample).rbegin(), trim(sample).rend())),
      is_behind_blank_(sample != trim(sample) && is_word(trim(sample)[0])),
      is_pane_(trim(sample).starts_with(kBorder)) {}

std::optional<std::size_t> LogSuffix::match(std::string_view line) const {
  if (is_pane_) {
    const std::size_t border = line.find(kBorder);
    if (border == std::string_view::npos) return std::nullopt;
    return trim_line_end(line.substr(0, border)).size();
  }
  line = trim_line_end(line);
  const std::string_view end = line.substr(line.size() - std::min(line.size(), kSuffixBytes));
  const std::optional<std::size_t> length = backwards_.match(std::string(end.rbegin(), end.rend()));
  if (!length) return std::nullopt;
  line.remove_suffix(*length);
  if (is_behind_blank_ && !line.empty() && !is_blank(line.back())) return std::nullopt;
  return trim_line_end(line).size();
}

void LogCleaner::note_news() {
  is_active_ = true;
  has_news_ = true;
}

void LogCleaner::learn_carriage_returns() {
  if (!std::exchange(carriage_returns_, true)) note_news();
}

void LogCleaner::learn_spaces() {
  if (!std::exchange(spaces_, true)) note_news();
}

void LogCleaner::learn_escaped_tabs() {
  if (!std::exchange(escaped_tabs_, true)) note_news();
}

void LogCleaner::learn_quotes() {
  if (!std::exchange(quotes_, true)) note_news();
}

void LogCleaner::learn_json(std::string_view key, std::string_view sample) {
  if (!json_keys_.empty()) return;
  one_field_a_line_ = trim(sample).starts_with('"');
  for (std::optional<std::string> text(sample); text && !key.empty();) {
    json_keys_.push_back(key);
    text = unwrap_json(*text, key);
    key = text && text->starts_with('{') ? find_json_key(*text) : std::string_view();
  }
  note_news();
}

void LogCleaner::learn_process(std::string process) {
  if (process.empty() || !record_process_.empty()) return;
  record_process_ = std::move(process);
  ++learned_processes_;
  note_news();
}

void LogCleaner::learn_prefix(LogPrefix prefix) {
  if (std::ranges::find(prefixes_, prefix) != prefixes_.end()) return;
  if (!prefix.process().empty()) ++learned_processes_;
  journal_fields_ = journal_fields_ || prefix.begins_message();
  if (prefixes_.size() == kPrefixes) prefixes_.pop_back();
  prefixes_.insert(prefixes_.begin(), std::move(prefix));
  note_news();
}

void LogCleaner::learn_suffix(LogSuffix suffix) {
  if (std::ranges::find(suffixes_, suffix) != suffixes_.end()) return;
  if (suffixes_.size() == kPrefixes) suffixes_.pop_back();
  suffixes_.insert(suffixes_.begin(), std::move(suffix));
  note_news();
}

std::string_view LogCleaner::source() const {
  for (const LogPrefix& prefix : prefixes_) {
    if (!prefix.source().empty()) return prefix.source();
  }
  return {};
}

std::string_view LogCleaner::process() const {
  if (!record_process_.empty()) return record_process_;
  for (const LogPrefix& prefix : prefixes_) {
    if (!prefix.process().empty()) return prefix.process();
  }
  return {};
}

ProcessPrefix LogCleaner::find_process(std::string_view line) const {
  for (const LogPrefix& prefix : prefixes_) {
    const ProcessPrefix found = prefix.find_process(line);
    if (!found.process.empty()) return found;
  }
  return {};
}

bool LogCleaner::knows_prefix(std::string_view line) const {
  return std::ranges::any_of(
      prefixes_, [&](const LogPrefix& prefix) { return prefix.match(line).has_value(); });
}

std::string LogCleaner::clean_line(std::string_view line) const {
  std::string text;
  add_clean(line, text);
  return text;
}

// Removes the prefix learned last of those that fit, and the suffix.
std::string_view LogCleaner::strip(std::string_view line) const {
  for (const LogPrefix& prefix : prefixes_) {
    if (const std::optional<std::size_t> length = prefix.match(line)) {
      line.remove_prefix(*length);
      break;
    }
  }
  for (const LogSuffix& suffix : suffixes_) {
    if (const std::optional<std::size_t> length = suffix.match(line))
      return line.substr(0, *length);
  }
  return line;
}

std::string_view LogCleaner::clean(std::string_view lines, std::string& clean) {
  has_news_ = false;
  clean.clear();
  while (!lines.empty()) {
    add_clean(take_until(lines, '\n'), clean);
    clean += '\n';
  }
  const std::size_t size = clean.size();
  clean.append(kScanSlackBytes, '\0');
  return std::string_view(clean).substr(0, size);
}

// What the JSON in `line` says, in `text`; `line` if it is none, or has a dump in one of its
// fields.
std::string_view LogCleaner::unwrap(std::string_view line, std::string& text) const {
  std::optional<std::string> found = unwrap_json_lines(line, json_keys_.front());
  if (!found) return one_field_a_line_ && is_part_of_json(line) ? kNoLine : line;
  if (!find_dumps_in_record(line).empty()) return line;
  for (const std::string_view key : std::span(json_keys_).subspan(1)) {
    if (std::optional<std::string> inner = unwrap_json_lines(*found, key)) found = std::move(inner);
  }
  text = *std::move(found);
  std::ranges::replace(text, '\n', ' ');  // One line stays one line.
  return text;
}

// Appends `line` to `clean`.
void LogCleaner::add_clean(std::string_view line, std::string& clean) const {
  std::string text;  // What `line` views, if it had to be changed.
  while (carriage_returns_ && line.ends_with('\r')) line.remove_suffix(1);
  if (!json_keys_.empty()) line = unwrap(line, text);
  if (quotes_) line = unquote_csv(line, text);
  const std::size_t size = line.size();
  line = strip(line);
  if (journal_fields_ && line.size() == size && is_journal_field(line)) line = kNoLine;
  if (quotes_) line = unquote_csv(line, text);
  if (escaped_tabs_ && consume_prefix(line, kEscapedTab)) clean += '\t';
  if (spaces_ && line.starts_with(' ')) {
    line.remove_prefix(run_length(line, is_blank));
    if (!line.empty()) clean += '\t';
  }
  clean += line;
}

}  // namespace plumb
