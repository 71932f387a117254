// SPDX-License-Identifier: Apache-2.0
#include "leak/stack_groups.h"

#include <array>
#include <charconv>

namespace plumb {

std::string address_text(const StackFrame& frame) {
  std::array<char, 16> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), frame.address, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

}  // namespace plumb
