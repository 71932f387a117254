// SPDX-License-Identifier: Apache-2.0
// What the profiles of a process measure.

#pragma once

#include <chrono>
#include <cstdint>

namespace plumb::rt {

/// The block profile samples one wait per `rate` spent waiting; 1 ns: all of them; 0: none, which
/// is how a process starts. As runtime.SetBlockProfileRate.
void set_block_profile_rate(std::chrono::nanoseconds rate);

/// The mutex profile samples one in `fraction` of the contended unlocks; 0: none, which is how a
/// process starts. As runtime.SetMutexProfileFraction.
void set_mutex_profile_fraction(std::uint32_t fraction);

}  // namespace plumb::rt
