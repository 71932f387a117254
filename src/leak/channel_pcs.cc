// SPDX-License-Identifier: Apache-2.0
#include "leak/channel_pcs.h"

#include <algorithm>

namespace plumb {
namespace {

// From the entry to where the operation parks: 0xe3 to 0x218 for a nil channel, which parks at
// once, and 0x396 to 0x503 for others, measured on amd64 from Go 1.19 to 1.26. In between there is
// no answer.
constexpr std::uint64_t kMinDistance = 0x80;
constexpr std::uint64_t kMaxNilDistance = 0x280;
constexpr std::uint64_t kMinUsualDistance = 0x300;
constexpr std::uint64_t kMaxDistance = 0x2000;
// chanrecv1 and chanrecv2, of a few instructions each, are neighbours: 0x20 or 0x40 apart.
constexpr std::uint64_t kMaxEntryDistance = 0x100;

bool is_plausible(const ChannelWait& wait) {
  return wait.park > wait.entry && wait.park - wait.entry >= kMinDistance &&
         wait.park - wait.entry <= kMaxDistance;
}

// chansend or chanrecv, with the waits in it by ascending entry.
struct Operation {
  std::vector<const ChannelWait*> waits;

  [[nodiscard]] std::uint64_t first_entry() const { return waits.front()->entry; }
  [[nodiscard]] std::uint64_t last_entry() const { return waits.back()->entry; }
  [[nodiscard]] std::uint64_t first_park() const {
    return (*std::ranges::min_element(waits, {}, &ChannelWait::park))->park;
  }
  [[nodiscard]] std::uint64_t last_park() const {
    return (*std::ranges::max_element(waits, {}, &ChannelWait::park))->park;
  }
  [[nodiscard]] bool parks_at(std::uint64_t park) const {
    return std::ranges::any_of(waits, [park](const auto* wait) { return wait->park == park; });
  }
  // Requires: no entry of this operation is above that of `wait`.
  [[nodiscard]] bool has(const ChannelWait& wait) const {
    const bool is_near = wait.entry - first_entry() <= kMaxEntryDistance;
    return wait.entry == last_entry() || parks_at(wait.park) ||
           (is_near && wait.entry < first_park());
  }
  [[nodiscard]] std::size_t entry_count() const {
    std::size_t count = 1;
    for (std::size_t i = 1; i < waits.size(); ++i) {
      if (waits[i]->entry != waits[i - 1]->entry) ++count;
    }
    return count;
  }
};

std::vector<Operation> group_into_operations(std::span<const ChannelWait> waits) {
  std::vector<const ChannelWait*> sorted;
  for (const ChannelWait& wait : waits) {
    if (is_plausible(wait)) sorted.push_back(&wait);
  }
  std::ranges::stable_sort(sorted, {}, &ChannelWait::entry);
  std::vector<Operation> operations;
  for (const ChannelWait* const wait : sorted) {
    if (operations.empty() || !operations.back().has(*wait)) operations.emplace_back();
    operations.back().waits.push_back(wait);
  }
  return operations;
}

// The state that the hints of an operation agree on; "?" if they do not.
std::string_view hinted(const Operation& operation) {
  std::string_view state;
  for (const ChannelWait* const wait : operation.waits) {
    if (wait->hint.state.empty()) continue;
    if (!state.empty() && state != wait->hint.state) return "?";
    state = wait->hint.state;
  }
  return state;
}

// One operation: only receiving has two entries.
std::string_view state_of_only(const Operation& operation) {
  const std::string_view hint = hinted(operation);
  if (operation.entry_count() == 1) return hint == "?" ? "" : hint;
  const bool fits = operation.entry_count() == 2 && (hint.empty() || hint == "chan receive");
  return fits ? "chan receive" : "";
}

// True if `lower` is chansend and `upper` is chanrecv.
bool are_send_and_receive(const Operation& lower, const Operation& upper) {
  const std::string_view lower_hint = hinted(lower);
  const std::string_view upper_hint = hinted(upper);
  return lower.entry_count() == 1 && upper.entry_count() <= 2 &&
         lower.last_park() < upper.first_entry() &&
         (lower_hint.empty() || lower_hint == "chan send") &&
         (upper_hint.empty() || upper_hint == "chan receive");
}

WaitState state_of(const ChannelWait& wait, const Operation& operation, std::string_view state) {
  WaitState result;
  const bool sends = state == "chan send";
  const std::uint64_t distance = wait.park - wait.entry;
  if (distance <= kMaxNilDistance) {
    result.state = sends ? "chan send (nil chan)" : "chan receive (nil chan)";
  } else if (distance >= kMinUsualDistance) {
    result.state = state;
  }
  if (sends || result.state.empty()) return result;
  result.is_range = wait.hint.is_range;
  if (operation.entry_count() == 2) result.is_range = wait.entry == operation.last_entry();
  return result;
}

}  // namespace

std::vector<WaitState> resolve_channel_waits(std::span<const ChannelWait> waits) {
  std::vector<WaitState> states(waits.size());
  const auto decide = [&](const Operation& operation, std::string_view state) {
    if (state.empty()) return;
    for (const ChannelWait* const wait : operation.waits) {
      states[static_cast<std::size_t>(wait - waits.data())] = state_of(*wait, operation, state);
    }
  };
  const std::vector<Operation> operations = group_into_operations(waits);
  if (operations.size() == 1) decide(operations[0], state_of_only(operations[0]));
  if (operations.size() == 2 && are_send_and_receive(operations[0], operations[1])) {
    decide(operations[0], "chan send");
    decide(operations[1], "chan receive");
  }
  return states;
}

}  // namespace plumb
