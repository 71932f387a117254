// SPDX-License-Identifier: Apache-2.0
// The command line as a function from words to text and an exit status. Only main.cc connects it to
// the process, so that tests run whole commands in memory.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "app/environment.h"

namespace plumb::cli {

/// Runs one command line (without the program's name). Never prints, never exits.
Exit run(std::span<const std::string_view> words, Environment& environment);

}  // namespace plumb::cli
