// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_frame.h"

#include <algorithm>

#include "base/strings.h"

namespace plumb {
namespace {

// What the arguments of a call are made of.
constexpr std::string_view kArguments = "0123456789abcdefx?{}_., ";

// Takes a decimal number off the back; nothing if there is none that fits.
template <typename Int>
std::optional<Int> take_last_number(std::string_view& text) {
  const std::size_t before = text.find_last_not_of(kDecimalDigits);
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  const auto number = parse_int<Int>(text.substr(start));
  if (number) text = text.substr(0, start);
  return number;
}

FunctionLine parse_creator(std::string_view line) {
  constexpr std::string_view kCreatedBy = "created by ";
  FunctionLine creator{FunctionLineKind::Creator, line.substr(kCreatedBy.size()), line, 0, false};
  std::string_view rest = creator.name;
  if (const auto id = take_last_number<std::uint64_t>(rest);
      id && consume_suffix(rest, " in goroutine ")) {
    creator.number = *id;
    creator.name = rest;
    creator.key = line.substr(0, kCreatedBy.size() + rest.size());
  }
  creator.is_strict = !creator.name.empty() && creator.name.find(' ') == std::string_view::npos;
  return creator;
}

std::optional<FunctionLine> parse_elided(std::string_view line) {
  std::string_view middle = line;
  if (!consume_prefix(middle, "...") || !consume_suffix(middle, " frames elided...")) {
    return std::nullopt;
  }
  const auto number = parse_int<std::uint64_t>(middle);
  if (!number && middle != "additional") return std::nullopt;
  return FunctionLine{FunctionLineKind::Elided, line, line, number.value_or(0), true};
}

std::optional<FunctionLine> parse_ancestor(std::string_view line) {
  std::string_view id = line;
  if (!consume_prefix(id, "[originating from goroutine ") || !consume_suffix(id, "]:")) {
    return std::nullopt;
  }
  const auto number = parse_int<std::uint64_t>(id);
  if (!number) return std::nullopt;
  return FunctionLine{FunctionLineKind::Ancestor, line, line.substr(0, 28), *number, true};
}

// Where the arguments begin. In a name of Go every other parenthesis is that of a receiver, "(*T)";
// names of C++ have those of the functions around: "f()::{lambda()#1}::operator()".
std::size_t find_arguments(std::string_view line) {
  if (line.find("::") != std::string_view::npos) return line.rfind('(');
  std::size_t open = line.find('(');
  while (open != std::string_view::npos && line.substr(open).starts_with("(*")) {
    open = line.find('(', open + 1);
  }
  return open;
}

// `name` "(" args ")".
FunctionLine parse_call(std::string_view line) {
  const std::size_t open = find_arguments(line);
  if (open == std::string_view::npos || open == 0 || !line.ends_with(')')) {
    return {FunctionLineKind::Other, line, line, 0, false};
  }
  const std::string_view args = line.substr(open + 1, line.size() - open - 2);
  const bool is_inlined = args == "...";
  FunctionLine call{FunctionLineKind::Call, line.substr(0, open), line.substr(0, open + 1), 0,
                    false};
  if (is_inlined) {
    call.kind = FunctionLineKind::Inlined;
    call.key = line;
  }
  call.is_strict = call.name.find_first_of(" \t") == std::string_view::npos &&
                   args.find_first_not_of(kArguments) == std::string_view::npos;
  return call;
}

// True for " pc=0x439a16" at the end.
bool ends_with_pc(std::string_view line) {
  const std::size_t at = line.rfind(" pc=0x");
  if (at == std::string_view::npos) return false;
  const std::string_view digits = line.substr(at + 6);
  return !digits.empty() && digits.size() < 18 &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// `line` without the end of the block of code that it is the last line of, in a page or a chat:
// `main.go:31 +0x4b</pre>`.
std::string_view without_markup(std::string_view line) {
  if (!line.ends_with('>') && !line.ends_with('`')) return line;
  return trim(line.substr(0, std::min(line.find("</"), line.find("```"))));
}

}  // namespace

FunctionLine parse_function_line(std::string_view line) {
  line = trim(line);
  if (line.starts_with("created by ")) return parse_creator(line);
  if (line.starts_with("...")) {
    if (const auto elided = parse_elided(line)) return *elided;
  }
  if (line.starts_with("[originating from")) {
    if (const auto ancestor = parse_ancestor(line)) return *ancestor;
  }
  if (line == "goroutine running on other thread; stack unavailable") {
    return {FunctionLineKind::Unavailable, line, line, 0, true};
  }
  if (line.starts_with("non-Go function at pc=")) {
    return {FunctionLineKind::CgoAddress, line, line, 0, true};
  }
  return parse_call(line);
}

bool breaks_off(std::string_view line) {
  line = trim(line);
  const std::size_t open = find_arguments(line);
  return open != std::string_view::npos && open != 0 &&
         line.substr(0, open).find_first_of(" \t") == std::string_view::npos &&
         line.find_first_not_of(kArguments, open + 1) == std::string_view::npos;
}

std::optional<FileLine> parse_file_line(std::string_view line) {
  constexpr std::string_view kNoBreakSpace = "\xc2\xa0";  // Where a web page was copied from.
  FileLine result;
  line = trim(line);
  while (consume_prefix(line, kNoBreakSpace)) line = trim(line);
  line = without_markup(line);
  if (const std::size_t at = line.find(" fp=0x"); at != std::string_view::npos) {
    if (!ends_with_pc(line)) return std::nullopt;
    line = line.substr(0, at);
  } else if (const std::size_t pc = line.rfind("pc="); pc != std::string_view::npos) {
    if (pc == 0) return FileLine{{}, 0, 0, false, true, {}};
    if (line[pc - 1] == ' ') {
      result.has_pc = true;
      line = line.substr(0, pc - 1);
    }
  }
  result.key = line;
  if (const std::size_t at = line.rfind(" +0x"); at != std::string_view::npos) {
    const auto offset = parse_int<std::uint64_t>(line.substr(at + 4), 16);
    if (!offset) return std::nullopt;
    result.pc_offset = *offset;
    result.has_offset = true;
    line = line.substr(0, at);
  }
  const auto number = take_last_number<std::int64_t>(line);
  if (!number || !consume_suffix(line, ":") || line.empty()) return std::nullopt;
  result.line = *number;
  result.file = line;
  return result;
}

}  // namespace plumb
