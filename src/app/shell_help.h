// SPDX-License-Identifier: Apache-2.0
// What `help` says in a shell: pprof's order and layout, plumb's words, from the tables.

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb::cli {

/// The text about `topic`: a command, an option or a choice of one, a word of the shell, a topic of
/// `plumb help`; empty: everything there is. Errors: NotFound, in pprof's words.
Result<std::string> shell_help(std::string_view topic);

}  // namespace plumb::cli
