// SPDX-License-Identifier: Apache-2.0
// Manual pages, made from the tables of commands, options and topics, as input for man or mandoc.

#pragma once

#include <string>
#include <string_view>

#include "app/commands.h"

namespace plumb::cli {

/// plumb(1): what plumb is, its commands, and every topic.
std::string man_page();

/// plumb-top(1): a command with its flags.
std::string man_page(const Command& command);

/// `text` as roff shows it unchanged: backslashes, hyphens, dots at the start of lines.
std::string roff_text(std::string_view text);

}  // namespace plumb::cli
