// SPDX-License-Identifier: Apache-2.0
// Completion scripts for shells, made from the tables of commands and options.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb::cli {

/// The shells that completion_script() knows: "bash", "fish", "zsh".
std::span<const std::string_view> completion_shells();

/// A script that teaches `shell` the commands and flags of plumb. Errors: Usage.
Result<std::string> completion_script(std::string_view shell);

}  // namespace plumb::cli
