// SPDX-License-Identifier: Apache-2.0
// The stack of the caller.

#pragma once

#include <cstdint>
#include <vector>

namespace plumb::rt::detail {

/// Return addresses, the caller's first, at most 128.
std::vector<std::uintptr_t> own_stack();

}  // namespace plumb::rt::detail
