// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_stack.h"

namespace plumb {

void move_to_calls(std::span<std::uint64_t> addresses) {
  if (addresses.empty()) return;
  for (std::uint64_t& address : addresses.subspan(1)) --address;
}

std::uint64_t add_address_stack(Profile& profile, AddressTable& table,
                                std::span<const std::uint64_t> addresses, StackForm form) {
  std::vector<LocationId> stack;
  stack.reserve(addresses.size());
  for (const std::uint64_t address : addresses) stack.push_back(table.location_of(address));
  const bool is_twice =
      form == StackForm::Handler && addresses.size() > 1 && addresses[0] == addresses[1] + 1;
  if (is_twice) stack.erase(stack.begin() + 1);
  return profile.add_stack(stack);
}

}  // namespace plumb
