// SPDX-License-Identifier: Apache-2.0
// Tasks of other frameworks, see plumb/rt/register.h. They lie in memory that is never given back,
// so that a reader may look at any of them at any time, as at a Task.
//
// Ownership: written by one thread at a time, as register.h demands of its callers.

#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

#include "rt/task.h"

namespace plumb::rt::detail {

struct RegisteredTask : Task {
  static constexpr std::size_t kMaxPlaces = 24;

  std::atomic<RegisteredTask*> previous{nullptr};  ///< Which it interrupts on its thread.
  std::atomic<std::uint32_t> depth{0};
  /// The place at depth n lies at n modulo kMaxPlaces: the innermost are known.
  std::array<std::atomic<const void*>, kMaxPlaces> places{};

  /// Fills `pcs` with the places, the innermost first, and returns their number. May be called
  /// while it changes; the caller finds out.
  std::size_t copy_places(std::span<std::uintptr_t> pcs) const;
};

/// Calls visit for each that was ever made.
void for_each_registered(const std::function<void(const RegisteredTask&)>& visit);

/// The number of those that there are.
std::size_t registered_count();

}  // namespace plumb::rt::detail
