// SPDX-License-Identifier: Apache-2.0
// Help texts, made from the tables of commands and options.

#pragma once

#include <string>

#include "app/commands.h"

namespace plumb::cli {

/// What plumb says when it is started without words.
std::string short_help();

/// `plumb help`: all commands, how sources are named, exit statuses.
std::string full_help();

/// `plumb help COMMAND`: examples first, then its flags by group.
std::string command_help(const Command& command);

}  // namespace plumb::cli
