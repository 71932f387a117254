// SPDX-License-Identifier: Apache-2.0
#include "leak/source_lines.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/strings.h"

namespace plumb {
namespace {

bool is_of_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.';
}

// "ch" of "f.ch"; the whole of a variable.
std::string_view field_of(std::string_view channel) {
  return channel.substr(channel.rfind('.') + 1);
}

}  // namespace

bool is_context_wait(std::string_view line) {
  return contains(line, ".Done()");
}

bool is_timer(std::string_view line) {
  return contains(line, "time.After") || contains(line, ".C {") || contains(line, ".C:") ||
         line.ends_with(".C") || contains(line, "time.Tick");
}

bool begins_function(std::string_view line) {
  return line.starts_with("func ");
}

std::size_t indent_of(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t");
  return at == std::string_view::npos ? line.size() : at;
}

std::string_view channel_of_send(std::string_view line) {
  const std::size_t arrow = line.find("<-");
  if (arrow == std::string_view::npos || arrow == 0) return {};
  std::string_view left = trim(line.substr(0, arrow));
  const std::size_t space = left.find_last_of(" \t{;(");
  if (space != std::string_view::npos) left = left.substr(space + 1);
  if (left.empty() || left.ends_with('=') || left.ends_with(',')) return {};
  return left;
}

std::string_view channel_of_receive(std::string_view line) {
  const std::size_t arrow = line.find("<-");
  if (arrow == std::string_view::npos) return {};
  const std::string_view behind = line.substr(arrow + 2);
  const auto* const end = std::find_if_not(behind.begin(), behind.end(), is_of_name);
  return behind.substr(0, static_cast<std::size_t>(end - behind.begin()));
}

std::string_view channel_of_drop(std::string_view line) {
  const std::string_view statement = trim(line);
  const std::string_view before = trim(statement.substr(0, statement.find("<-")));
  if (!before.empty() && !before.ends_with('{')) return {};
  const std::string_view channel = channel_of_receive(statement);
  if (channel.empty()) return {};
  const std::string_view rest = trim(std::string_view(channel.end(), statement.end()));
  const bool is_all = rest.empty() || rest.starts_with('}') || rest.starts_with("//");
  return is_all ? channel : std::string_view();
}

bool is_same_channel(std::string_view a, std::string_view b) {
  if (a == b) return !a.empty();
  return contains(a, ".") && contains(b, ".") && field_of(a) == field_of(b);
}

bool sends_token(std::string_view line) {
  const std::size_t arrow = line.find("<-");
  if (arrow == std::string_view::npos) return false;
  std::string_view value = trim(line.substr(arrow + 2));
  if (consume_prefix(value, "struct{}{}")) return true;
  const std::string_view word = value.substr(0, value.find_first_of(" :}\t"));
  return word == "true" || word == "1";
}

bool makes_with_room(std::string_view line, std::string_view channel) {
  const std::size_t made = line.find("make(chan ");
  if (made == std::string_view::npos) return false;
  std::string_view name = trim(line.substr(0, made));
  while (name.ends_with('=') || name.ends_with(':')) name.remove_suffix(1);
  name = trim(name);
  name = name.substr(name.find_last_of(" \t{(,&.") + 1);
  if (name.empty() || name != field_of(channel)) return false;
  int depth = 0;
  for (const char c : line.substr(made + 5)) {
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth < 0) return false;
    if (depth == 0 && c == ',') return true;
  }
  return false;
}

}  // namespace plumb
