// SPDX-License-Identifier: Apache-2.0
#include "app/shell_help.h"

#include <algorithm>
#include <vector>

#include "app/help_topics.h"
#include "app/options.h"
#include "app/shell_command.h"
#include "app/shell_options.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kSyntax =
    "\n"
    "  Beyond pprof:\n"
    "    top -cum -focus=x    flags of the command line hold for one command\n"
    "    top | less           sends a report through a line of sh\n"
    "    focus=\"chan send\"    quotes, '...' too, keep blanks together\n"
    "    Tab                  completes commands, options, functions and labels\n";

std::string entry(std::string_view name, std::string_view text) {
  constexpr std::size_t kColumn = 16;
  std::string out = "    " + std::string(name);
  if (name.size() < kColumn) out.append(kColumn - name.size(), ' ');
  return out + ' ' + std::string(text);
}

// Sorted entries, one per line.
std::string sorted(std::vector<std::string> entries) {
  std::ranges::sort(entries);
  std::string out;
  for (const std::string& line : entries) out += line + '\n';
  return out;
}

std::string list_commands() {
  std::vector<std::string> entries;
  for (const Command& command : commands()) {
    if (find_shell_command(command.name) == nullptr) continue;
    entries.push_back(entry(command.name, command.summary));
  }
  std::string out = "  Commands:\n" + sorted(std::move(entries));
  out += entry("o/options", "List options and their current values") + '\n';
  out += entry("q/quit/exit/^D", "Leave the shell") + '\n';
  for (const ShellBuiltin& builtin : shell_builtins()) {
    if (!builtin.is_own) continue;
    std::string name(builtin.name);
    if (!builtin.operands.empty()) name += ' ' + std::string(builtin.operands);
    out += entry(name, builtin.help) + '\n';
  }
  return out;
}

std::string list_options(bool is_pprofs) {
  std::vector<std::string> entries;
  for (const Option& option : options()) {
    if (!is_variable(option) || !option.choices.empty()) continue;
    if (is_pprof_option(option) == is_pprofs) entries.push_back(entry(option.name, option.help));
  }
  return sorted(std::move(entries));
}

std::string list_groups() {
  std::vector<std::string> groups;
  for (const Option& option : options()) {
    if (!is_variable(option) || option.choices.empty()) continue;
    std::string group = entry(option.name, "");
    for (std::size_t i = 0; i < option.choices.size(); ++i) {
      group += "\n  " + entry(option.choices[i], option.choice_help[i]);
    }
    groups.push_back(std::move(group));
  }
  return sorted(std::move(groups));
}

std::string list_topics() {
  std::string out = "  Topics:\n";
  for (const HelpTopic& topic : help_topics()) out += entry(topic.name, topic.summary) + '\n';
  return out;
}

std::string help_on_everything() {
  std::string out = list_commands() + "\n  Options:\n" + list_options(true);
  out += "\n  Option groups (only set one per group):\n" + list_groups();
  out += "  :   Clear focus/ignore/hide/tagfocus/tagignore\n";
  out += kSyntax;
  out += list_options(false);
  out += '\n' + list_topics();
  return out + "\n  type \"help <cmd|option|topic>\" for more information\n";
}

std::string usage_line(const Command& command) {
  std::string usage(command.name);
  if (!command.report) return usage + " [n] [function_regex]* [-option=value]* [>file] [| command]";
  if (!command.argument.empty()) usage += " regex";
  const bool is_tags = command.report == ReportKind::Tags;
  usage += is_tags ? " [tag_regex]*" : " [n] [focus_regex]*";
  return usage + " [-ignore_regex]* [-option=value]* [>file] [| command]";
}

// A few that the command heeds.
std::string_view some_options(const Command& command) {
  if (!command.report) return "-state='chan send', -min_age=10, -json";
  const bool has_rows = command.groups.has(OptionGroup::Rows);
  return has_rows ? "-cum, -nodecount=20, -unit=ms" : "-focus=main, -unit=ms";
}

std::string help_on_command(const Command& command) {
  std::string out = std::string(command.summary) + "\n  Usage:\n    " + usage_line(command) + '\n';
  out +=
      "    Options hold for this command only: " + std::string(some_options(command)) + ", ...\n";
  return out + '\n';
}

std::string help_on_option(const Variable& variable) {
  const Option& option = *variable.option;
  if (!variable.choice.empty()) {
    const auto index = std::ranges::find(option.choices, variable.choice) - option.choices.begin();
    return std::string(option.choice_help[static_cast<std::size_t>(index)]) + "\nThe same as " +
           std::string(option.name) + '=' + std::string(variable.choice) + ".\n\n";
  }
  std::string out = std::string(option.help) + '\n';
  for (std::size_t i = 0; i < option.choices.size(); ++i) {
    out += entry(option.choices[i], option.choice_help[i]) + '\n';
  }
  const std::string value = default_text(option);
  if (!value.empty()) out += "Default: " + value + '\n';
  return out + '\n';
}

std::string help_on_builtin(const ShellBuiltin& builtin) {
  std::string usage(builtin.name);
  if (!builtin.operands.empty()) usage += ' ' + std::string(builtin.operands);
  return std::string(builtin.help) + "\n  Usage:\n    " + usage + "\n\n";
}

}  // namespace

Result<std::string> shell_help(std::string_view topic) {
  if (topic.empty()) return help_on_everything();
  if (const Command* const command = find_shell_command(topic)) return help_on_command(*command);
  if (const auto variable = find_variable(topic)) return help_on_option(*variable);
  const auto builtins = shell_builtins();
  const auto builtin = std::ranges::find(builtins, topic, &ShellBuiltin::name);
  if (builtin != builtins.end()) return help_on_builtin(*builtin);
  if (const HelpTopic* const found = find_help_topic(topic)) return help_topic_text(*found);
  std::string message = "Unknown command: " + std::string(topic);
  std::vector<std::string_view> names = shell_words();
  for (const HelpTopic& other : help_topics()) names.push_back(other.name);
  if (const auto nearest = find_nearest(topic, names)) {
    message += "\ndid you mean " + std::string(*nearest) + '?';
  }
  return Error(ErrorCode::NotFound, std::move(message));
}

}  // namespace plumb::cli
