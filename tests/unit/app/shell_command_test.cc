// SPDX-License-Identifier: Apache-2.0
// The line grammar of commands: what words become, and what stays as it was.

#include "app/shell_command.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace plumb::cli {
namespace {

const SampleTypes& types() {
  static const SampleTypes all{{"alloc_space", "inuse_space"}, ""};
  return all;
}

Result<ShellCommand> parse(std::string_view text, const Settings& settings = {}) {
  const auto line = split_shell_line(text);
  if (!line) return Error(line.error());
  return parse_shell_command(*line, settings, types());
}

struct CommandCase {
  const char* line;
  const char* command;
  std::function<std::string(const ShellCommand&)> look;
  std::string seen;
};

void expect_commands(std::span<const CommandCase> cases) {
  for (const CommandCase& c : cases) {
    SCOPED_TRACE(c.line);
    const auto command = parse(c.line);
    ASSERT_TRUE(command) << command.error().message();
    EXPECT_EQ(command->command->name, c.command);
    EXPECT_EQ(c.look(*command), c.seen);
  }
}

std::string focus(const ShellCommand& command) {
  return command.settings.report.filters.focus;
}
std::string ignore(const ShellCommand& command) {
  return command.settings.report.filters.ignore;
}
std::string tagfocus(const ShellCommand& command) {
  return command.settings.report.filters.tagfocus;
}
std::string tagignore(const ShellCommand& command) {
  return command.settings.report.filters.tagignore;
}
std::string nodecount(const ShellCommand& command) {
  return std::to_string(command.settings.report.nodecount);
}
std::string output(const ShellCommand& command) {
  return command.settings.output;
}
std::string sort(const ShellCommand& command) {
  return command.settings.sort;
}
std::string argument(const ShellCommand& command) {
  return command.argument;
}
std::string sample_index(const ShellCommand& command) {
  return command.settings.report.sample_index;
}

TEST(ShellCommand, WordsMeanWhatTheyMeanInPprof) {
  const CommandCase cases[] = {
      {"top", "top", nodecount, "10"},           {"text", "text", nodecount, "10"},
      {"tree", "tree", nodecount, "-1"},         {"top10", "top", nodecount, "10"},
      {"top 5", "top", nodecount, "5"},          {"top5 7", "top", nodecount, "7"},
      {"top -5", "top", nodecount, "-5"},        {"top +5", "top", nodecount, "5"},
      {"top -1", "top", nodecount, "10"},        {"top 99999999999", "top", focus, "99999999999"},
      {"top foo bar", "top", focus, "foo|bar"},  {"top -foo -bar", "top", ignore, "foo|bar"},
      {"top foo -bar 3", "top", nodecount, "3"}, {"top -", "top", ignore, ""},
      {"top -cum", "top", sort, "cum"},          {"top --cum", "top", sort, "cum"},
      {"tags foo", "tags", tagfocus, "foo"},     {"tags -foo", "tags", tagignore, "foo"},
      {"tags foo", "tags", focus, ""},           {"top >f", "top", output, "f"},
      {"top > f", "top", output, "f"},           {"top > a > b", "top", output, "b"},
      {"top >'>f'", "top", output, ">f"},        {"peek foo bar", "peek", argument, "foo"},
      {"peek foo bar", "peek", focus, "bar"},    {"peek -foo", "peek", argument, "-foo"},
      {"peek 5 6", "peek", argument, "5"},
  };
  expect_commands(cases);
}

TEST(ShellCommand, FlagsOfTheCommandLineHoldForOneLine) {
  const CommandCase cases[] = {
      {"top -focus=x", "top", focus, "x"},
      {"top --focus=x", "top", focus, "x"},
      {"top -focus x", "top", focus, "x"},
      {"top -focus=\"a b\"", "top", focus, "a b"},
      {"top -focus=x y", "top", focus, "y"},
      {"top -nodecount=5", "top", nodecount, "5"},
      {"top -nodecount 5", "top", nodecount, "5"},
      {"top -cum=false", "top", sort, "flat"},
      {"top -sort=cum", "top", sort, "cum"},
      {"top -cum -cum -flat=false", "top", sort, "cum"},
      {"top -sample_index=0", "top", sample_index, "alloc_space"},
      {"top -alloc_space", "top", sample_index, "alloc_space"},
      {"peek -cum foo", "peek", argument, "foo"},
      {"peek foo -cum", "peek", sort, "cum"},
      // Words that are no flags of the command line stay regular expressions.
      {"top -sort", "top", ignore, "sort"},
      {"top -sort.Ints", "top", ignore, "sort.Ints"},
      {"top -seconds", "top", ignore, "seconds"},
      {"top -base old", "top", focus, "old"},
      {"top -normalize", "top", ignore, "normalize"},
      {"top -'base=x'", "top", ignore, "base=x"},
      {"top -focusing=x", "top", ignore, "focusing=x"},
      {"top -state=x", "top", ignore, "state=x"},
      // And so do quoted ones.
      {"top -'cum'", "top", ignore, "cum"},
      {"top '-cum'", "top", focus, "-cum"},
      {"top '5'", "top", focus, "5"},
      {"top '>f'", "top", focus, ">f"},
      {"leaks 5", "leaks",
       [](const ShellCommand& command) {
         return std::to_string(command.settings.leaks.group_count);
       },
       "5"},
      {"leaks -state='chan send'", "leaks",
       [](const ShellCommand& command) { return command.settings.leaks.state; }, "chan send"},
      {"leaks main\\.run", "leaks",
       [](const ShellCommand& command) { return command.settings.leaks.function; }, "main\\.run"},
  };
  expect_commands(cases);
}

TEST(ShellCommand, KeepsWhatTheLineDoesNotSet) {
  Settings settings;
  settings.report.filters.focus = "session";
  settings.report.filters.tagfocus = "label";
  settings.report.nodecount = 33;
  const auto plain = parse("top", settings);
  ASSERT_TRUE(plain);
  EXPECT_EQ(focus(*plain), "session");
  EXPECT_EQ(nodecount(*plain), "33");
  const auto other = parse("top line", settings);
  ASSERT_TRUE(other);
  EXPECT_EQ(focus(*other), "line") << "replaced, not joined";
  EXPECT_EQ(tagfocus(*other), "label");
}

TEST(ShellCommand, HandsOnThePipe) {
  const auto command = parse("top 5 | less");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->pipe.value_or(""), "less");
}

struct BadCase {
  const char* line;
  const char* message;
};

TEST(ShellCommand, ErrorsArePprofsWithHints) {
  const BadCase cases[] = {
      {"bogus", "unrecognized command: \"bogus\""},
      {"bogus10", "unrecognized command: \"bogus\""},
      {"10", "unrecognized command: \"10\""},
      {"tpo", "unrecognized command: \"tpo\"\ndid you mean top?"},
      {"focsu=x", "unrecognized command: \"focsu=x\"\ndid you mean focus=?"},
      {"help10", "unrecognized command: \"help\"\ndid you mean help?"},
      {"completion bash", "unrecognized command: \"completion\""},
      {"TOP", "unrecognized command: \"TOP\""},
      {"tagfocus key1", "did you mean: tagfocus=key1"},
      {"tagfocus10", "did you mean: tagfocus=10"},
      {"cum 5", "did you mean: cum=5"},
      {"sort cum", "unrecognized command: \"sort\"\ndid you mean: sort=cum"},
      {"peek", "command peek requires an argument"},
      {"peek -cum", "command peek requires an argument"},
      {"top >", "unexpected end of line after >"},
      {"top -focus", "flag needs an argument: -focus\nto ignore what matches focus: -'focus'"},
      {"top -nodecount=x", "strconv.Atoi: parsing \"x\": invalid syntax"},
      {"top -sample_index=7", "sample_index 7 is outside the range [0..1]"},
      {"top -base=old.pb.gz",
       "-base is a flag of the command line, not of the shell\n"
       "to ignore what matches base=old.pb.gz: -'base=old.pb.gz'"},
      {"top --seconds=3",
       "-seconds is a flag of the command line, not of the shell\n"
       "to ignore what matches seconds=3: -'seconds=3'"},
      {"top -lines -files", "conflicting options set: [files lines]"},
      {"top -cum 5 main -flat", "conflicting options set: [cum flat]"},
      {"leaks -fail_on=likely", "-fail_on is a flag of the command line, not of the shell"},
      {"leaks -before=old.txt", "-before is a flag of the command line, not of the shell"},
      {"leaks -write_baseline=b.json",
       "-write_baseline is a flag of the command line, not of the shell"},
      {"top >>f", "there is no >>: a report starts its file anew\nto append it: | cat >> FILE"},
      {"top >> f", "there is no >>: a report starts its file anew\nto append it: | cat >> FILE"},
      {"leaks -fail_at=5", "-fail_at is a flag of the command line, not of the shell"},
      {"leaks -since=v2", "-since is a flag of the command line, not of the shell"},
      {"before=old.txt", "before is a flag of the command line, not of the shell"},
      {"fail_on=likely", "fail_on is a flag of the command line, not of the shell"},
      {"leaks -foo", "leaks has no option -foo; what to leave out is -exclude=REGEXP"},
      {"leaks -cum", "leaks has no option -cum; what to leave out is -exclude=REGEXP"},
      {"leaks --minage=5",
       "leaks has no option --minage=5; what to leave out is -exclude=REGEXP\ndid you mean "
       "-min_age?"},
  };
  for (const BadCase& c : cases) {
    SCOPED_TRACE(c.line);
    const auto command = parse(c.line);
    ASSERT_FALSE(command);
    EXPECT_EQ(command.error().code(), ErrorCode::Usage);
    EXPECT_EQ(command.error().message(), c.message);
  }
}

TEST(ShellCommand, EveryReportOfTheTableIsACommand) {
  for (const Command& command : commands()) {
    const bool is_report = command.kind == CommandKind::Report;
    if (is_report && !command.report && command.name != "leaks") continue;
    EXPECT_EQ(find_shell_command(command.name) != nullptr, is_report) << command.name;
  }
}

TEST(ShellCommand, WordsOfTheShellAreUnambiguous) {
  std::set<std::string_view> names;
  for (const std::string_view word : shell_words()) {
    EXPECT_TRUE(names.insert(word).second) << word;
  }
}

}  // namespace
}  // namespace plumb::cli
