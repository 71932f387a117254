// SPDX-License-Identifier: Apache-2.0
#include "formats/log_fields.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "base/strings.h"
#include "formats/goroutine_header.h"

namespace plumb {
namespace {

constexpr std::array<std::string_view, 20> kJsonKeys = {
    "log",                                                       // Docker.
    "Output",                                                    // go test -json.
    "MESSAGE",                                                   // systemd's journal.
    "textPayload",                                               // Google Cloud.
    "message",       "msg",        "@message",    "M", "event",  // Loggers; AWS.
    "line",                                                      // Loki.
    "_raw",                                                      // Splunk.
    "_msg",                                                      // VictoriaLogs.
    "short_message",                                             // GELF.
    "body",          "Body",       "stringValue",                // OpenTelemetry.
    "LogEntry",      "LogMessage", "Log_s",                      // Azure.
    "content",                                                   // Datadog.
};

// Columns that say where a program runs.
constexpr std::array<std::string_view, 14> kPlaceColumns = {"pod",
                                                            "pod_name",
                                                            "kubernetes.pod.name",
                                                            "kubernetes.pod_name",
                                                            "container",
                                                            "host",
                                                            "host.name",
                                                            "container_name",
                                                            "kubernetes.container.name",
                                                            "kubernetes.container_name",
                                                            "instance",
                                                            "@logstream",
                                                            "logstreamname",
                                                            "podname"};

// How much of `text` is in front of a quote or a backslash.
std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] != '"' && text[length] != '\\') ++length;
  return length;
}

void skip_json_blanks(std::string_view& text) {
  while (!text.empty() && is_json_blank(text[0])) text.remove_prefix(1);
}

// True if the quote behind `text` has a backslash in front.
bool is_escaped(std::string_view text) {
  const std::size_t last = text.find_last_not_of('\\');
  return (last == std::string_view::npos ? text.size() : text.size() - 1 - last) % 2 != 0;
}

// What the string of JSON says that all of `line` is, if CSV would have written it in another way.
// Nothing if it has several lines.
std::optional<std::string> take_escaped_line(std::string_view line) {
  const bool is_escaped =
      line.starts_with(R"("\t)") || line.ends_with(R"(\n")") || contains(line, R"(\")");
  std::string_view rest = line;
  if (!is_escaped || take_json_token(rest) != line) return std::nullopt;
  std::optional<std::string> text = take_json_string(line.substr(1));
  if (text && text->ends_with('\n')) text->pop_back();
  if (text && contains(*text, "\n")) return std::nullopt;
  return text;
}

}  // namespace

std::span<const std::string_view> json_log_keys() {
  return kJsonKeys;
}

bool is_json_log_key(std::string_view key) {
  return std::ranges::find(kJsonKeys, key) != kJsonKeys.end();
}

std::string_view find_log_key(std::string_view column) {
  const std::string name = to_lower(column);
  const auto* key = std::ranges::find(kJsonKeys, name);
  if (key == kJsonKeys.end()) key = std::ranges::find(kJsonKeys, name, to_lower);
  return key == kJsonKeys.end() ? std::string_view() : *key;
}

bool is_place_column(std::string_view column) {
  return std::ranges::find(kPlaceColumns, to_lower(column)) != kPlaceColumns.end();
}

bool consume_mark(std::string_view& text, char mark) {
  skip_json_blanks(text);
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(1);
  skip_json_blanks(text);
  return true;
}

std::string_view take_json_token(std::string_view& text) {
  if (!text.starts_with('"')) return {};
  std::size_t end = text.find('"', 1);
  while (end != std::string_view::npos && is_escaped(text.substr(1, end - 1))) {
    end = text.find('"', end + 1);
  }
  if (end == std::string_view::npos) return {};
  const std::string_view token = text.substr(0, end + 1);
  text.remove_prefix(token.size());
  return token;
}

std::string_view without_quotes(std::string_view token) {
  return token.substr(1, token.size() - 2);
}

std::optional<JsonField> take_json_field(std::string_view& text) {
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find('"'), text.size()));
    const std::string_view name = take_json_token(text);
    if (name.empty()) return std::nullopt;
    std::string_view rest = text;
    if (!consume_mark(rest, ':')) continue;
    consume_mark(rest, '[');  // Of several values the first counts.
    const std::string_view value = take_json_token(rest);
    if (value.empty()) continue;
    text = rest;
    return JsonField{without_quotes(name), value.substr(1)};
  }
  return std::nullopt;
}

std::optional<std::string> take_json_string(std::string_view text) {
  std::string out;
  while (!text.empty() && text[0] != '"') {
    const std::size_t plain = plain_length(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!consume_prefix(text, "\\")) continue;
    if (text.empty()) return std::nullopt;
    const char kind = text[0];
    text.remove_prefix(1);
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kBytes = "\b\f\n\r\t";
    if (const std::size_t at = kNames.find(kind); at != std::string_view::npos) {
      out += kBytes[at];
    } else if (kind != 'u') {
      out += kind;
    } else {
      // Docker escapes only ASCII this way: '<', '>', '&' and control characters.
      const auto code = parse_int<std::uint16_t>(text.substr(0, 4), 16);
      if (text.size() < 4 || !code) return std::nullopt;
      out += *code < 0x80 ? static_cast<char>(*code) : '?';
      text.remove_prefix(4);
    }
  }
  if (text.empty()) return std::nullopt;
  return out;
}

std::optional<std::string> unwrap_json_lines(std::string_view line, std::string_view key) {
  const std::string name = std::string(key) + '"';
  // A letter is found sooner than a quote: there are less of them.
  for (std::size_t at = line.find(name); at != std::string_view::npos;
       at = line.find(name, at + 1)) {
    std::string_view before = line.substr(0, at);
    if (!consume_suffix(before, "\"")) continue;
    // In a string its quotes would have a backslash in front.
    before = trim(before);
    if (!before.empty() && !before.ends_with('{') && !before.ends_with(',')) continue;
    std::string_view value = trim(line.substr(at + name.size()));
    if (!consume_prefix(value, ":") && !consume_prefix(value, "=>")) continue;
    value = trim(value);
    if (consume_prefix(value, "[")) value = trim(value);  // Elasticsearch's "fields".
    if (!consume_prefix(value, "\"")) continue;
    std::optional<std::string> text = take_json_string(value);
    if (!text) continue;
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    return text;
  }
  return std::nullopt;
}

std::optional<std::string> unwrap_json(std::string_view line, std::string_view key) {
  std::optional<std::string> text = unwrap_json_lines(line, key);
  if (text) std::ranges::replace(*text, '\n', ' ');  // One line stays one line.
  return text;
}

std::string_view find_json_key(std::string_view line) {
  for (const std::string_view key : kJsonKeys) {
    const std::optional<std::string> text = unwrap_json(line, key);
    if (!text) continue;
    if (starts_as_goroutine_header(*text) || find_hidden_header(*text)) return key;
    if (text->starts_with('{') && !find_json_key(*text).empty()) return key;
  }
  return {};
}

bool is_part_of_json(std::string_view line) {
  line = trim(line);
  return !line.empty() && std::string_view("{}[]\"").find(line[0]) != std::string_view::npos;
}

std::string_view unquote_csv(std::string_view line, std::string& text) {
  if (line.size() < 2 || !line.starts_with('"') || !line.ends_with('"')) return line;
  if (std::optional<std::string> string = take_escaped_line(line)) return text = *std::move(string);
  std::string field;
  for (std::string_view rest = line.substr(1, line.size() - 2); !rest.empty();) {
    const std::size_t quote = rest.find('"');
    field += rest.substr(0, quote);
    if (quote == std::string_view::npos) break;
    rest.remove_prefix(quote);
    if (!consume_prefix(rest, "\"\"")) return line;  // It ends here, and another follows.
    field += '"';
  }
  text = std::move(field);
  return text;
}

bool is_journal_field(std::string_view line) {
  const auto is_of_name = [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; };
  line = trim(line);
  if (line.empty()) return true;
  const std::size_t name =
      static_cast<std::size_t>(std::ranges::find_if_not(line, is_of_name) - line.begin());
  if (name > 0 && line.substr(name).starts_with('=')) return true;
  return line.ends_with(']') && line.find(" [s=") != std::string_view::npos;
}

}  // namespace plumb
