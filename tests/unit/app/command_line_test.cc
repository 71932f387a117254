// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace plumb::cli {
namespace {

using Words = std::vector<std::string_view>;

struct GoodCase {
  const char* name;
  Words words;
  const char* command;
  std::vector<std::string> operands;
};

TEST(CommandLine, TakesGosFlagGrammarAndFlagsBehindOperands) {
  const GoodCase cases[] = {
      {"sub-command", {"top", "f"}, "top", {"f"}},
      {"pprof's form", {"-top", "f"}, "top", {"f"}},
      {"two dashes", {"--top", "f"}, "top", {"f"}},
      {"format with a value", {"-top=true", "f"}, "top", {"f"}},
      {"value behind =", {"top", "-nodecount=5", "f"}, "top", {"f"}},
      {"value as a word", {"top", "-nodecount", "5", "f"}, "top", {"f"}},
      {"negative value as a word", {"top", "-nodecount", "-1", "f"}, "top", {"f"}},
      {"flags before the format", {"-nodecount", "5", "-top", "f"}, "top", {"f"}},
      {"flags behind the source", {"top", "f", "-nodecount=5"}, "top", {"f"}},
      {"a switch leaves the next word", {"top", "-mean", "f"}, "top", {"f"}},
      {"dashes end the flags", {"top", "--", "-f"}, "top", {"-f"}},
      {"one dash is a source", {"top", "-"}, "top", {"-"}},
      {"a format switched off", {"-traces=false", "-top", "f"}, "top", {"f"}},
      {"a format twice", {"-top", "-top", "f"}, "top", {"f"}},
      {"a command and its format", {"top", "-top", "f"}, "top", {"f"}},
      {"a format switched off again", {"-top", "-top=false", "-tree", "f"}, "tree", {"f"}},
      {"two arguments of one format", {"-list=a", "-list=b", "f"}, "list", {"f"}},
      {"a value with a dash as a word", {"top", "-focus", "-x", "f"}, "top", {"f"}},
      {"a value that is a flag", {"top", "-focus=-cum", "f"}, "top", {"f"}},
      {"standard output as a word", {"leaks", "-html", "-", "f"}, "leaks", {"f"}},
      {"an empty value", {"top", "-output=", "f"}, "top", {"f"}},
      {"an empty address is none", {"-http=", "-top", "f"}, "top", {"f"}},
      {"and opens the shell", {"-http=", "f.pb"}, "shell", {"f.pb"}},
      {"a value with =", {"leaks", "-label=a=b", "f"}, "leaks", {"f"}},
      {"options without effect on tags", {"tags", "-nodecount=5", "-cum", "f"}, "tags", {"f"}},
      {"dashes for underscores", {"leaks", "--fail-on", "likely", "f"}, "leaks", {"f"}},
      {"and one in front", {"leaks", "-write-baseline=k", "f"}, "leaks", {"f"}},
      {"several sources", {"leaks", "a", "b"}, "leaks", {"a", "b"}},
      {"a file that is there opens the shell", {"README.md"}, "shell", {"README.md"}},
      {"and so does a folder", {"tests"}, "shell", {"tests"}},
      {"a word with a dot is a file", {"heap.pb.gz"}, "shell", {"heap.pb.gz"}},
      {"a word with a slash is a file", {"profiles/heap"}, "shell", {"profiles/heap"}},
      {"a word with a colon is a URL", {"localhost:6060"}, "shell", {"localhost:6060"}},
      {"standard input opens the shell", {"-"}, "shell", {"-"}},
      {"a glob opens the shell", {"heap*"}, "shell", {"heap*"}},
      {"the shell by name", {"shell", "f"}, "shell", {"f"}},
      {"flags for the shell", {"-cum", "a.pb", "b.pb"}, "shell", {"a.pb", "b.pb"}},
      {"a command behind a flag", {"-nodecount=1", "top", "f"}, "top", {"f"}},
      {"and one with an argument", {"-cum", "peek", "main", "f"}, "peek", {"f"}},
      {"and a web server", {"-http=:0", "serve", "f"}, "serve", {"f"}},
      {"help on all flags", {"help", "-flags"}, "help", {"-flags"}},
      {"help on a flag", {"help", "-focus"}, "help", {"-focus"}},
      {"help on a report as a flag", {"help", "--top"}, "help", {"--top"}},
  };
  for (const GoodCase& c : cases) {
    SCOPED_TRACE(c.name);
    CommandLine line;
    const auto parsed = parse_command_line(c.words, line);
    ASSERT_TRUE(parsed) << parsed.error().message();
    ASSERT_NE(line.command, nullptr);
    EXPECT_EQ(line.command->name, c.command);
    EXPECT_EQ(line.operands, c.operands);
  }
}

Settings settings_of(const Words& words) {
  CommandLine line;
  const auto parsed = parse_command_line(words, line);
  EXPECT_TRUE(parsed);
  return line.settings;
}

TEST(CommandLine, StoresValuesWhereTheTableSays) {
  EXPECT_EQ(settings_of({"top", "-nodecount", "-1"}).report.nodecount, -1);
  EXPECT_EQ(settings_of({"top", "-nodecount=0x10"}).report.nodecount, 16);
  EXPECT_EQ(settings_of({"top", "-nodefraction=0.5"}).report.nodefraction, 0.5);
  EXPECT_EQ(settings_of({"top", "-unit=ms"}).report.unit, "ms");
  EXPECT_EQ(settings_of({"leaks", "-min_age=2h"}).leaks.min_age.minutes, 120u);
  EXPECT_EQ(settings_of({"leaks", "-every=1m30s"}).leaks.every.ns, 90'000'000'000);
  EXPECT_EQ(settings_of({"leaks", "-for=5"}).leaks.watch_for.ns, 5'000'000'000);
  EXPECT_EQ(settings_of({"leaks", "-n=-1"}).leaks.group_count, -1);
  EXPECT_EQ(settings_of({"top", "-nodecount=-7"}).report.nodecount, -7);  // As pprof.
  EXPECT_EQ(settings_of({"leaks", "-label=a=b=c"}).leaks.label, "a=b=c");
  EXPECT_FALSE(settings_of({"top", "-trim=false"}).report.trim);
  EXPECT_TRUE(settings_of({"top", "-trim"}).report.trim);
  EXPECT_TRUE(settings_of({"top", "-json"}).json);
}

TEST(CommandLine, TheLastOfRepeatedFlagsWins) {
  EXPECT_EQ(settings_of({"top", "-nodecount=5", "-nodecount=7"}).report.nodecount, 7);
  EXPECT_FALSE(settings_of({"top", "-mean", "-mean=false"}).report.mean);
}

TEST(CommandLine, TheLastArgumentOfARepeatedFormatWins) {
  CommandLine line;
  ASSERT_TRUE(parse_command_line(Words{"-list=a", "-list=b", "f"}, line));
  EXPECT_EQ(line.argument, "b");
}

TEST(CommandLine, ChoicesAreSwitches) {
  EXPECT_EQ(settings_of({"top"}).sort, "flat");
  EXPECT_EQ(settings_of({"top", "-cum"}).sort, "cum");
  EXPECT_EQ(settings_of({"top", "-flat"}).sort, "flat");
  EXPECT_EQ(settings_of({"top", "-cum", "-cum"}).sort, "cum");
  EXPECT_EQ(settings_of({"top", "-cum=false"}).sort, "flat");
  EXPECT_EQ(settings_of({"top", "-flat", "-cum", "-flat=false"}).sort, "cum");
}

struct BadCase {
  const char* name;
  Words words;
  const char* message;
};

TEST(CommandLine, SaysWhatIsWrongInGosWords) {
  const BadCase cases[] = {
      {"unknown flag",
       {"top", "-nodecont=5", "f"},
       "flag provided but not defined: -nodecont\ndid you mean -nodecount?"},
      {"unknown flag before any command",
       {"-tpo", "f"},
       "flag provided but not defined: -tpo\ndid you mean -top?"},
      {"nothing near", {"top", "-xyzzyx", "f"}, "flag provided but not defined: -xyzzyx"},
      {"the nearest is one that the command takes",
       {"top", "-stats", "f"},
       "flag provided but not defined: -stats"},
      {"the nearest is one that the command takes, of two as near",
       {"leaks", "-stats", "f"},
       "flag provided but not defined: -stats\ndid you mean -state?"},
      {"a flag of another command",
       {"top", "-state=select", "f"},
       "flag provided but not defined: -state\nit is a flag of plumb leaks"},
      {"a flag of another command before the format",
       {"-state=select", "-top", "f"},
       "flag provided but not defined: -state\nit is a flag of plumb leaks"},
      {"a flag of many other commands",
       {"record", "-seconds=3", "f"},
       "flag provided but not defined: -seconds\nit is a flag of plumb diff, plumb top, plumb "
       "text, "
       "plumb tree, plumb peek and others"},
      {"bad int",
       {"top", "-nodecount=abc", "f"},
       "invalid value \"abc\" for flag -nodecount: parse error"},
      {"bad float",
       {"top", "-nodefraction", "x", "f"},
       "invalid value \"x\" for flag -nodefraction: parse error"},
      {"number out of range",
       {"top", "-nodecount=99999999999999999999"},
       "invalid value \"99999999999999999999\" for flag -nodecount: value out of range"},
      {"bad bool",
       {"top", "-mean=maybe"},
       "invalid boolean value \"maybe\" for -mean: parse error"},
      {"bad bool of a choice",
       {"top", "-cum=2"},
       "invalid boolean value \"2\" for -cum: parse error"},
      {"bad bool of a format", {"-top=2"}, "invalid boolean value \"2\" for -top: parse error"},
      {"bad age",
       {"leaks", "-min_age=old"},
       "invalid value \"old\" for flag -min_age: must be minutes or a duration such as 90s or 2h"},
      {"a negative age",
       {"leaks", "-min_age=-5"},
       "invalid value \"-5\" for flag -min_age: must be minutes or a duration such as 90s or 2h"},
      {"fewer groups than none",
       {"leaks", "-n=-2"},
       "invalid value \"-2\" for flag -n: must be -1 or more"},
      {"fewer goroutines than none",
       {"leaks", "-min_count=-1"},
       "invalid value \"-1\" for flag -min_count: must be 0 or more"},
      {"fewer goroutines than none fail",
       {"leaks", "-fail_at", "-1"},
       "invalid value \"-1\" for flag -fail_at: must be 0 or more"},
      {"fewer files than none",
       {"record", "-keep=-1"},
       "invalid value \"-1\" for flag -keep: must be 0 or more"},
      {"fewer ids than none",
       {"leaks", "-max_ids=-1"},
       "invalid value \"-1\" for flag -max_ids: must be 0 or more"},
      {"ids of no file",
       {"leaks", "-max_ids=5", "a.txt"},
       "-redact, -max_ids and -no_script only make sense with -html"},
      {"no time between snapshots",
       {"leaks", "-every=0s"},
       "invalid value \"0s\" for flag -every: must be a duration of more than 0, such as 30s or "
       "5m"},
      {"no time to watch",
       {"record", "-for=-5m"},
       "invalid value \"-5m\" for flag -for: must be a duration of more than 0, such as 30s or 5m"},
      {"missing value", {"top", "-nodecount"}, "flag needs an argument: -nodecount"},
      {"a flag for a file",
       {"leaks", "-html", "-redact=paths", "f"},
       "flag needs an argument: -html\n-redact is another flag; for such a value write "
       "-html=-redact=paths"},
      {"a switch for a file",
       {"top", "-output", "--cum", "f"},
       "flag needs an argument: -output\n-cum is another flag; for such a value write "
       "-output=--cum"},
      {"a flag with dashes for a file",
       {"leaks", "-html", "--fail-on", "likely", "f"},
       "flag needs an argument: -html\n-fail-on is another flag; for such a value write "
       "-html=--fail-on"},
      {"a format for an expression",
       {"-list", "-top", "f"},
       "flag needs an argument: -list\n-top is another flag; for such a value write "
       "-list=-top"},
      {"help for a file",
       {"-html", "-help"},
       "flag needs an argument: -html\n-help is another flag; for such a value write "
       "-html=-help"},
      {"help with two dashes for a file",
       {"leaks", "-write_baseline", "--h"},
       "flag needs an argument: -write_baseline\n-h is another flag; for such a value write "
       "-write_baseline=--h"},
      {"version for a file",
       {"leaks", "-html", "-version"},
       "flag needs an argument: -html\n-version is another flag; for such a value write "
       "-html=-version"},
      {"three dashes", {"top", "---x"}, "bad flag syntax: ---x"},
      {"no name", {"top", "-=x"}, "bad flag syntax: -=x"},
      {"two formats", {"-top", "-traces", "f"}, "must set at most one output format"},
      {"a format between two others",
       {"-top", "-tags", "-top", "f"},
       "must set at most one output format"},
      {"command and format", {"top", "-tags", "f"}, "must set at most one output format"},
      {"both sorts", {"top", "-flat", "-cum", "f"}, "conflicting options set: [cum flat]"},
      {"unknown command", {"tops", "f"}, "unknown command \"tops\"\ndid you mean top?"},
      {"swapped letters", {"laeks", "f"}, "unknown command \"laeks\"\ndid you mean leaks?"},
      {"no command, nothing near",
       {"frobnicate"},
       "unknown command \"frobnicate\"\nthere is no file of that name either"},
      {"no command behind flags",
       {"-cum", "laeks", "f"},
       "unknown command \"laeks\"\ndid you mean leaks?"},
      {"a flag of another command before the command",
       {"-state=select", "top", "f"},
       "flag provided but not defined: -state\nit is a flag of plumb leaks"},
      {"a shell and a format", {"shell", "-top", "f"}, "must set at most one output format"},
  };
  for (const BadCase& c : cases) {
    SCOPED_TRACE(c.name);
    CommandLine line;
    const auto parsed = parse_command_line(c.words, line);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code(), ErrorCode::Usage);
    EXPECT_EQ(parsed.error().message(), c.message);
  }
}

TEST(CommandLine, KeepsTheCommandOfALineThatIsWrong) {
  CommandLine line;
  ASSERT_FALSE(parse_command_line(Words{"tags", "-nosuchflag"}, line));
  ASSERT_NE(line.command, nullptr);
  EXPECT_EQ(line.command->name, "tags");
}

TEST(CommandLine, HelpAndVersionAreFlagsEverywhere) {
  for (const char* word : {"-h", "-help", "--help", "--h"}) {
    SCOPED_TRACE(word);
    CommandLine alone;
    ASSERT_TRUE(parse_command_line(Words{word}, alone));
    EXPECT_TRUE(alone.wants_help);
    EXPECT_EQ(alone.command, nullptr);
    CommandLine behind;
    ASSERT_TRUE(parse_command_line(Words{"top", word}, behind));
    EXPECT_TRUE(behind.wants_help);
    EXPECT_EQ(behind.command->name, "top");
  }
  CommandLine version;
  ASSERT_TRUE(parse_command_line(Words{"--version"}, version));
  EXPECT_TRUE(version.wants_version);
}

}  // namespace
}  // namespace plumb::cli
