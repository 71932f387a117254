// SPDX-License-Identifier: Apache-2.0
// A line of the shell as a report to make:
//
//   CMD[N] [ARGUMENT] [N] [FOCUS]... [-IGNORE]... [-OPTION[=VALUE]]... [> FILE] [| LINE FOR SH]
//
// The commands are the reports of the table in app/commands.h. What a line sets holds for that line
// alone. Words behind the command are pprof's: a number is the count of entries, other words are
// regular expressions to focus on, with a - in front to ignore. Unlike pprof's shell, a word that
// is a flag of the command line is that flag here; quoted, it never is.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/settings.h"
#include "app/shell_line.h"
#include "app/shell_options.h"
#include "base/result.h"

namespace plumb::cli {

struct ShellCommand {
  const Command* command = nullptr;
  std::string argument;             ///< Of a command that takes one.
  Settings settings;                ///< As they hold for this line.
  std::optional<std::string> pipe;  ///< The line for sh that reads the report.
};

/// A word that the shell itself understands.
struct ShellBuiltin {
  std::string_view name;
  std::string_view operands;  ///< For the usage line; may be empty.
  std::string_view help;      ///< One line.
  bool is_own = false;        ///< pprof has it not.
};

/// "options", "o", "help", "exit", ...
std::span<const ShellBuiltin> shell_builtins();

/// The command of that name, if the shell has it: reports on one profile, and leaks.
const Command* find_shell_command(std::string_view name);

/// True if an option is about a whole run, as how its profile is loaded, a file of it, or its exit
/// status: no line of the shell takes them.
bool is_for_command_line(const Option& option);

/// The names that may begin a line, for completion and suggestions: commands, built-ins, variables.
std::vector<std::string_view> shell_words();

/// Reads `line`, which has words. `current` are the settings of the session.
///
/// Errors: Usage, in pprof's words; lines behind the first are hints.
Result<ShellCommand> parse_shell_command(const ShellLine& line, const Settings& current,
                                         const SampleTypes& types);

}  // namespace plumb::cli
