// SPDX-License-Identifier: Apache-2.0
// Help texts, made from the tables of commands and options.

#pragma once

#include <string>
#include <string_view>

#include "app/commands.h"
#include "app/options.h"

namespace plumb::cli {

/// One sentence about plumb, with its line feed.
std::string_view what_it_is();

/// What plumb says when it is started without words.
std::string short_help();

/// `plumb help`: all commands, how sources are named, exit statuses.
std::string full_help();

/// What stands behind `help`, with dashes or without, to list all flags.
inline constexpr std::string_view kAllFlags = "flags";

/// `plumb help -flags`: every flag, by group, with the commands that heed it.
std::string flags_help();

/// One option: its flag, or those of its choices, and the reports that heed it.
std::string option_help(const Option& option);

/// "-nodecount=N": a flag with what it takes.
std::string flag_entry(const Flag& flag);

/// What a flag does, with its default where that is something to know.
std::string flag_meaning(const Flag& flag);

/// `plumb help COMMAND`: examples first, then its flags by group.
std::string command_help(const Command& command);

}  // namespace plumb::cli
