// SPDX-License-Identifier: Apache-2.0
#include "report/stack_sums.h"

#include <algorithm>
#include <unordered_map>

#include "base/checked.h"
#include "base/hash.h"
#include "base/units.h"
#include "graph/nodes.h"

namespace plumb {
namespace {

// Stacks by their hash, without the frames: those are read again to compare.
class KnownStacks {
 public:
  explicit KnownStacks(std::size_t samples) {
    std::size_t slots = 1024;
    while (slots < samples + samples / 2) slots *= 2;
    slots_.resize(slots);
  }

  // The row of a stack with this hash for which `equals(row)` holds, or `fresh`, which is then
  // the row of it.
  template <typename Equals>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t fresh, Equals&& equals) {
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.row_and_one == 0) {
        slot = {tag, fresh + 1};
        return fresh;
      }
      if (slot.tag == tag && equals(slot.row_and_one - 1)) return slot.row_and_one - 1;
    }
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t row_and_one = 0;  // 0: free.
  };
  std::vector<Slot> slots_;
};

std::uint64_t hash_frames(std::span<const FrameIndex> frames) {
  const auto* bytes = reinterpret_cast<const char*>(frames.data());
  return hash_bytes({bytes, frames.size_bytes()}, kHashSeed);
}

}  // namespace

FrameNames::FrameNames(const Profile& profile) {
  const NodeTable table = build_nodes(profile);
  std::unordered_map<std::string, FrameIndex> by_name;
  std::vector<FrameIndex> of_nodes;
  of_nodes.reserve(table.nodes.size());
  for (const NodeInfo& node : table.nodes) {
    std::string name = printable_name(profile, node);
    const auto [known, is_new] = by_name.try_emplace(name, static_cast<FrameIndex>(frames_.size()));
    if (is_new) {
      StackFrameName& frame = frames_.emplace_back();
      frame.name = std::move(name);
      frame.file = profile.text(node.file);
      frame.line = node.line;
    }
    of_nodes.push_back(known->second);
  }
  of_locations_.reserve(table.location_nodes.size());
  for (const std::uint32_t node : table.location_nodes) of_locations_.push_back(of_nodes[node]);
  first_ = table.first;
}

void FrameNames::read(std::span<const LocationId> stack, std::vector<FrameIndex>& frames) const {
  frames.clear();
  for (std::size_t i = stack.size(); i-- > 0;) {
    const auto lines = of(stack[i]);
    frames.insert(frames.end(), lines.rbegin(), lines.rend());
  }
}

std::int64_t sample_value(const ReportInput& input, std::size_t sample) {
  const std::int64_t value = input.samples.weights.of(input.profile.values(sample)).mean();
  return input.samples.format.times_ratio(value);
}

std::vector<StackSum> sum_stacks(const ReportInput& input, const FrameNames& frames) {
  const Profile& profile = input.profile;
  std::vector<StackSum> sums;
  KnownStacks index(profile.sample_count());
  std::vector<LocationId> stack;
  std::vector<FrameIndex> mine;
  std::vector<FrameIndex> other;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const std::int64_t value = sample_value(input, i);
    if (value == 0) continue;
    profile.read_stack(i, stack);
    frames.read(stack, mine);
    const auto fresh = static_cast<std::uint32_t>(sums.size());
    const std::uint32_t row = index.find_or_add(hash_frames(mine), fresh, [&](std::uint32_t at) {
      if (profile.stack_key(sums[at].sample) == profile.stack_key(i)) return true;
      profile.read_stack(sums[at].sample, stack);
      frames.read(stack, other);
      return mine == other;
    });
    if (row == fresh) sums.push_back({i, 0});
    sums[row].value = add_wrapping(sums[row].value, value);
  }
  const bool drops_negative = input.options.drop_negative;
  std::erase_if(sums, [drops_negative](const StackSum& sum) {
    return sum.value == 0 || (drops_negative && sum.value < 0);
  });
  return sums;
}

}  // namespace plumb
