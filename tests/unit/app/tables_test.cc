// SPDX-License-Identifier: Apache-2.0
// The tables of options and commands keep the style of help, and what is derived from them holds
// every row.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/help.h"
#include "app/help_topics.h"
#include "app/man.h"
#include "app/options.h"
#include "base/strings.h"
#include "base/version.h"
#include "model/dump_profile.h"
#include "support/read_file.h"
#include "support/source_dir.h"

namespace plumb::cli {
namespace {

bool is_lower_case_start(std::string_view text) {
  return !text.empty() && std::isupper(static_cast<unsigned char>(text[0])) == 0;
}

TEST(Options, EveryRowFollowsTheHelpStyle) {
  std::set<std::string_view> names;
  for (const Option& option : options()) {
    SCOPED_TRACE(option.name);
    EXPECT_TRUE(names.insert(option.name).second) << "duplicate option";
    EXPECT_FALSE(option.name.empty());
    EXPECT_FALSE(option.name.starts_with('-'));
    EXPECT_TRUE(is_lower_case_start(option.help));
    EXPECT_FALSE(option.help.ends_with('.'));
    EXPECT_EQ(option.value_name.empty(), option.is_switch());
    EXPECT_EQ(option.choices.size(), option.choice_help.size());
    for (const std::string_view help : option.choice_help) {
      EXPECT_TRUE(is_lower_case_start(help));
      EXPECT_FALSE(help.ends_with('.'));
    }
  }
}

TEST(Options, RowsOfOneHelpGroupStandTogether) {
  std::set<std::string_view> closed;
  std::string_view current;
  for (const Option& option : options()) {
    const std::string_view title = group_title(option.group);
    EXPECT_FALSE(title.empty());
    if (title == current) continue;
    EXPECT_TRUE(closed.insert(title).second) << title << " is split at " << option.name;
    current = title;
  }
}

TEST(Options, EveryGroupIsTakenBySomeCommand) {
  for (const Option& option : options()) {
    bool is_taken = false;
    for (const Command& command : commands()) is_taken |= command.groups.has(option.group);
    EXPECT_TRUE(is_taken) << option.name;
  }
}

TEST(Options, DefaultsReadBack) {
  for (const Option& option : options()) {
    SCOPED_TRACE(option.name);
    const std::string text = default_text(option);
    if (option.is_switch() && text.empty()) continue;
    Settings settings;
    EXPECT_TRUE(set_option(settings, option, text));
    if (!option.choices.empty() && !text.empty()) {
      EXPECT_EQ(std::ranges::count(option.choices, text), 1);
    }
  }
}

TEST(Options, DurationsReadBackAsTheyAreShown) {
  const Option& every = *find_option("every");
  for (const std::string_view text : {"", "60s", "500ms", "1500ms", "1ns"}) {
    Settings settings;
    ASSERT_TRUE(set_option(settings, every, text));
    EXPECT_EQ(option_text(settings, every), text);
  }
}

TEST(Options, DefaultsArePprofs) {
  struct Default {
    const char* name;
    const char* text;
  };
  constexpr Default kDefaults[] = {
      {"nodecount", "-1"}, {"nodefraction", "0.005"}, {"edgefraction", "0.001"}, {"trim", "true"},
      {"unit", "minimum"}, {"divide_by", "1"},        {"sort", "flat"},          {"mean", ""},
      {"seconds", "-1"},   {"timeout", "-1"},         {"sample_index", ""},      {"output", ""},
  };
  for (const Default& expected : kDefaults) {
    SCOPED_TRACE(expected.name);
    const auto rows = options();
    const auto option = std::ranges::find(rows, expected.name, &Option::name);
    ASSERT_NE(option, rows.end());
    EXPECT_EQ(default_text(*option), expected.text);
  }
}

TEST(Flags, NamesAreUniqueAlsoAmongReports) {
  std::set<std::string_view> names = {"h", "help", "version"};
  for (const Flag& flag : flags()) EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
  for (const Command& command : commands()) {
    if (command.kind != CommandKind::Report) continue;
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
  }
}

TEST(Flags, OtherMeaningsAreOfFlagsThatTheCommandHeeds) {
  for (const OtherMeaning& meaning : other_meanings()) {
    SCOPED_TRACE(std::string(meaning.command) + " -" + std::string(meaning.option));
    const Command* const command = find_command(meaning.command);
    const Flag* const flag = find_flag(meaning.option);
    ASSERT_NE(command, nullptr);
    ASSERT_NE(flag, nullptr);
    EXPECT_TRUE(command->groups.has(flag->option->group));
    EXPECT_TRUE(is_lower_case_start(meaning.help));
    EXPECT_EQ(meaning.value_name.empty(), flag->is_switch());
  }
}

TEST(Flags, ThatNameAFolderSaySo) {
  const Flag& output = *find_flag("output");
  EXPECT_EQ(flag_entry(flag_of_command(output, "top")), "-output=FILE");
  EXPECT_EQ(flag_entry(flag_of_command(output, "record")), "-output=FOLDER");
  EXPECT_NE(command_help(*find_command("record")).find("-output=FOLDER"), std::string::npos);
  EXPECT_NE(man_page(*find_command("record")).find("output=FOLDER"), std::string::npos);
}

// What a command says that it takes does something there; what pprof takes too is taken.
TEST(Flags, AreThoseThatACommandHeeds) {
  const struct {
    const char* command;
    const char* option;
    bool heeds;
    bool takes;
  } cases[] = {
      {"diff", "drop_negative", true, true},    {"diff", "nodecount", true, true},
      {"diff", "nodefraction", false, false},   {"diff", "call_tree", false, false},
      {"folded", "granularity", true, true},    {"folded", "drop_negative", true, true},
      {"folded", "nodecount", false, true},     {"speedscope", "sort", false, true},
      {"flamegraph", "call_tree", false, true}, {"flamegraph", "trim", false, true},
      {"top", "compact_labels", true, true},    {"top", "call_tree", false, true},
      {"leaks", "seconds", false, false},       {"record", "seconds", false, false},
      {"top", "seconds", true, true},           {"diff", "seconds", true, true},
      {"callgrind", "call_tree", true, true},   {"svg", "edgefraction", true, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.command) + " -" + c.option);
    const Command& command = *find_command(c.command);
    const OptionGroup group = find_option(c.option)->group;
    EXPECT_EQ(command.groups.has(group), c.heeds);
    EXPECT_EQ(command.takes(group), c.takes);
  }
}

TEST(Commands, EveryRowFollowsTheHelpStyle) {
  constexpr std::size_t kSummaryColumns = 60;
  std::set<std::string_view> names;
  for (const Command& command : commands()) {
    SCOPED_TRACE(command.name);
    EXPECT_TRUE(names.insert(command.name).second) << "duplicate command";
    EXPECT_LE(command.summary.size(), kSummaryColumns);
    EXPECT_FALSE(command.summary.empty());
    EXPECT_FALSE(command.summary.ends_with('.'));
    EXPECT_FALSE(is_lower_case_start(command.summary));
    EXPECT_NE(command.run, nullptr);
    if (command.kind != CommandKind::Report) continue;
    EXPECT_FALSE(command.examples.empty());
    EXPECT_TRUE(command.bare_host_path.starts_with("/debug/pprof/"));
  }
}

// Words of an example, as a shell would split them.
std::vector<std::string> shell_words(std::string_view text) {
  std::vector<std::string> words(1);
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '\'') {
      in_quotes = !in_quotes;
    } else if (c == ' ' && !in_quotes) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

TEST(Commands, ExamplesParse) {
  for (const Command& command : commands()) {
    for (const Example& example : command.examples) {
      SCOPED_TRACE(example.words);
      EXPECT_TRUE(is_lower_case_start(example.meaning));
      const std::string_view own_part = example.words.substr(0, example.words.find(" | "));
      const std::vector<std::string> words = shell_words(own_part);
      CommandLine line;
      const auto parsed =
          parse_command_line(std::vector<std::string_view>(words.begin(), words.end()), line);
      ASSERT_TRUE(parsed) << parsed.error().message();
      EXPECT_EQ(line.command, &command);
    }
  }
}

TEST(Help, NamesEveryCommandAndEveryFlagItHeeds) {
  const std::string all = full_help();
  for (const Command& command : commands()) {
    SCOPED_TRACE(command.name);
    EXPECT_NE(all.find("\n  " + std::string(command.name) + ' '), std::string::npos);
    if (command.kind != CommandKind::Report) continue;
    const std::string help = command_help(command);
    for (const Flag& flag : flags()) {
      const std::string entry = "\n  -" + std::string(flag.name) + (flag.is_switch() ? ' ' : '=');
      const bool is_shown = help.find(entry) != std::string::npos;
      EXPECT_EQ(is_shown, command.groups.has(flag.option->group)) << flag.name;
    }
  }
}

TEST(Help, OnACommandHasTheTopicOfItsName) {
  for (const HelpTopic& topic : help_topics()) {
    const Command* const command = find_command(topic.name);
    if (command == nullptr) continue;
    EXPECT_NE(command_help(*command).find(topic.text), std::string::npos) << topic.name;
  }
}

TEST(Help, TheManualHasTheSameVariables) {
  const std::string manual = test::read_file(test::source_dir() + "/docs/MANUAL.md");
  const std::string table = manual.substr(manual.find("\n## Environment\n"));
  const std::string text(find_help_topic("environment")->text);
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const std::string_view names = line.substr(0, line.find("  ", 2));
    for (std::string_view name : split(names, ',')) {
      while (name.starts_with(' ')) name.remove_prefix(1);
      EXPECT_NE(table.find('`' + std::string(name) + '`'), std::string::npos) << name;
    }
  }
}

TEST(Help, NamesTheLabelsOfDumpsAsTheyAre) {
  const std::string_view text = find_help_topic("labels")->text;
  for (const std::string_view key :
       {dump_label::kState, dump_label::kWait, dump_label::kCreatedBy, dump_label::kCreatedAt,
        dump_label::kCreatorId, dump_label::kLeaked, dump_label::kLocked, dump_label::kId}) {
    EXPECT_NE(text.find(key), std::string_view::npos) << key;
  }
}

TEST(Help, FitsTheScreen) {
  constexpr std::size_t kColumns = 88;
  constexpr std::ptrdiff_t kLines = 100;
  std::vector<std::string> texts = {short_help(), full_help()};
  for (const Command& command : commands()) texts.push_back(command_help(command));
  for (const std::string& text : texts) {
    // The shell takes the options of all reports, and has a grammar.
    const bool is_of_shell = text.find("plumb shell [flags]") != std::string::npos;
    EXPECT_LE(std::ranges::count(text, '\n'), is_of_shell ? 145 : kLines) << text;
    EXPECT_TRUE(text.ends_with('\n'));
    for (const std::string_view line : split(text, '\n')) EXPECT_LE(line.size(), kColumns) << line;
  }
}

TEST(Version, IsThatOfTheBuild) {
  const std::string text = test::read_file(test::source_dir() + "/CMakeLists.txt");
  EXPECT_NE(text.find("project(plumb VERSION " + std::string(kVersion) + ' '), std::string::npos);
}

}  // namespace
}  // namespace plumb::cli
