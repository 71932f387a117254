// SPDX-License-Identifier: Apache-2.0
#include "app/shell_completion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/line_editor.h"
#include "app/shell_command.h"
#include "app/shell_line.h"
#include "model/regexp.h"

namespace plumb::cli {
namespace {

using Words = std::vector<std::string>;

// Functions and labels to complete.
Profile make_profile() {
  Profile profile;
  for (const char* name : {"main.leak", "main.leakSend", "main.(*T).Run", "net/http.(*conn).serve",
                           "sort.Ints[go.shape.int]", "a b"}) {
    Function function;
    function.name = profile.strings.intern(name);
    profile.functions.push_back(function);
  }
  profile.sample_types.push_back({profile.strings.intern("cpu"), {}});
  const std::uint64_t stack = profile.add_stack({});
  const std::int64_t value = 1;
  for (const char* state : {"chan send", "chan receive", "select"}) {
    Label label;
    label.key = profile.strings.intern("state");
    label.str = profile.strings.intern(state);
    Label number;
    number.key = profile.strings.intern("bytes");
    number.num = 64;
    Label other;
    other.key = profile.strings.intern("handler");
    other.str = profile.strings.intern("/h1");
    profile.add_sample(stack, {&value, 1}, std::vector<Label>{label, number, other});
  }
  return profile;
}

LineCompletions complete(std::string_view line) {
  static const Profile profile = make_profile();
  static const SampleTypes types{{"samples", "cpu"}, ""};
  ProfileWords words(profile);
  return complete_shell_line(line, words, types);
}

struct CompletionCase {
  const char* name;
  const char* line;
  Words words;
  std::size_t start;
  const char* suffix = "";
};

TEST(ShellCompletion, OffersWhatFits) {
  const CompletionCase cases[] = {
      {"a command", "tra", {"traces"}, 0, " "},
      {"an option", "nodef", {"nodefraction"}, 0, "="},
      {"a switch", "call_t", {"call_tree"}, 0, ""},
      {"a choice", "filef", {"filefunctions"}, 0, "="},
      {"any case", "TRA", {"traces"}, 0, " "},
      {"a sample type", "mean_c", {"mean_cpu"}, 0, ""},
      {"several", "tagf", {"tagfocus"}, 0, "="},
      {"help on a topic", "help exit-", {"exit-status"}, 5, " "},
      {"a function", "top main.leakS", {"main.leakSend"}, 4, " "},
      {"functions", "top main.le", {"main.leak", "main.leakSend"}, 4, ""},
      {"a part of a function", "peek conn", {"net/http.\\(\\*conn\\).serve"}, 5, " "},
      {"as typed by a person", "peek main.(*T", {"main.\\(\\*T\\).Run"}, 5, " "},
      {"as completed before", "peek main.\\(\\*T", {"main.\\(\\*T\\).Run"}, 5, " "},
      {"a function with a blank", "top a\\ ", {"a\\ b"}, 4, " "},
      {"a function behind an open quote", "top 'a", {"a\\ b"}, 4, " "},
      {"a function to ignore", "top -sort.I", {"-sort.Ints\\[go.shape.int\\]"}, 4, " "},
      {"a function behind a count", "top10 main.(", {"main.\\(\\*T\\).Run"}, 6, " "},
      {"a flag", "top -nodec", {"-nodecount="}, 4, ""},
      {"a switch as a flag", "dot -call", {"-call_tree"}, 4, " "},
      {"no flag that the command does not heed", "folded -nodec", {}, 7, ""},
      {"no flag of loading", "top -diff_b", {}, 4, ""},
      {"a choice as a flag", "top -cu", {"-cum"}, 4, " "},
      {"a choice of a flag", "top -sort=c", {"-sort=cum"}, 4, " "},
      {"a function as a flag's value",
       "top -focus=Ints",
       {"-focus=sort.Ints\\[go.shape.int\\]"},
       4,
       " "},
      {"a label as a flag's value",
       "top -tagfocus=state=chan\\ s",
       {"-tagfocus=state=chan\\ send"},
       4,
       " "},
      {"a label key of tags", "tags ha", {"handler="}, 5, ""},
      {"a label value of tags", "tags handler=", {"handler=/h1"}, 5, " "},
      {"a choice of a variable", "granularity=fi", {"filefunctions", "files"}, 12, ""},
      {"a truth", "trim=f", {"false"}, 5, ""},
      {"a sample type of a variable", "sample_index= c", {"cpu"}, 14, ""},
      {"a unit", "unit=k", {"kB"}, 5, ""},
      {"a value in quotes", "tagfocus=state=\"chan s", {"state=chan send"}, 9, ""},
      {"a blank behind a backslash", "tagfocus=state=chan\\ s", {"state=chan send"}, 9, ""},
      {"a label of a variable", "tagfocus=st", {"state="}, 9, ""},
      {"a label's values",
       "tagfocus=state=chan ",
       {"state=chan receive", "state=chan send"},
       9,
       ""},
      {"a label of numbers", "tagfocus=by", {"bytes="}, 9, ""},
      {"keys of frames", "tagroot=state,ha", {"state,handler"}, 8, ""},
      {"a key to show", "tagshow=sta", {"state"}, 8, ""},
      {"a function of a variable", "focus=main.leakS", {"main.leakSend"}, 6, ""},
      {"a state of leaks", "leaks -state=sel", {"-state=select"}, 6, " "},
      {"a file to write", "top > README.m", {"README.md"}, 6, " "},
      {"a file right behind >", "top >README.m", {">README.md"}, 4, " "},
      {"a folder", "source tests/gold", {"tests/golden/"}, 7, ""},
      {"nothing in a line for sh", "top | le", {}, 6, ""},
      {"nothing for an unknown command", "zzz main", {}, 4, ""},
      {"nothing that fits", "top zzz", {}, 4, ""},
      {"numbers have no values", "nodecount=", {}, 10, ""},
  };
  for (const CompletionCase& c : cases) {
    SCOPED_TRACE(c.name);
    const LineCompletions found = complete(c.line);
    EXPECT_EQ(found.words, c.words);
    EXPECT_EQ(found.start, c.start);
    EXPECT_EQ(found.suffix, c.suffix);
  }
}

TEST(ShellCompletion, OffersAllCommandsAndVariablesFirst) {
  const LineCompletions found = complete("");
  for (const std::string_view word : shell_words()) {
    EXPECT_EQ(std::ranges::count(found.words, word), 1) << word;
  }
  EXPECT_TRUE(std::ranges::is_sorted(found.words));
}

TEST(ShellCompletion, CompletedFunctionsMatchThemselves) {
  for (const char* name : {"main.(*T).Run", "sort.Ints[go.shape.int]", "a b"}) {
    const LineCompletions found = complete("peek " + std::string(name).substr(0, 7));
    SCOPED_TRACE(name);
    ASSERT_FALSE(found.words.empty());
    const auto line = split_shell_line("peek " + found.words[0]);
    ASSERT_TRUE(line);
    const auto regexp = Regexp::compile(line->words[1].text);
    ASSERT_TRUE(regexp);
    EXPECT_TRUE(regexp->matches(name));
  }
}

TEST(LineEditor, ShowsWordsInColumns) {
  EXPECT_EQ(in_columns({"a", "bb", "c", "d", "e"}, 12), "a   c   e\nbb  d\n");
  EXPECT_EQ(in_columns({"too long for it", "b"}, 4), "too long for it\nb\n");
  EXPECT_EQ(in_columns({"\x1b[31m"}, 80), "\\x1b[31m\n");
  const std::string many = in_columns(Words(100, "word"), 12);
  EXPECT_TRUE(many.ends_with("\n... and 70 others\n")) << many;
}

}  // namespace
}  // namespace plumb::cli
