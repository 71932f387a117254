// SPDX-License-Identifier: Apache-2.0
// What goroutines cost at the very least.
//
// A stack is a power of two of at least 2 KiB. Around it a parked goroutine keeps a descriptor and
// the wait record of what it is parked on: 425 to 809 bytes measured with Go 1.19 for channels,
// select and mutexes, taken as 0.6 KiB. What the goroutine's variables point to is not in any
// goroutine profile, so this is a lower bound, and the real cost can be many times as much.

#pragma once

#include <cstdint>

#include "leak/stack_groups.h"

namespace plumb {

/// Bytes that `count` goroutines with `frames` frames each hold at least: stack, descriptor and
/// wait record. 0 for a negative count; saturates.
std::uint64_t memory_at_least(std::int64_t count, std::uint64_t frames);

/// The same for the goroutines of `group`, one of `groups`; 0 if it does not count goroutines.
std::uint64_t memory_at_least(const StackGroups& groups, const StackGroup& group);

}  // namespace plumb
