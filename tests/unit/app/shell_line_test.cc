// SPDX-License-Identifier: Apache-2.0
#include "app/shell_line.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumb::cli {
namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<ShellWord>& words) {
  Texts texts;
  for (const ShellWord& word : words) texts.push_back(word.text);
  return texts;
}

struct SplitCase {
  const char* name;
  std::string line;
  Texts words;
  std::string pipe = "";
};

TEST(ShellLine, SplitsByItsGrammar) {
  const SplitCase cases[] = {
      {"nothing", "", {}},
      {"blanks alone", " \t ", {}},
      {"words", "top 5  foo\t-bar ", {"top", "5", "foo", "-bar"}},
      {"backslashes of regular expressions stay",
       R"(top main\.\(\*T\))",
       {"top", R"(main\.\(\*T\))"}},
      {"two backslashes stay two", R"(top a\\ b)", {"top", R"(a\\)", "b"}},
      {"a backslash at the end stays", R"(top a\)", {"top", R"(a\)"}},
      {"a backslash keeps a blank", R"(top a\ b)", {"top", "a b"}},
      {"a backslash keeps a quote", R"(top \"a \'b)", {"top", "\"a", "'b"}},
      {"single quotes keep everything", R"(top 'a "b" \. c')", {"top", R"(a "b" \. c)"}},
      {"double quotes keep all but their own escape",
       R"(top "a 'b' \. \" c")",
       {"top", R"(a 'b' \. " c)"}},
      {"an empty word", "top ''", {"top", ""}},
      {"quotes behind =", "top -focus=\"a b\" x=y='c d'", {"top", "-focus=a b", "x=y=c d"}},
      {"quotes behind a dash", "top -'a b'", {"top", "-a b"}},
      {"quotes behind >", "top >\"my file\"", {"top", ">my file"}},
      {"words join behind a quote", "top 'a b'c", {"top", "a bc"}},
      {"quotes inside words are ordinary",
       R"(peek operator""_s Foo<'a>)",
       {"peek", R"(operator""_s)", "Foo<'a>"}},
      {"a pipe", "top 5 | less -S", {"top", "5"}, "less -S"},
      {"what follows a pipe is not touched",
       R"(top | grep 'a  "b' | wc)",
       {"top"},
       R"(grep 'a  "b' | wc)"},
      {"a | inside a word is a regular expression", "top a|b |c d|", {"top", "a|b", "|c", "d|"}},
      {"a | in quotes is a word", "top '|' head", {"top", "|", "head"}},
      {"an escaped | is a word", R"(top \| head)", {"top", R"(\|)", "head"}},
      {"other signs of sh mean nothing", "top a&b;c $HOME `x`", {"top", "a&b;c", "$HOME", "`x`"}},
  };
  for (const SplitCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto line = split_shell_line(c.line);
    ASSERT_TRUE(line) << line.error().message();
    EXPECT_EQ(texts_of(line->words), c.words);
    EXPECT_EQ(line->pipe.value_or(""), c.pipe);
  }
}

TEST(ShellLine, TellsWhatWasQuoted) {
  const auto line = split_shell_line("-cum '-cum' -'cum' -focus='a' \\ x");
  ASSERT_TRUE(line);
  const std::vector<std::size_t> expected = {4, 0, 1, 7, 0};
  std::vector<std::size_t> plain;
  for (const ShellWord& word : line->words) plain.push_back(word.plain);
  EXPECT_EQ(plain, expected);
  EXPECT_TRUE(line->words[0].begins_with('-'));
  EXPECT_FALSE(line->words[1].begins_with('-'));
}

TEST(ShellLine, SaysWhatIsWrong) {
  const auto unclosed = split_shell_line("top 'a b");
  ASSERT_FALSE(unclosed);
  EXPECT_TRUE(unclosed.error().message().starts_with("no closing ' in 'a b\n"));
  const auto nowhere = split_shell_line("top | ");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().message(), "unexpected end of line after |");
}

struct AssignmentCase {
  const char* name;
  std::string line;
  std::string name_of_it;
  const char* value;  // As written; null: none.
  std::string unquoted = "";
};

TEST(ShellLine, ReadsAssignments) {
  const AssignmentCase cases[] = {
      {"plain", "focus=main", "focus", "main", "main"},
      {"blanks around", " focus = main ", "focus", "main", "main"},
      {"a name alone", "call_tree", "call_tree", nullptr},
      {"nothing behind =", "focus=", "focus", "", ""},
      {"blanks, | and = belong to the value", "tagfocus=key=a b | c", "tagfocus", "key=a b | c",
       "key=a b | c"},
      {"a comment", "focus=main //: why", "focus", "main", "main"},
      {"the last comment alone", "focus=a//:b //: c", "focus", "a//:b", "a//:b"},
      {"no comment in quotes", "focus='a //: b'", "focus", "'a //: b'", "a //: b"},
      {"quotes", "tagfocus=\"chan send\"", "tagfocus", "\"chan send\"", "chan send"},
      {"quotes behind =", "tagfocus=state=\"chan send\"", "tagfocus", "state=\"chan send\"",
       "state=chan send"},
      {"quoted blanks stay", "focus='  a '", "focus", "'  a '", "  a "},
      {"backslashes stay", R"(focus=main\.run)", "focus", R"(main\.run)", R"(main\.run)"},
      {"a command line is a name too", "top 5", "top 5", nullptr},
  };
  for (const AssignmentCase& c : cases) {
    SCOPED_TRACE(c.name);
    const ShellAssignment assignment = split_assignment(c.line);
    EXPECT_EQ(assignment.name, c.name_of_it);
    ASSERT_EQ(assignment.value.has_value(), c.value != nullptr);
    if (c.value == nullptr) continue;
    EXPECT_EQ(*assignment.value, c.value);
    const auto unquoted = unquote_value(*assignment.value);
    ASSERT_TRUE(unquoted);
    EXPECT_EQ(*unquoted, c.unquoted);
  }
}

TEST(ShellLine, QuotedWordsComeBackAsTheyWere) {
  const Texts words = {"",         "plain",  "a b",    "'",       "\"",       "a'b",
                       "a \" ' b", "-x",     ">f",     "|",       "a|b",      "\\",
                       "a\\",      "a\\ b",  "\\'",    "x='y",    "x=\"y",    "main\\.f",
                       " lead",    "trail ", "-'a b'", "a\\\\ b", "tab\there"};
  for (const std::string& word : words) {
    SCOPED_TRACE(word);
    const auto line = split_shell_line("cmd " + quote_shell_word(word) + " end");
    ASSERT_TRUE(line) << line.error().message();
    ASSERT_EQ(line->words.size(), 3u);
    EXPECT_EQ(line->words[1].text, word);
  }
  EXPECT_EQ(quote_shell_word("main.\\(\\*T\\).f"), "main.\\(\\*T\\).f") << "no quotes without need";
}

TEST(ShellLine, FindsTheWordBeingTyped) {
  struct TypedCase {
    const char* name;
    std::string line;
    Texts before;
    std::string word;
    std::size_t start;
    bool is_piped = false;
  };
  const TypedCase cases[] = {
      {"nothing", "", {}, "", 0},
      {"the first word", "to", {}, "to", 0},
      {"a new word", "top ", {"top"}, "", 4},
      {"a second word", "top mai", {"top"}, "mai", 4},
      {"inside an open quote", "top 'chan se", {"top"}, "chan se", 4},
      {"inside a pipe", "top | le", {"top", "|"}, "le", 6, true},
  };
  for (const TypedCase& c : cases) {
    SCOPED_TRACE(c.name);
    const UnfinishedWord found = find_unfinished_word(c.line);
    EXPECT_EQ(texts_of(found.before), c.before);
    EXPECT_EQ(found.word.text, c.word);
    EXPECT_EQ(found.start, c.start);
    EXPECT_EQ(found.is_piped, c.is_piped);
  }
}

}  // namespace
}  // namespace plumb::cli
