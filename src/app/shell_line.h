// SPDX-License-Identifier: Apache-2.0
// The grammar of one line of the shell: words, quotes, assignments, where a pipe starts.
//
//   top 5 "chan send" -'(select)' > "my file" | less -S
//   tagfocus=state="chan send"   //: a comment
//
// Words are separated by blanks. pprof has no quotes; here they are few and in places where no
// regular expression has them by chance:
//
// - A quote, ' or ", opens at the start of a word (behind a leading - or >) and behind =. Elsewhere
//   it is an ordinary character: operator""_s, Foo<'a>.
// - Between '...' everything is literal. Between "..." too, but \" is a quote.
// - Outside of quotes a backslash in front of a blank or a quote makes that an ordinary character
//   and vanishes. In front of anything else it stays, as regular expressions want it: main\.run.
// - A | that is a word of its own starts a pipe; what follows is a line for sh, taken as it is.
// - In an assignment everything behind = is the value, blanks and | included.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb::cli {

struct ShellWord {
  std::string text;       ///< Without quotes.
  std::size_t plain = 0;  ///< So many characters at its front were not quoted.

  /// True if the word starts with an unquoted `c`: '-' or '>'.
  [[nodiscard]] bool begins_with(char c) const { return plain > 0 && text[0] == c; }
};

struct ShellLine {
  std::vector<ShellWord> words;
  std::optional<std::string> pipe;  ///< The line for sh behind a lone |.
};

/// Splits a line that is no assignment.
///
/// Errors: Usage for a quote that is not closed, and for a pipe into nothing.
Result<ShellLine> split_shell_line(std::string_view line);

/// The word at the end of a line that is being typed.
struct UnfinishedWord {
  std::vector<ShellWord> before;  ///< The words in front of it.
  ShellWord word;                 ///< What there is of it: empty behind a blank.
  std::size_t start = 0;          ///< Where it starts in the line.
  bool is_piped = false;          ///< It belongs to the line for sh.
};

/// Reads a line up to the cursor. A quote may be open.
UnfinishedWord find_unfinished_word(std::string_view line);

/// name=value, or a name alone.
struct ShellAssignment {
  std::string_view name;                  ///< Views the line.
  std::optional<std::string_view> value;  ///< As written, without comment and blanks at its ends.
};

/// Reads `line` as an assignment: always succeeds, whatever the name is.
ShellAssignment split_assignment(std::string_view line);

/// The value of an assignment without its quotes. Errors: Usage for a quote that is not closed.
Result<std::string> unquote_value(std::string_view value);

/// `text` such that split_shell_line() gives it back as one word, if possible without quotes.
std::string quote_shell_word(std::string_view text);

}  // namespace plumb::cli
