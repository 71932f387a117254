// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_header.h"

#include <algorithm>
#include <cctype>

#include "base/strings.h"
#include "base/text_encoding.h"

namespace plumb {
namespace {

// Takes a decimal number off the front; nothing if there is none or it exceeds 64 bits.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::string_view digits = text.substr(0, text.find_first_not_of(kDecimalDigits));
  const auto number = parse_int<std::uint64_t>(digits);
  if (number) text.remove_prefix(digits.size());
  return number;
}

// Takes "goroutine 18 gp=0x1 m=0 mp=0x2 [" off the front of `line`.
std::optional<std::uint64_t> take_opening(std::string_view& line) {
  std::string_view rest = line;
  if (!consume_prefix(rest, kGoroutineWord)) return std::nullopt;
  const std::optional<std::uint64_t> id = take_number(rest);
  if (!id) return std::nullopt;
  while (!consume_prefix(rest, " [")) {
    if (!rest.starts_with(" gp=") && !rest.starts_with(" m=") && !rest.starts_with(" mp=")) {
      return std::nullopt;
    }
    const std::size_t end = rest.find(' ', 1);
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end);
  }
  line = rest;
  return id;
}

// Takes one escape of a Go string, the backslash already gone.
bool take_label_escape(std::string_view& text, std::string& out) {
  if (text.empty()) return false;
  const char kind = text[0];
  text.remove_prefix(1);
  constexpr std::string_view kNames = "abfnrtv\\\"'";
  constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\\"'";
  if (const std::size_t at = kNames.find(kind); at != std::string_view::npos) {
    out += kBytes[at];
    return true;
  }
  const std::size_t width = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  const auto value = parse_int<std::uint32_t>(text.substr(0, width), 16);
  if (width == 0 || text.size() < width || !value) return false;
  text.remove_prefix(width);
  if (kind == 'x') {
    out += static_cast<char>(*value);
  } else {
    append_utf8(out, *value);
  }
  return true;
}

// Takes a quoted Go string, or a bare word that ends before one of `stops`.
std::optional<std::string> take_word(std::string_view& text, std::string_view stops) {
  if (!consume_prefix(text, "\"")) {
    const std::size_t end = std::min(text.find_first_of(stops), text.size());
    std::string word(text.substr(0, end));
    text.remove_prefix(end);
    return word;
  }
  std::string word;
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '"') return word;
    if (c != '\\') {
      word += c;
    } else if (!take_label_escape(text, word)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// Takes `key: value, key2: "needs quote"}`.
bool take_label_list(std::string_view& text, std::vector<HeaderLabel>& labels) {
  while (!consume_prefix(text, "}")) {
    std::optional<std::string> key = take_word(text, ":}");
    if (!key || !consume_prefix(text, ":")) return false;
    consume_prefix(text, " ");
    std::optional<std::string> value = take_word(text, ",}");
    if (!value) return false;
    labels.push_back({*std::move(key), *std::move(value)});
    consume_prefix(text, ", ");
  }
  return true;
}

// Takes the labels of CockroachDB's Go, `"k":"v", "k2":"v2"]:`, up to the bracket. Nothing in them
// is escaped: a value ends where the next label starts, or with the line.
bool take_raw_labels(std::string_view& text, std::vector<HeaderLabel>& labels) {
  const std::size_t end = text.rfind("\"]:");
  if (end == std::string_view::npos) return false;
  std::string_view list = text.substr(0, end);
  text.remove_prefix(end + 1);
  while (consume_prefix(list, "\"")) {
    const std::size_t middle = list.find("\":\"");
    if (middle == std::string_view::npos) return false;
    std::string key(list.substr(0, middle));
    list.remove_prefix(middle + 3);
    std::size_t stop = list.find("\", \"");
    if (stop != std::string_view::npos && list.find("\":\"", stop) == std::string_view::npos) {
      stop = std::string_view::npos;
    }
    labels.push_back({std::move(key), std::string(list.substr(0, stop))});
    list.remove_prefix(stop == std::string_view::npos ? list.size() : stop + 3);
  }
  return list.empty();
}

void set_state(std::string_view status, GoroutineHeader& header) {
  for (bool again = true; again;) {
    again = false;
    if (consume_suffix(status, " (scan)")) header.is_scanning = again = true;
    if (consume_suffix(status, " (leaked)")) header.is_leaked = again = true;
    if (consume_suffix(status, " (durable)")) header.is_durable = again = true;
    if (consume_suffix(status, " (synctest)")) header.is_durable = again = true;
  }
  header.state = status;
}

// Takes one part behind a comma: `5 minutes`, `locked to thread`, labels ... True if it was the
// minutes, which do not belong to the key.
bool take_part(std::string_view& text, GoroutineHeader& header) {
  if (consume_prefix(text, "locked to thread")) {
    header.is_locked = true;
    return false;
  }
  if (consume_prefix(text, "synctest bubble ") || consume_prefix(text, "synctest group ")) {
    const std::size_t end = std::min(text.find_first_not_of(kDecimalDigits), text.size());
    header.bubble = text.substr(0, end);
    text.remove_prefix(end);
    return false;
  }
  std::string_view rest = text;
  const std::optional<std::uint64_t> minutes = take_number(rest);
  if (minutes && consume_prefix(rest, " minutes")) {
    header.wait_minutes = *minutes;
    text = rest;
    return true;
  }
  ++header.unknown_parts;
  text.remove_prefix(std::min(text.find_first_of(",]"), text.size()));
  return false;
}

// Takes everything between the status and the closing bracket, and notes the key.
bool take_parts(std::string_view& text, GoroutineHeader& header) {
  while (!text.starts_with("]")) {
    const std::string_view before = text;
    bool is_minutes = false;
    if (consume_prefix(text, ", labels:{") || consume_prefix(text, " labels:{")) {
      if (!take_label_list(text, header.labels)) return false;
    } else if (text.starts_with(", \"")) {
      text.remove_prefix(2);
      if (!take_raw_labels(text, header.labels)) return false;
    } else if (consume_prefix(text, ",")) {
      consume_prefix(text, " ");
      is_minutes = take_part(text, header);
    } else {
      return false;
    }
    if (!is_minutes) header.key_tail += before.substr(0, before.size() - text.size());
  }
  return true;
}

}  // namespace

bool starts_as_goroutine_header(std::string_view line) {
  return take_opening(line).has_value();
}

std::optional<std::size_t> find_hidden_header(std::string_view line) {
  for (std::size_t at = line.find(kGoroutineWord, 1); at != std::string_view::npos;
       at = line.find(kGoroutineWord, at + 1)) {
    const std::string_view rest = line.substr(at);
    const auto before = static_cast<unsigned char>(line[at - 1]);
    if (std::isalnum(before) != 0 || !starts_as_goroutine_header(rest)) continue;
    if (parse_goroutine_header(rest)) return at;
  }
  return std::nullopt;
}

bool breaks_off_in_label(std::string_view line) {
  return take_opening(line) && line.find(", \"") != std::string_view::npos &&
         !line.ends_with("\"]:");
}

std::optional<GoroutineHeader> parse_goroutine_header(std::string_view line) {
  GoroutineHeader header;
  const std::optional<std::uint64_t> id = take_opening(line);
  if (!id) return std::nullopt;
  header.id = *id;
  const std::size_t status_end =
      std::min({line.find_first_of(",]"), line.find(" labels:{"), line.size()});
  header.key_head = line.substr(0, status_end);
  set_state(header.key_head, header);
  line.remove_prefix(status_end);
  if (!take_parts(line, header)) return std::nullopt;
  const std::string_view tail = line;
  consume_prefix(line, "]");
  if (consume_prefix(line, " {") || consume_prefix(line, " labels:{")) {
    if (!take_label_list(line, header.labels)) return std::nullopt;
  }
  if (!consume_prefix(line, ":")) return std::nullopt;
  header.key_tail += tail.substr(0, tail.size() - line.size());
  if (!trim(line).empty()) return std::nullopt;
  return header;
}

}  // namespace plumb
