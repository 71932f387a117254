// SPDX-License-Identifier: Apache-2.0
#include "formats/wait_table.h"

#include <algorithm>
#include <utility>

namespace plumb {

std::vector<WaitCount> WaitTable::sorted() const {
  std::vector<WaitCount> waits;
  waits.reserve(used_ + (zeroes_ != 0 ? 1 : 0));
  if (zeroes_ != 0) waits.push_back({0, zeroes_});
  for (const Slot& slot : slots_) {
    if (slot.minutes != 0) waits.push_back({slot.minutes, slot.count});
  }
  std::ranges::sort(waits, {}, &WaitCount::minutes);
  return waits;
}

std::size_t WaitTable::grow() {
  const std::vector<Slot> old =
      std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(4, slots_.size() * 2)));
  for (const Slot& slot : old) {
    if (slot.minutes != 0) find(slot.minutes) = slot;
  }
  return (slots_.size() - old.size()) * sizeof(Slot);
}

}  // namespace plumb
