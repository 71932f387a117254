// SPDX-License-Identifier: Apache-2.0
// The classes of age that pages show: goroutines that wait shorter than so many minutes.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace plumb::web {

/// The last one has everything that waits longer.
inline constexpr std::array<std::uint64_t, 9> kAgeBounds = {
    1, 2, 5, 15, 30, 60, 180, 1440, std::numeric_limits<std::uint64_t>::max()};

/// The index of the class of a wait.
constexpr std::size_t age_class(std::uint64_t minutes) {
  const auto* const bound = std::ranges::upper_bound(kAgeBounds, minutes);
  return bound == kAgeBounds.end() ? kAgeBounds.size() - 1
                                   : static_cast<std::size_t>(bound - kAgeBounds.begin());
}

}  // namespace plumb::web
