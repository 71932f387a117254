// SPDX-License-Identifier: Apache-2.0
// Causes and fixes in the words of C++: a task of plumb::rt is not mended by `defer`.

#pragma once

#include <string>
#include <string_view>

#include "leak/stack_groups.h"

namespace plumb {

/// True if the line that blocks is one of C++.
bool is_cxx(const StackGroups& stacks, const StackGroup& group);

/// How pattern `id` is mended in C++, with {creator} as in the table of patterns; empty if what is
/// said of Go holds for both.
std::string_view cxx_fix(std::string_view id);

/// The cause of a pattern with the names that C++ has for what Go calls a goroutine, WaitGroup and
/// so on.
std::string cxx_cause(std::string_view cause);

}  // namespace plumb
