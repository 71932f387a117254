// SPDX-License-Identifier: Apache-2.0
#include "leak/stack_groups.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace plumb {

std::string address_text(const StackFrame& frame) {
  std::array<char, 16> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), frame.address, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

bool is_profiler(const StackGroups& groups, const StackGroup& group) {
  return std::ranges::any_of(groups.stack(group), [&](StackFrameId id) {
    return is_profiler_function(groups.text(groups.frame(id).function));
  });
}

}  // namespace plumb
