// SPDX-License-Identifier: Apache-2.0
#include "leak/state_finder.h"

#include <algorithm>
#include <vector>

namespace plumb {

void StateFinder::learn() {
  const auto is_unnamed = [](const Location& location) { return location.line_count == 0; };
  if (!column_.counts_goroutines || std::ranges::none_of(profile_.locations, is_unnamed)) return;
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile_.sample_count(); ++i) {
    profile_.read_stack(i, stack);
    states_.learn(stack);
    if (stack.size() < 2) continue;
    const LocationId root = stack.back();
    if (is_unnamed(profile_.location(root))) return_location_ = root;
  }
  states_.resolve();
}

// Of a goroutine that has not run yet there is only the address it will return to. Leak profiles of
// early releases have such stacks by mistake.
bool StateFinder::has_not_started(std::span<const LocationId> stack) const {
  if (!column_.counts_goroutines || column_.is_leak_profile) return false;
  return stack.empty() || (stack.size() == 1 && stack[0] == return_location_);
}

}  // namespace plumb
