// SPDX-License-Identifier: Apache-2.0
#include "app/completion.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/options.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

// True if a shell that reads `line` is between single quotes behind it.
bool leaves_quotes_open(std::string_view line, bool escapes_inside) {
  bool is_open = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && (!is_open || escapes_inside)) {
      ++i;
    } else if (line[i] == '\'') {
      is_open = !is_open;
    }
  }
  return is_open;
}

// What bash offers for the last of `words`.
std::set<std::string> complete_in_bash(const std::vector<std::string>& words) {
  const auto script = completion_script("bash");
  EXPECT_TRUE(script);
  std::string program = *script + "\nCOMP_WORDS=(";
  for (const std::string& word : words) program += '"' + word + "\" ";
  program += ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) +
             "\ncompopt() { :; }\n_plumb\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";

  const std::string path = testing::TempDir() + "plumb_completion." + std::to_string(::getpid());
  std::FILE* const file = std::fopen(path.c_str(), "w");
  EXPECT_NE(file, nullptr);
  std::fputs(program.c_str(), file);
  std::fclose(file);

  std::FILE* const bash = ::popen(("bash " + path).c_str(), "r");
  EXPECT_NE(bash, nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), bash)) {
    output.append(buffer.data(), count);
  }
  EXPECT_EQ(::pclose(bash), 0);
  std::remove(path.c_str());

  std::set<std::string> offered;
  for (const std::string_view line : split(output, '\n')) {
    if (!line.empty()) offered.emplace(line);
  }
  return offered;
}

using Words = std::set<std::string>;

TEST(BashCompletion, OffersEveryCommandFirst) {
  Words expected;
  for (const Command& command : commands()) {
    expected.emplace(command.name);
    if (command.kind == CommandKind::Report) expected.insert('-' + std::string(command.name));
  }
  EXPECT_EQ(complete_in_bash({"plumb", ""}), expected);
}

TEST(BashCompletion, OffersTheFlagsThatTheTableGivesACommand) {
  for (const Command& command : commands()) {
    if (command.kind != CommandKind::Report) continue;
    SCOPED_TRACE(command.name);
    Words expected;
    for (const Flag& flag : flags()) {
      if (!command.groups.has(flag.option->group)) continue;
      expected.insert('-' + std::string(flag.name) + (flag.is_switch() ? "" : "="));
    }
    EXPECT_EQ(complete_in_bash({"plumb", std::string(command.name), "-"}), expected);
    EXPECT_EQ(complete_in_bash({"plumb", '-' + std::string(command.name), "-"}), expected);
  }
}

TEST(BashCompletion, CompletesWhatWasBegun) {
  EXPECT_EQ(complete_in_bash({"plumb", "lea"}), Words{"leaks"});
  EXPECT_EQ(complete_in_bash({"plumb", "top", "-nodec"}), Words{"-nodecount="});
  EXPECT_EQ(complete_in_bash({"plumb", "top", "file", "-cu"}), Words{"-cum"});
  EXPECT_EQ(complete_in_bash({"plumb", "help", "ta"}), Words{"tags"});
  EXPECT_EQ(complete_in_bash({"plumb", "help", "fil"}), Words{"filters"});
  EXPECT_EQ(complete_in_bash({"plumb", "man", "ta"}), Words{"tags"});
  EXPECT_EQ(complete_in_bash({"plumb", "man", "fil"}), Words{});
  EXPECT_EQ(complete_in_bash({"plumb", "completion", ""}), (Words{"bash", "fish", "zsh"}));
  EXPECT_EQ(complete_in_bash({"plumb", "shell", "-nodec"}), Words{"-nodecount="});
}

TEST(BashCompletion, TakesFlagsWithTwoDashes) {
  EXPECT_EQ(complete_in_bash({"plumb", "top", "--nodec"}), Words{"--nodecount="});
  EXPECT_EQ(complete_in_bash({"plumb", "top", "--cu"}), Words{"--cum"});
  EXPECT_EQ(complete_in_bash({"plumb", "--trac"}), Words{"--traces"});
}

TEST(BashCompletion, OffersTheValuesOfFlags) {
  EXPECT_EQ(complete_in_bash({"plumb", "top", "-unit", "=", "m"}), (Words{"minimum", "ms"}));
  EXPECT_EQ(complete_in_bash({"plumb", "top", "--unit", "=", "M"}), Words{"MB"});
  EXPECT_EQ(complete_in_bash({"plumb", "-top", "-sample_index", "="}),
            (Words{"alloc_objects", "alloc_space", "contentions", "cpu", "delay", "goroutine",
                   "inuse_objects", "inuse_space", "samples"}));
  EXPECT_EQ(complete_in_bash({"plumb", "leaks", "-format", "s"}), Words{"sarif"});
  EXPECT_EQ(complete_in_bash({"plumb", "leaks", "-fail_on=l"}), Words{});
  EXPECT_EQ(complete_in_bash({"plumb", "leaks", "-fail_on", "="}),
            (Words{"confirmed", "likely", "possible"}));
  EXPECT_EQ(complete_in_bash({"plumb", "-diff", "-fail_on", "="}),
            (Words{"changed", "grew", "shrank"}));
  EXPECT_EQ(complete_in_bash({"plumb", "top", "-focus", "=", "m"}), Words{});
}

TEST(Completion, OtherShellsOfferTheValuesOfFlags) {
  EXPECT_NE(completion_script("zsh")->find(":FORMAT:(github json junit markdown sarif text)'"),
            std::string::npos);
  EXPECT_NE(completion_script("zsh")->find(":WHAT:(grew shrank changed)'"), std::string::npos);
  EXPECT_NE(completion_script("fish")->find("-o format -l format -r -f -a 'github json junit"),
            std::string::npos);
  EXPECT_NE(
      completion_script("fish")->find("-o fail_on -l fail_on -r -f -a 'possible likely confirmed'"),
      std::string::npos);
}

TEST(BashCompletion, LeavesFilesToTheShell) {
  EXPECT_EQ(complete_in_bash({"plumb", "top", ""}), Words{});
  EXPECT_EQ(complete_in_bash({"plumb", "top", "prof"}), Words{});
}

TEST(Completion, EveryShellKnowsEveryCommandAndFlag) {
  for (const std::string_view shell : completion_shells()) {
    const auto script = completion_script(shell);
    ASSERT_TRUE(script);
    for (const Command& command : commands()) {
      SCOPED_TRACE(std::string(shell) + ' ' + std::string(command.name));
      EXPECT_NE(script->find(command.name), std::string::npos);
    }
    for (const Flag& flag : flags()) {
      SCOPED_TRACE(std::string(shell) + " -" + std::string(flag.name));
      const std::string name = (shell == "fish" ? "-o " : "-") + std::string(flag.name);
      EXPECT_NE(script->find(name), std::string::npos);
    }
  }
}

TEST(Completion, AnApostropheInAHelpTextEndsNoQuotes) {
  for (const std::string_view shell : {"fish", "zsh"}) {
    const std::string script = *completion_script(shell);
    for (const std::string_view line : split(script, '\n')) {
      if (line.starts_with('#')) continue;
      EXPECT_FALSE(leaves_quotes_open(line, shell == "fish")) << shell << ": " << line;
    }
  }
}

TEST(Completion, ColonsInsideAWordEndNoFieldOfZsh) {
  const std::string script = *completion_script("zsh");
  EXPECT_NE(script.find(R"(:HOST\:PORT: ')"), std::string::npos);
  EXPECT_NE(script.find(R"( force\:local )"), std::string::npos);
}

TEST(Completion, OtherShellsAreRefused) {
  const auto script = completion_script("tcsh");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code(), ErrorCode::Usage);
  EXPECT_EQ(script.error().message(), "completion is for bash, fish or zsh, not \"tcsh\"");
}

}  // namespace
}  // namespace plumb::cli
