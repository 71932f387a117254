// SPDX-License-Identifier: Apache-2.0
#include "model/regexp.h"

#include <re2/re2.h>

#include <string>
#include <utility>

#include "base/replace_all.h"
#include "base/strings.h"

namespace plumb {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

std::unique_ptr<re2::RE2> compile_re2(std::string_view pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(std::int64_t{64} << 20);  // Go has no such limit, only one on the pattern.
  return std::make_unique<re2::RE2>(piece(pattern), options);
}

std::string_view go_words(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass:
      return "invalid character class";
    case re2::RE2::ErrorBadCharRange:
      return "invalid character class range";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case re2::RE2::ErrorPatternTooLarge:
      return "expression too large";
    default:
      return "regexp/syntax: internal error";
  }
}

Error parse_error(re2::RE2::ErrorCode code, std::string_view part) {
  return {ErrorCode::Usage,
          "error parsing regexp: " + std::string(go_words(code)) + ": `" + std::string(part) + '`'};
}

// True if RE2 would take a \C in `pattern` for "any byte".
bool has_any_byte(std::string_view pattern) {
  for (std::size_t at = 0; (at = pattern.find('\\', at)) != std::string_view::npos; at += 2) {
    const char next = at + 1 < pattern.size() ? pattern[at + 1] : '\0';
    if (next == 'C') return true;
    if (next == 'Q') at = std::min(pattern.find("\\E", at), pattern.size());
  }
  return false;
}

bool is_group_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

// `pattern` with its named groups as plain ones: nobody asks for what they matched.
std::string without_group_names(std::string_view pattern) {
  std::string out;
  for (;;) {
    const std::size_t at = std::min(pattern.find("(?P<"), pattern.find("(?<"));
    out += pattern.substr(0, at);
    if (at == std::string_view::npos) return out;
    pattern.remove_prefix(at);
    const std::size_t name = pattern.find('<') + 1;
    const std::size_t end = std::min(pattern.find('>'), pattern.size());
    if (is_group_name(pattern.substr(name, end - name))) {
      out += '(';
      pattern.remove_prefix(std::min(end + 1, pattern.size()));
    } else {
      out += pattern.substr(0, name);
      pattern.remove_prefix(name);
    }
  }
}

// What Go says of a pattern in which RE2 stumbles over (?<name>: what RE2 says of (?P<name>.
Error error_of_groups(std::string_view pattern) {
  constexpr std::string_view kOpening = "(?<";
  constexpr std::string_view kKnown = "(?P<";
  // At the end it is no named group, for Go either.
  const std::size_t end = pattern.size() - (pattern.ends_with(kOpening) ? kOpening.size() : 0);
  std::string known = replace_all(std::string(pattern.substr(0, end)), kOpening, kKnown);
  known += pattern.substr(end);
  const auto compiled = compile_re2(known);
  if (compiled->ok()) return parse_error(re2::RE2::ErrorBadPerlOp, kOpening);
  const std::string& part = compiled->error_arg();
  if (part == known) return parse_error(compiled->error_code(), pattern);
  const std::string original = replace_all(part, kKnown, kOpening);
  const bool is_there = pattern.find(original) != std::string_view::npos;
  return parse_error(compiled->error_code(), is_there ? original : part);
}

}  // namespace

Regexp::Regexp(std::unique_ptr<re2::RE2> compiled) : compiled_(std::move(compiled)) {}
Regexp::Regexp(Regexp&& other) noexcept = default;
Regexp& Regexp::operator=(Regexp&& other) noexcept = default;
Regexp::~Regexp() = default;

Result<Regexp> Regexp::compile(std::string_view pattern) {
  auto compiled = compile_re2(pattern);
  if (compiled->ok() && has_any_byte(pattern)) {
    return parse_error(re2::RE2::ErrorBadEscape, "\\C");
  }
  const re2::RE2::ErrorCode code = compiled->error_code();
  if (code == re2::RE2::ErrorBadNamedCapture || code == re2::RE2::ErrorBadPerlOp) {
    auto plain = compile_re2(without_group_names(pattern));
    if (plain->ok()) return Regexp(std::move(plain));
    if (compiled->error_arg() == "(?<") return error_of_groups(pattern);
  }
  if (!compiled->ok()) return parse_error(code, compiled->error_arg());
  return Regexp(std::move(compiled));
}

bool Regexp::matches(std::string_view text) const {
  if (is_valid_utf8(text)) return re2::RE2::PartialMatch(piece(text), *compiled_);
  return re2::RE2::PartialMatch(valid_utf8(text), *compiled_);
}

}  // namespace plumb
