// SPDX-License-Identifier: Apache-2.0
#include "app/shell_line.h"

#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kComment = "//:";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

Error unclosed(std::string_view from_quote) {
  return {ErrorCode::Usage, "no closing " + std::string(1, from_quote[0]) + " in " +
                                std::string(from_quote) +
                                "\nbehind a backslash, or inside a "
                                "word, a quote is an ordinary character"};
}

// What is left of a line.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool at_blank() const { return !rest_.empty() && is_blank(rest_[0]); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  void skip_blanks() {
    while (at_blank()) rest_.remove_prefix(1);
    at_word_start_ = true;
  }

  /// Takes the next character, or quoted text, into `word`.
  Result<void> take_piece(ShellWord& word) {
    const char c = rest_[0];
    const bool may_open = at_word_start_ || (!word.text.empty() && word.text.back() == '=');
    const bool opens_word = at_word_start_ && (c == '-' || c == '>');
    at_word_start_ = is_blank(c) || opens_word;
    if (is_quote(c) && may_open) return take_quoted(word);
    if (c == '\\' && rest_.size() > 1) {
      take_escaped(word);
      return {};
    }
    add_plain(word, rest_.substr(0, 1));
    rest_.remove_prefix(1);
    return {};
  }

 private:
  static void add_plain(ShellWord& word, std::string_view text) {
    if (word.plain == word.text.size()) word.plain += text.size();
    word.text += text;
  }

  void take_escaped(ShellWord& word) {
    const char next = rest_[1];
    if (is_blank(next) || is_quote(next)) {
      word.text += next;  // Not plain: it stands for itself.
    } else {
      add_plain(word, rest_.substr(0, 2));
    }
    rest_.remove_prefix(2);
  }

  Result<void> take_quoted(ShellWord& word) {
    const std::string_view start = rest_;
    const char quote = rest_[0];
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != quote) {
      if (quote == '"' && rest_.starts_with("\\\"")) rest_.remove_prefix(1);
      word.text += rest_[0];
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return unclosed(start);
    rest_.remove_prefix(1);
    return {};
  }

  std::string_view rest_;
  bool at_word_start_ = true;  // Only blanks, a - or a > stand between here and the last word.
};

// The start of the last comment outside of quotes, or the size of `value`. A value whose quotes do
// not close has no comment; unquote_value() says what is wrong with it.
std::size_t find_comment(std::string_view value) {
  std::size_t comment = value.size();
  Cursor cursor(value);
  ShellWord passed;
  while (!cursor.at_end()) {
    if (cursor.rest().starts_with(kComment)) comment = value.size() - cursor.rest().size();
    if (!cursor.take_piece(passed)) return value.size();
  }
  return comment;
}

// A backslash that would eat what stands behind it.
bool has_escaped_blank(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && (is_blank(text[i + 1]) || is_quote(text[i + 1]))) return true;
  }
  return false;
}

std::string shell_line_quoted(std::string_view text) {
  if (text.find('\'') == std::string_view::npos) return '\'' + std::string(text) + '\'';
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

Result<ShellLine> split_shell_line(std::string_view text) {
  ShellLine line;
  Cursor cursor(text);
  for (;;) {
    cursor.skip_blanks();
    if (cursor.at_end()) return line;
    ShellWord word;
    while (!cursor.at_end() && !cursor.at_blank()) TRY(cursor.take_piece(word));
    if (word.text == "|" && word.plain == 1) {
      line.pipe = std::string(trim(cursor.rest()));
      if (line.pipe->empty()) return Error(ErrorCode::Usage, "unexpected end of line after |");
      return line;
    }
    line.words.push_back(std::move(word));
  }
}

UnfinishedWord find_unfinished_word(std::string_view line) {
  UnfinishedWord found;
  Cursor cursor(line);
  for (;;) {
    cursor.skip_blanks();
    found.start = line.size() - cursor.rest().size();
    ShellWord word;
    while (!cursor.at_end() && !cursor.at_blank()) {
      // An open quote takes everything; what it took so far is in the word.
      if (!cursor.take_piece(word)) break;
    }
    if (cursor.at_end()) {
      found.word = std::move(word);
      return found;
    }
    found.is_piped = found.is_piped || (word.text == "|" && word.plain == 1);
    found.before.push_back(std::move(word));
  }
}

ShellAssignment split_assignment(std::string_view line) {
  const std::size_t equals = line.find('=');
  ShellAssignment assignment{trim(line.substr(0, equals)), std::nullopt};
  if (equals == std::string_view::npos) return assignment;
  const std::string_view value = trim(line.substr(equals + 1));
  assignment.value = trim(value.substr(0, find_comment(value)));
  return assignment;
}

Result<std::string> unquote_value(std::string_view value) {
  Cursor cursor(value);
  ShellWord word;
  while (!cursor.at_end()) TRY(cursor.take_piece(word));
  return std::move(word.text);
}

std::string quote_shell_word(std::string_view text) {
  const bool needs_quotes = text.empty() || text == "|" || text[0] == '-' || text[0] == '>' ||
                            text.back() == '\\' || has_escaped_blank(text);
  if (needs_quotes) return shell_line_quoted(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool may_open = i == 0 || text[i - 1] == '=' || is_blank(text[i - 1]);
    if (is_blank(text[i]) || (is_quote(text[i]) && may_open)) out += '\\';
    out += text[i];
  }
  return out;
}

}  // namespace plumb::cli
