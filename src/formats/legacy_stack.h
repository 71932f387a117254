// SPDX-License-Identifier: Apache-2.0
// Stacks as a signal handler takes them: the leaf is where the thread was, the rest are return
// addresses.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/address_table.h"
#include "model/profile.h"

namespace plumb {

/// Moves every address but the leaf's, the first, onto the call in front of it.
void move_to_calls(std::span<std::uint64_t> addresses);

/// What the addresses of a stack are.
enum class StackForm : std::uint8_t {
  Plain,
  /// A handler may have taken the leaf twice, from the signal and, moved, from the stack: then it
  /// counts once.
  Handler,
};

/// Stores a stack, leaf first, and returns its key.
std::uint64_t add_address_stack(Profile& profile, AddressTable& table,
                                std::span<const std::uint64_t> addresses, StackForm form);

}  // namespace plumb
