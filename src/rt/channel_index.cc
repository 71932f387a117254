// SPDX-License-Identifier: Apache-2.0
#include "rt/channel_index.h"

#include <algorithm>

namespace plumb::rt::detail {

bool ChannelIndex::grow() {
  Pages<Entry> old = std::move(entries_);
  if (!entries_.allocate(old.size() * 2)) return false;
  for (std::size_t i = 0; i < old.size(); ++i) {
    if (old[i].page != 0) slot_of(old[i].page) = old[i];
  }
  return true;
}

bool ChannelIndex::add(std::uintptr_t address) {
  if (address < 4096 || address % kUnitBytes != 0) return false;
  Entry& entry = slot_of(address / 4096);
  const std::size_t unit = address / kUnitBytes % kUnits;
  entry.bits[unit / 64] |= std::uint64_t{1} << unit % 64;
  low_ = std::min(low_, address);
  high_ = std::max(high_, address + sizeof(ChanCore));
  if (entry.page != 0) return true;
  entry.page = address / 4096;
  ++used_;
  return used_ * 2 < entries_.size() || grow();
}

void ChannelIndex::number() {
  size_ = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    entry.first = size_;
    for (const std::uint64_t bits : entry.bits) {
      size_ += static_cast<std::uint32_t>(std::popcount(bits));
    }
  }
}

}  // namespace plumb::rt::detail
