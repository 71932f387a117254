// SPDX-License-Identifier: Apache-2.0
#include "leak/source_hints.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/strings.h"
#include "leak/source_lines.h"

namespace plumb {
namespace {

using Source = std::function<std::string(std::string_view file, std::int64_t line)>;

constexpr std::int64_t kLinesAbove = 40;
constexpr std::int64_t kLinesBelow = 60;
constexpr std::int64_t kLinesAround = 80;  // Where other functions use the same channel.

// "ch := make(chan T, room)" for "ch := make(chan T)"; empty for any other line.
std::string with_room(std::string_view line, std::string_view channel, std::string_view room) {
  const std::string_view statement = trim(line.substr(0, line.find("//")));
  std::string_view rest = statement;
  consume_prefix(rest, "var ");
  if (!consume_prefix(rest, channel)) return {};
  rest = trim(rest);
  if (!consume_prefix(rest, ":=") && !consume_prefix(rest, "=")) return {};
  rest = trim(rest);
  if (!consume_prefix(rest, "make(") || !rest.starts_with("chan ") || !rest.ends_with(')')) {
    return {};
  }
  rest.remove_suffix(1);
  int depth = 0;
  for (const char c : rest) {
    if (contains("([{", std::string_view(&c, 1))) ++depth;
    if (contains(")]}", std::string_view(&c, 1))) --depth;
    if (depth < 0 || (depth == 0 && c == ',')) return {};
  }
  return std::string(statement.substr(0, statement.size() - 1)) + ", " + std::string(room) + ")";
}

// A variable or a field, which can be named again without doing anything.
bool is_variable(std::string_view text) {
  const auto is_part = [](char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '.'; };
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, is_part);
}

bool is_count(std::string_view text) {
  if (is_digits(text) || is_variable(text)) return true;
  return consume_prefix(text, "len(") && text.ends_with(')') &&
         is_variable(text.substr(0, text.size() - 1));
}

// How many rounds "for ... {" takes, in Go; empty if that is not plain.
std::string rounds_of(std::string_view loop) {
  loop = trim(loop.substr(0, loop.find("//")));
  if (!consume_prefix(loop, "for ") || !loop.ends_with('{')) return {};
  loop = trim(loop.substr(0, loop.size() - 1));
  const std::size_t range = loop.find("range ");
  if (range != std::string_view::npos) {
    const std::string_view over = trim(loop.substr(range + 6));
    if (is_digits(over)) return std::string(over);
    // With one variable it might be the number itself, or a channel.
    const bool has_two = contains(loop.substr(0, range), ",");
    return has_two && is_variable(over) ? "len(" + std::string(over) + ")" : std::string();
  }
  // i := 0; i < n; i++
  const std::string_view start = trim(take_until(loop, ';'));
  const std::string_view name = trim(start.substr(0, start.find(":=")));
  std::string_view until = trim(take_until(loop, ';'));
  if (!is_variable(name) || start != std::string(name) + " := 0") return {};
  if (trim(loop) != std::string(name) + "++" || !consume_prefix(until, name)) return {};
  until = trim(until);
  if (!consume_prefix(until, "<")) return {};
  until = trim(until);
  return is_count(until) ? std::string(until) : std::string();
}

// The loop right around a line of a function.
struct Loop {
  std::int64_t line = 0;
  std::string rounds;  // Empty if not plain.
};

// Who sends to a channel to have a place in it takes the value out again when it is done, in the
// same block.
bool gives_back(const Source& source, std::string_view file, std::int64_t line,
                std::string_view channel) {
  const std::string text = source(file, line);
  if (contains(text, "func(")) return false;
  for (std::int64_t at = line + 1; at < line + kLinesBelow; ++at) {
    const std::string below = source(file, at);
    if (trim(below).empty()) continue;
    if (indent_of(below) < indent_of(text)) break;
    if (channel_of_drop(below) == channel) return true;
  }
  return false;
}

// The same where one function takes the place and another gives it back: the channel has room for
// some values that tell nothing, and somebody drops them.
bool is_given_back_elsewhere(const Source& source, std::string_view file, std::int64_t line,
                             std::string_view channel) {
  bool has_room = false;
  bool is_dropped = false;
  for (std::int64_t at = line - kLinesAround; at < line + kLinesAround; ++at) {
    if (at < 1) continue;
    const std::string text = source(file, at);
    has_room = has_room || makes_with_room(text, channel);
    is_dropped = is_dropped || is_same_channel(channel_of_drop(text), channel);
  }
  return has_room && is_dropped;
}

// Calls `visit(line)` for each case of the select at `line`, up to the brace that closes it.
template <typename Visit>
void visit_cases(const Source& source, std::string_view file, std::int64_t line, Visit visit) {
  const std::size_t indent = indent_of(source(file, line));
  for (std::int64_t at = line + 1; at < line + kLinesBelow; ++at) {
    const std::string text = source(file, at);
    const std::string_view plain = trim(text);
    if (plain == "}" && indent_of(text) <= indent) break;
    if (plain.starts_with("case ") && indent_of(text) <= indent) visit(plain);
  }
}

bool is_end_of_wait(std::string_view line) {
  return is_context_wait(line) || is_timer(line) || contains(line, "imeout");
}

// Some method receives from the channel, a field, in a select that has an end.
bool is_awaited_with_end(const Source& source, std::string_view file, std::int64_t line,
                         std::string_view channel) {
  if (!contains(channel, ".")) return false;
  for (std::int64_t at = line - kLinesAround; at < line + kLinesAround; ++at) {
    if (at < 1 || !trim(source(file, at)).starts_with("select")) continue;
    bool receives = false;
    bool has_end = false;
    visit_cases(source, file, at, [&](std::string_view text) {
      receives = receives || is_same_channel(channel_of_receive(text), channel);
      has_end = has_end || is_end_of_wait(text);
    });
    if (receives && has_end) return true;
  }
  return false;
}

// What stands at `indent` in front of `line` is in a loop of its function, in which no channel is
// made. `counts`: a loop over something, and not one for ever.
bool is_in_loop(const Source& source, std::string_view file, std::int64_t line, std::size_t indent,
                bool counts) {
  for (std::int64_t at = line - 1; at > std::max<std::int64_t>(line - kLinesAbove, 0); --at) {
    const std::string above = source(file, at);
    const std::string_view plain = trim(above);
    if (plain.empty()) continue;
    if (contains(plain, "make(chan")) return false;
    if (indent_of(above) >= indent) continue;
    indent = indent_of(above);
    if (plain.starts_with("for ") && !(counts && plain == "for {")) return true;
    if (begins_function(above) || contains(plain, "func(")) return false;
  }
  return false;
}

void read_select(const Source& source, std::string_view file, std::int64_t line,
                 SourceHints& hints) {
  std::size_t cases = 0;
  std::size_t sends = 0;
  std::size_t ends = 0;
  bool has_timer = false;
  std::string channel;  // Of a send that may take a place.
  visit_cases(source, file, line, [&](std::string_view text) {
    ++cases;
    has_timer = has_timer || is_timer(text);
    const std::string_view sent = channel_of_send(text.substr(5));
    if (is_context_wait(text)) {
      ++ends;
    } else if (!sent.empty()) {
      ++sends;
      if (sends_token(text)) channel = sent;
    }
  });
  hints.waits_for_context = cases > 0 && ends == cases;
  const std::size_t indent = indent_of(source(file, line));
  hints.select_has_timer = has_timer && is_in_loop(source, file, line, indent, false);
  hints.select_sends = sends > 0 && sends + ends == cases;
  hints.gives_back_elsewhere = hints.select_sends && !channel.empty() &&
                               is_given_back_elsewhere(source, file, line, channel);
}

void read_blocked_line(const Source& source, std::string_view file, std::int64_t line,
                       SourceHints& hints) {
  const std::string text = source(file, line);
  const std::string_view plain = trim(text);
  hints.has_source = !text.empty();
  hints.ranges = contains(plain, "range ");
  hints.ranges_over_timer = is_timer(plain) && (hints.ranges || contains(plain, "<-"));
  if (plain.starts_with("select")) {
    read_select(source, file, line, hints);
  } else {
    hints.waits_for_context = contains(plain, "<-") && is_context_wait(plain);
  }
  const std::string_view channel = channel_of_send(plain);
  if (channel.empty()) return;
  hints.sends_in_loop =
      !contains(text, "func(") && is_in_loop(source, file, line, indent_of(text), false);
  hints.gives_back = gives_back(source, file, line, channel);
  hints.gives_back_elsewhere =
      sends_token(plain) && is_given_back_elsewhere(source, file, line, channel);
  hints.is_awaited_with_end = is_awaited_with_end(source, file, line, channel);
  const std::size_t indent = indent_of(text);
  for (std::int64_t at = line - 1; at > std::max<std::int64_t>(line - kLinesAbove, 0); --at) {
    const std::string above = source(file, at);
    const std::string_view statement = trim(above);
    if (begins_function(above) || contains(statement, "func(") || statement.starts_with("case ")) {
      break;
    }
    if (channel_of_send(statement) == channel && indent_of(above) >= indent) {
      hints.is_second_send = true;
    }
    // A return behind the first send keeps the second from being one.
    if (statement.starts_with("return") && indent_of(above) > indent) break;
  }
}

// The loop that starts one goroutine in each round, by the `go` statement at `line`. Without
// rounds if there is none in view, or it starts more.
Loop loop_around(const Source& source, std::string_view file, std::int64_t line) {
  const std::size_t go_indent = indent_of(source(file, line));
  Loop loop;
  for (std::int64_t at = line - 1; at > std::max<std::int64_t>(line - kLinesAbove, 0); --at) {
    const std::string above = source(file, at);
    if (begins_function(above) || trim(above).starts_with("go ")) return {};
    if (trim(above).empty() || indent_of(above) >= go_indent) continue;
    loop = {at, rounds_of(above)};
    break;
  }
  for (std::int64_t at = line + 1; at < line + kLinesBelow; ++at) {
    const std::string below = source(file, at);
    if (trim(below).starts_with("go ")) return {};
    if (!trim(below).empty() && indent_of(below) < go_indent) break;
  }
  return loop;
}

void read_go_statement(const Source& source, std::string_view file, std::int64_t line,
                       SourceHints& hints) {
  const std::string text = source(file, line);
  if (text.empty()) return;
  // Made outside of the loop, the channel is one for all of them.
  hints.creator_loops = is_in_loop(source, file, line, indent_of(text), true);
  bool in_select = false;
  const std::size_t go_indent = indent_of(text);
  for (std::int64_t at = line + 1; at < line + kLinesBelow; ++at) {
    const std::string below = source(file, at);
    if (begins_function(below) || below == "}") break;
    if (trim(below).starts_with("select") && indent_of(below) <= go_indent) in_select = true;
    if (in_select && trim(below).starts_with("case ") && is_end_of_wait(trim(below))) {
      hints.creator_has_timeout = true;
    }
  }
}

}  // namespace

SourceHints find_source_hints(const StackGroups& groups, const StackGroup& group,
                              const Source& source) {
  SourceHints hints;
  if (!source || group.blocked == kNone) return hints;
  const StackFrame& blocked = groups.frame(group, group.blocked);
  read_blocked_line(source, groups.text(blocked.file), blocked.line, hints);
  // The last line of a goroutine that tells that it is done looks like one that takes a place.
  if (group.blocked == group.entry) hints.gives_back_elsewhere = false;
  if (group.creator.index == kNone) return hints;
  const StackFrame& creator = groups.frame(group.creator);
  read_go_statement(source, groups.text(creator.file), creator.line, hints);
  return hints;
}

std::optional<SourceLine> find_channel_with_room(const StackGroups& groups, const StackGroup& group,
                                                 Room room, const Source& source) {
  if (!source || group.blocked == kNone || group.creator.index == kNone) return std::nullopt;
  const StackFrame& blocked = groups.frame(group, group.blocked);
  const std::string line = source(groups.text(blocked.file), blocked.line);
  const std::string_view channel = channel_of_send(trim(line));
  if (channel.empty() || contains(channel, ".") || contains(channel, "[")) return std::nullopt;
  const StackFrame& creator = groups.frame(group.creator);
  const std::string_view file = groups.text(creator.file);
  Loop loop{creator.line, "1"};
  if (room == Room::All) loop = loop_around(source, file, creator.line);
  if (loop.rounds.empty()) return std::nullopt;
  const std::int64_t limit = std::max<std::int64_t>(creator.line - kLinesAbove, 0);
  for (std::int64_t at = loop.line - 1; at > limit; --at) {
    const std::string above = source(file, at);
    // Rounds of a loop around this one would come on top.
    if (begins_function(above) || (room == Room::All && trim(above).starts_with("for "))) break;
    std::string changed = with_room(above, channel, loop.rounds);
    if (!changed.empty()) return SourceLine{at, std::move(changed)};
  }
  return std::nullopt;
}

}  // namespace plumb
