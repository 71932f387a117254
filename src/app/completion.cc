// SPDX-License-Identifier: Apache-2.0
// The scripts hold all words, so that completing needs no run of plumb. A flag's form is -x=, which
// all three shells complete as one word; behind it stands the shell's own completion of files.

#include "app/completion.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "app/commands.h"
#include "app/help_topics.h"
#include "app/options.h"
#include "app/settings.h"

namespace plumb::cli {
namespace {

// Calls `use` with each flag that `command` heeds.
template <typename Use>
void for_each_flag(const Command& command, Use use) {
  if (!command.reads_profiles()) return;
  for (const Flag& flag : flags()) {
    if (command.groups.has(flag.option->group)) use(flag_of_command(flag, command.name));
  }
}

// The values of an option that are known, as the command takes them.
std::span<const std::string_view> values_of(const Option& option, const Command& command) {
  if (option.group != OptionGroup::FailOn) return option.suggestions;
  if (command.name == "diff") return kDiffFailures;
  return kLeaksFailures;
}

// The words that may follow a command which takes no profiles: "help top", "completion bash".
std::vector<std::string_view> operand_words(const Command& command) {
  std::vector<std::string_view> words;
  if (command.name == "completion") {
    words.assign(completion_shells().begin(), completion_shells().end());
  } else if (command.name == "help" || command.name == "man") {
    for (const Command& other : commands()) words.push_back(other.name);
  }
  if (command.name == "help") {
    for (const HelpTopic& topic : help_topics()) words.push_back(topic.name);
  }
  return words;
}

std::string join(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : " ") + std::string(word);
  return text;
}

std::string command_names(bool reports_as_flags) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) {
    if (!reports_as_flags || command.kind == CommandKind::Report) names.push_back(command.name);
  }
  std::string text;
  for (const std::string_view name : names) {
    text += (text.empty() ? "" : " ") + std::string(reports_as_flags ? "-" : "");
    text += name;
  }
  return text;
}

// "top|-top|--top": the ways to name a command.
std::string all_names(const Command& command, std::string_view separator) {
  std::string names(command.name);
  if (command.kind != CommandKind::Report) return names;
  for (const std::string_view dashes : {"-", "--"}) {
    names += separator;
    names += dashes;
    names += command.name;
  }
  return names;
}

std::string bash_words(const Command& command) {
  std::string words = join(operand_words(command));
  for_each_flag(command, [&words](const Flag& flag) {
    words += (words.empty() ? "-" : " -") + std::string(flag.name) + (flag.is_switch() ? "" : "=");
  });
  return words;
}

// What each command takes behind -fail_on.
std::string bash_failures() {
  std::string out = "    -fail_on)\n      case \"${COMP_WORDS[1]}\" in\n";
  const Option& option = *find_option("fail_on");
  for (const Command& command : commands()) {
    if (!command.groups.has(option.group)) continue;
    out += "        " + all_names(command, "|") + ") words='" + join(values_of(option, command)) +
           "' ;;\n";
  }
  return out + "      esac ;;\n";
}

// The values of options whose values are known: "      -unit) words='ms MB' ;;" for each.
std::string bash_values() {
  std::string out;
  for (const Flag& flag : flags()) {
    if (flag.is_switch() || flag.option->suggestions.empty()) continue;
    out +=
        "    -" + std::string(flag.name) + ") words='" + join(flag.option->suggestions) + "' ;;\n";
  }
  return out + bash_failures();
}

// "help|man|completion": commands that take no files.
std::string bash_tools() {
  std::string names;
  for (const Command& command : commands()) {
    if (operand_words(command).empty()) continue;
    names += (names.empty() ? "" : "|") + std::string(command.name);
  }
  return names;
}

// Bash makes three words of -unit=ms; -unit ms are two.
std::string bash_flag_before() {
  return "  local last=\"${COMP_WORDS[COMP_CWORD-1]}\" flag=\"\"\n"
         "  if [[ $word == '=' ]]; then\n"
         "    flag=$last word=\"\"\n"
         "  elif [[ $last == '=' && $COMP_CWORD -gt 1 ]]; then\n"
         "    flag=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
         "  elif [[ $word != -* ]]; then\n"
         "    flag=$last\n"
         "  fi\n"
         "  case \"${flag/#--/-}\" in\n" +
         bash_values() +
         "  esac\n"
         "  if [[ -n $words ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "    return 0\n"
         "  fi\n";
}

std::string bash_script() {
  std::string out =
      "# Completion of plumb for bash. To load it: source <(plumb completion bash)\n"
      "_plumb() {\n"
      "  local word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n" +
      bash_flag_before() +
      "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
      "    words='" +
      command_names(false) + ' ' + command_names(true) +
      "'\n"
      "  else\n"
      "    case \"${COMP_WORDS[1]}\" in\n";
  for (const Command& command : commands()) {
    const std::string words = bash_words(command);
    if (!words.empty()) out += "      " + all_names(command, "|") + ") words='" + words + "' ;;\n";
  }
  out +=
      "    esac\n"
      "    case \"${COMP_WORDS[1]}\" in\n"
      "      " +
      bash_tools() +
      ") ;;\n"
      "      *) [[ $word == -* ]] || words=\"\" ;;\n"
      "    esac\n"
      "  fi\n"
      "  [[ $word == --* ]] && words=\" $words\" && words=\"${words// -/ --}\"\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
      "  return 0\n"
      "}\n"
      "complete -o default -F _plumb plumb\n";
  return out;
}

// Text inside '...' of a fish script.
std::string fish_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Text inside '...' of a zsh script, where an apostrophe ends the quotes whatever stands before it.
// `special` are the signs that zsh's completion would take for its own there.
std::string zsh_text(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out;
}

// How a value is completed.
std::string zsh_action(std::string_view value_name, const std::string& values) {
  if (value_name == "FILE" || value_name == "SOURCE") return ":_files";
  if (value_name == "FOLDER" || value_name == "DIRS") return ":_files -/";
  return values.empty() ? ": " : ":(" + values + ")";
}

std::string zsh_flags(const Command& command) {
  std::string out;
  for_each_flag(command, [&](const Flag& flag) {
    out += "        '-" + std::string(flag.name) + (flag.is_switch() ? "[" : "=[") +
           zsh_text(flag.help, "[]:\\") + ']';
    if (!flag.is_switch()) {
      out += ':' + zsh_text(flag.value_name, ":\\");
      const std::string values = zsh_text(join(values_of(*flag.option, command)), ":\\");
      out += zsh_action(flag.value_name, values);
    }
    out += "' \\\n";
  });
  return out;
}

// A report may be named as pprof does, -top, and a flag have two dashes. zsh is told that dashes in
// front of what it looks for are done with, so that every name stands in the script once.
std::string zsh_script() {
  std::string reports;
  std::string others;
  for (const Command& command : commands()) {
    std::string& names = command.kind == CommandKind::Report ? reports : others;
    names += "      '" + std::string(command.name) + ':' + zsh_text(command.summary, ":\\") + "'\n";
  }
  std::string out =
      "#compdef plumb\n"
      "# Completion of plumb for zsh. To load it: source <(plumb completion zsh)\n"
      "_plumb() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a names=(\n" +
      reports +
      "    )\n"
      "    compset -P '-##' || names+=(\n" +
      others +
      "    )\n"
      "    _describe command names\n"
      "    return\n"
      "  fi\n"
      "  local name=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  words=(\"${(@)words/#--/-}\")\n"
      "  [[ $PREFIX == --* ]] && compset -P '-'\n"
      "  case ${name##-#} in\n";
  for (const Command& command : commands()) {
    out += "    " + std::string(command.name) + ")\n      _arguments \\\n" + zsh_flags(command);
    const std::string words = join(operand_words(command));
    out +=
        words.empty() ? "        '*:profile:_files' ;;\n" : "        '*:word:(" + words + ")' ;;\n";
  }
  out +=
      "  esac\n"
      "}\n"
      "if [[ $funcstack[1] == _plumb ]]; then _plumb \"$@\"; else compdef _plumb plumb; fi\n";
  return out;
}

// The first word is a command, or the flag that names a report; fish has functions that tell which
// command was given, but they see no flags.
std::string fish_script() {
  std::string out =
      "# Completion of plumb for fish. To load it: plumb completion fish | source\n"
      "complete -c plumb -e\n"
      "function __plumb_is_first\n"
      "  test (count (commandline -opc)) -eq 1\n"
      "end\n"
      "function __plumb_first_is\n"
      "  set -l words (commandline -opc)\n"
      "  test (count $words) -gt 1; and contains -- $words[2] $argv\n"
      "end\n";
  for (const Command& command : commands()) {
    const std::string start = "complete -c plumb -n __plumb_is_first -f ";
    const std::string name(command.name);
    const std::string summary = " -d '" + fish_text(command.summary) + "'\n";
    out += start + "-a " + name + summary;
    if (command.kind == CommandKind::Report) {
      out += start + "-o " + name + " -l " + name + summary;
    }
  }
  for (const Command& command : commands()) {
    const std::string start =
        "complete -c plumb -n '__plumb_first_is " + all_names(command, " ") + "'";
    const std::string words = join(operand_words(command));
    if (!words.empty()) {
      out += start;
      out += " -f -a '" + words + "'\n";
    }
    for_each_flag(command, [&](const Flag& flag) {
      out += start;
      out += " -o " + std::string(flag.name) + " -l " + std::string(flag.name);
      if (!flag.is_switch()) out += " -r";
      const std::string values = join(values_of(*flag.option, command));
      if (!flag.is_switch() && !values.empty()) out += " -f -a '" + values + "'";
      out += " -d '" + fish_text(flag.help) + "'\n";
    });
  }
  return out;
}

struct ShellSyntax {
  std::string_view name;
  std::string (*script)();
};
constexpr std::array kShells = {ShellSyntax{"bash", bash_script}, ShellSyntax{"fish", fish_script},
                                ShellSyntax{"zsh", zsh_script}};
constexpr std::array<std::string_view, kShells.size()> kShellNames = {
    kShells[0].name, kShells[1].name, kShells[2].name};

}  // namespace

std::span<const std::string_view> completion_shells() {
  return kShellNames;
}

Result<std::string> completion_script(std::string_view shell) {
  const auto* const row = std::ranges::find(kShells, shell, &ShellSyntax::name);
  if (row != kShells.end()) return row->script();
  return Error(ErrorCode::Usage,
               "completion is for bash, fish or zsh, not \"" + std::string(shell) + '"');
}

}  // namespace plumb::cli
