// SPDX-License-Identifier: Apache-2.0
// The little programs of .eh_frame that say where a function keeps its caller's registers.

#pragma once

#include <cstdint>

#include "rt/unwind.h"

namespace plumb::rt::detail {

/// The row for `pc` of the frame description entry at `description`, whose function starts at
/// `function`. Kind::None if it says what an UnwindRow cannot. The bytes are those of the program
/// itself, mapped by its loader, and trusted as the loader's own are.
UnwindRow run_frame_program(const void* description, std::uintptr_t function, std::uintptr_t pc);

}  // namespace plumb::rt::detail
