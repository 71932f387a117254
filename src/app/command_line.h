// SPDX-License-Identifier: Apache-2.0
// Words to a command with its settings and operands, by the grammar of Go's flag package: -x, --x,
// -x=v, -x v; switches only -x or -x=v; "--" ends the flags. Unlike there, flags are also taken
// behind operands.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

struct CommandLine {
  const Command* command = nullptr;  ///< Null if the words name none.
  Settings settings;
  std::vector<std::string> operands;
  std::string argument;  ///< Of a command that takes one.
  bool wants_help = false;
  bool wants_version = false;
  bool has_flags = false;  ///< Other than those for help and version; "--" counts.
};

/// Reads `words` (without the program's name) into `line`, which starts empty. What was understood
/// before an error stays in it.
///
/// Errors: Usage, in the words of Go's flag package; lines behind the first are hints.
Result<void> parse_command_line(std::span<const std::string_view> words, CommandLine& line);

}  // namespace plumb::cli
