// SPDX-License-Identifier: Apache-2.0
// ChannelIndex: which of the channels that somebody waits for a word points into.
//
// One entry for each page of memory that has such channels, with a bit for each place where one may
// begin: channels lie close together, so that the table of a million is a few megabytes, and most
// words of most programs are answered by looking at one entry.

#pragma once

#include <plumb/rt/detail/chan_core.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "rt/pages.h"

namespace plumb::rt::detail {

class ChannelIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// False without memory.
  bool allocate() { return entries_.allocate(kFirstEntries); }

  /// Adds a channel; again has no effect. False without memory, or for an address that cannot be
  /// one.
  bool add(std::uintptr_t address);
  /// Numbers the channels, after the last add().
  void number();
  [[nodiscard]] std::uint32_t size() const { return size_; }

  /// The number of the channel that `word` points into, or kNone.
  [[nodiscard]] std::uint32_t find(std::uintptr_t word) const {
    if (word - low_ >= high_ - low_) return kNone;
    const std::uintptr_t page = word / 4096;
    const std::size_t unit = word / kUnitBytes % kUnits;
    const std::uint32_t found = find_in(page, unit, kChannelUnits, word);
    if (found != kNone || unit + 1 >= kChannelUnits) return found;
    return find_in(page - 1, kUnits - 1, kChannelUnits - unit - 1, word);
  }

  /// Calls visit(number, address) for each, in no order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      for (std::size_t unit = 0; entry.page != 0 && unit < kUnits; ++unit) {
        if (!has(entry, unit)) continue;
        visit(number_of(entry, unit), (entry.page * kUnits + unit) * kUnitBytes);
      }
    }
  }

  [[nodiscard]] AddressRange pages() const { return entries_.range(); }

 private:
  static constexpr std::size_t kFirstEntries = 256;
  static constexpr std::size_t kUnitBytes = 16;  // What operator new aligns to.
  static constexpr std::size_t kUnits = 4096 / kUnitBytes;
  static constexpr std::size_t kChannelUnits = (sizeof(ChanCore) + kUnitBytes - 1) / kUnitBytes;

  struct Entry {
    std::uintptr_t page = 0;  // 0: free.
    std::uint32_t first = 0;  // Number of its first channel.
    std::array<std::uint64_t, kUnits / 64> bits{};
  };

  static bool has(const Entry& entry, std::size_t unit) {
    return (entry.bits[unit / 64] >> (unit % 64) & 1) != 0;
  }
  static std::uint32_t number_of(const Entry& entry, std::size_t unit) {
    int before = std::popcount(entry.bits[unit / 64] & ((std::uint64_t{1} << unit % 64) - 1));
    for (std::size_t i = 0; i < unit / 64; ++i) before += std::popcount(entry.bits[i]);
    return entry.first + static_cast<std::uint32_t>(before);
  }
  [[nodiscard]] Entry& slot_of(std::uintptr_t page) const {
    constexpr std::uint64_t kGolden = 0x9E37'79B9'7F4A'7C15;
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = (page * kGolden >> 32) & mask;
    while (entries_[at].page != 0 && entries_[at].page != page) at = (at + 1) & mask;
    return entries_[at];
  }
  // Looks at `count` places, from `unit` downwards.
  [[nodiscard]] std::uint32_t find_in(std::uintptr_t page, std::size_t unit, std::size_t count,
                                      std::uintptr_t word) const {
    const Entry& entry = slot_of(page);
    if (entry.page != page) return kNone;
    for (std::size_t i = 0; i < count && i <= unit; ++i) {
      if (!has(entry, unit - i)) continue;
      const std::uintptr_t address = (page * kUnits + unit - i) * kUnitBytes;
      return word < address + sizeof(ChanCore) ? number_of(entry, unit - i) : kNone;
    }
    return kNone;
  }
  bool grow();

  Pages<Entry> entries_;  // Open addressing; a power of two.
  std::size_t used_ = 0;
  std::uint32_t size_ = 0;
  std::uintptr_t low_ = UINTPTR_MAX;
  std::uintptr_t high_ = 0;
};

}  // namespace plumb::rt::detail
