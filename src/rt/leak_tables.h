// SPDX-License-Identifier: Apache-2.0
// What a leak scan knows: filled by the steps of leak_scan.h, each of which reads what those before
// it have written. All of it lies in Pages.

#pragma once

#include <atomic>
#include <cstdint>

#include "rt/channel_index.h"
#include "rt/pages.h"
#include "rt/slot_index.h"

namespace plumb::rt::detail {

enum class Verdict : std::uint8_t {
  None,       ///< No task, or one that came after the slots were counted.
  Candidate,  ///< Waits for channels only.
  Root,       ///< May go on by itself.
  Live,       ///< A candidate that something leads to.
  Leaked,
};

/// The upper 16 bits of a word may be used otherwise.
inline constexpr std::uintptr_t kAddressMask = 0x0000'FFFF'FFFF'FFFF;

/// Where words of a stack lead to: a slot, or with kIsChannel a channel.
using Target = std::uint32_t;
inline constexpr Target kIsChannel = 0x8000'0000;

/// A part of an array.
struct Part {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
};

struct LeakTables {
  SlotIndex slots;
  ChannelIndex channels;
  // Of each slot, with room for those that come while the scan goes on.
  Pages<Verdict> verdicts;              ///< Shared with the copy of the process.
  Pages<std::uint64_t> resumes;         ///< Of a candidate: as it was found.
  Pages<Part> waits;                    ///< Of a candidate: what it waits for, in wait_channels.
  Pages<Part> leads;                    ///< Where its stack leads to, in targets. Shared.
  Pages<std::uintptr_t> wait_channels;  ///< Addresses.
  Pages<Target> targets;                ///< Shared.
  /// That `leads` and `targets` are complete (1), or cannot be (2). Shared.
  Pages<std::atomic<int>> stacks_done;

  /// Calls visit(AddressRange) for each part of memory that has notes.
  template <typename Visit>
  void for_each_range(Visit visit) const {
    visit(slots.pages());
    visit(channels.pages());
    visit(verdicts.range());
    visit(resumes.range());
    visit(waits.range());
    visit(leads.range());
    visit(wait_channels.range());
    visit(targets.range());
    visit(stacks_done.range());
  }
};

}  // namespace plumb::rt::detail
