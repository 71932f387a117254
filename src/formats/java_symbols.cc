// SPDX-License-Identifier: Apache-2.0
#include "formats/java_symbols.h"

#include <optional>
#include <string>

#include "base/paths.h"
#include "base/strings.h"
#include "base/try.h"
#include "formats/legacy_text.h"

namespace plumb {
namespace {

struct JavaFrame {
  std::string_view function;
  std::string_view file;
  std::int64_t line = 0;
};

// The last parenthesis at `last` or before it that has a blank in front; npos if there is none.
std::size_t find_open(std::string_view text, std::size_t last) {
  for (std::size_t at = text.rfind('(', last); at != std::string_view::npos && at > 0;
       at = text.rfind('(', at - 1)) {
    if (kRegexpSpaces.find(text[at - 1]) != std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

// "com.example.Server.handle (Server.java:123)"
std::optional<JavaFrame> match_file_line(std::string_view text) {
  if (!text.ends_with(')')) return std::nullopt;
  std::size_t colon = text.find_last_not_of(kDecimalDigits, text.size() - 2);
  if (colon == std::string_view::npos || colon + 2 >= text.size()) return std::nullopt;
  const std::string_view number = text.substr(colon + 1, text.size() - colon - 2);
  const bool is_negative = text[colon] == '-' && colon > 0;
  if (is_negative) --colon;
  if (text[colon] != ':' || colon < 2) return std::nullopt;
  const std::size_t open = find_open(text, colon - 2);  // A file has at least one character.
  if (open == std::string_view::npos) return std::nullopt;
  const auto line = is_negative ? std::nullopt : parse_int<std::int64_t>(number);
  return JavaFrame{text.substr(0, open - 1), text.substr(open + 1, colon - open - 1),
                   line.value_or(0)};
}

// "pthread_cond_wait (/lib/libpthread.so.0)": the path says nothing more than the library.
std::optional<JavaFrame> match_library(std::string_view text) {
  if (!text.ends_with(')') || text.size() < 2) return std::nullopt;
  const std::size_t open = find_open(text, text.size() - 2);
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view path = text.substr(open + 1, text.size() - open - 2);
  return JavaFrame{text.substr(0, open - 1), path_base(path), 0};
}

JavaFrame parse_frame(std::string_view text) {
  if (const auto frame = match_file_line(text)) return *frame;
  if (const auto frame = match_library(text)) return *frame;
  if (text.find("generated stub/JIT") != std::string_view::npos) return {"STUB", {}, 0};
  return {text, {}, 0};  // A state of the virtual machine.
}

}  // namespace

Result<void> JavaSymbols::read_line(const TextLine& line) {
  std::string_view text = trim(line.text);
  if (text.empty()) return {};
  const bool is_hex = consume_prefix(text, "0x");
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789abcdefABCDEF"));
  text.remove_prefix(digits.size());
  const std::size_t name = text.find_first_not_of(kRegexpSpaces);
  const bool is_symbol = is_hex && !digits.empty() && name != 0 && name != std::string_view::npos;
  const bool is_cut = !line.is_whole && !text.ends_with(')');
  if (!is_symbol || is_cut) {
    add_loss(profile_.losses, is_cut ? "symbol cut short" : "unreadable line", 1, line.number);
    return {};
  }
  const auto address = parse_int<std::uint64_t>(digits, 16);
  if (!address) return malformed_sample(line, "address is no 64-bit number");
  const std::uint32_t location = table_.find(*address);
  if (location != kNone) name_location(location, text.substr(name));
  return {};
}

void JavaSymbols::name_location(std::uint32_t location, std::string_view text) {
  symbols_.resize(profile_.locations.size());
  const JavaFrame frame = parse_frame(text);
  Symbol& symbol = symbols_[location];
  symbol.function = profile_.strings.intern(frame.function);
  symbol.line = frame.line;
  symbol.is_known = true;
  files_.emplace(symbol.function.index, profile_.strings.intern(frame.file));
}

Result<void> JavaSymbols::read(WindowCursor& cursor, const Limits& limits) {
  constexpr std::size_t kNodeBytes = 48;  // Of files_, with its share of the buckets.
  TextLine line;
  while (true) {
    TRY_ASSIGN(const bool has_line, cursor.next_line(line));
    if (!has_line) break;
    TRY(read_line(line));
    const std::size_t more =
        table_.memory_bytes() + symbols_.capacity() * sizeof(Symbol) + files_.size() * kNodeBytes;
    TRY(check_memory(profile_, limits, more, line.number));
  }
  finish();
  return {};
}

// Functions are numbered in the order of the locations that use them.
void JavaSymbols::finish() {
  symbols_.resize(profile_.locations.size());
  std::unordered_map<std::uint32_t, FunctionId> functions;  // By name.
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    Location& location = profile_.locations[i];
    if (!symbols_[i].is_known) {
      if (location.address != 0) {
        if (profile_.mappings.empty()) profile_.mappings.emplace_back().limit = UINT64_MAX;
        location.mapping.index = 0;
      }
      location.address = 0;
      continue;
    }
    const StringId name = symbols_[i].function;
    const FunctionId next{static_cast<std::uint32_t>(profile_.functions.size())};
    const auto [at, is_new] = functions.emplace(name.index, next);
    if (is_new) {
      profile_.functions.push_back(
          {.name = name, .system_name = name, .file = files_[name.index], .start_line = 0});
    }
    location.address = 0;
    location.first_line = static_cast<std::uint32_t>(profile_.lines.size());
    location.line_count = 1;
    profile_.lines.push_back({.function = at->second, .line = symbols_[i].line, .column = 0});
  }
}

}  // namespace plumb
