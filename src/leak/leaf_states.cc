// SPDX-License-Identifier: Apache-2.0
#include "leak/leaf_states.h"

#include <algorithm>

#include "base/hash.h"

namespace plumb {
namespace {

std::string_view name_of(const Profile& profile, const Line& line) {
  if (line.function.index == kNone) return {};
  return profile.text(profile.function(line.function).name);
}

bool is_decisive(LeafRole role) {
  return role != LeafRole::Park && role != LeafRole::PassedOver && role != LeafRole::ForeignCode;
}

}  // namespace

const LeafStates::Roles& LeafStates::roles_of(LocationId id) {
  Roles& roles = locations_[id.index];
  if (roles.is_known) return roles;
  roles.is_known = true;
  const auto lines = profile_.lines_of(profile_.location(id));
  roles.leaf =
      lines.empty() ? LeafRole::ForeignCode : role_of_function(name_of(profile_, lines.front()));
  roles.decides = std::ranges::any_of(lines, [&](const Line& line) {
    return is_decisive(role_of_function(name_of(profile_, line)));
  });
  return roles;
}

// The addresses of the locations at the leaf that have no name; none if nothing has.
std::span<const std::uint64_t> LeafStates::read_hidden(std::span<const LocationId> leaf) {
  pcs_.clear();
  for (const LocationId id : leaf) {
    const Location& location = profile_.location(id);
    if (location.line_count > 0) return pcs_;
    pcs_.push_back(location.address);
  }
  return {};
}

// Of the shown part of the stack. While learning it is also noted.
WaitState LeafStates::infer_anew(std::span<const LocationId> stack) {
  const auto hidden = read_hidden(stack);
  std::vector<LeafFrame> frames;
  std::string_view file;
  for (const LocationId id : stack.subspan(hidden.size())) {
    const auto lines = profile_.lines_of(profile_.location(id));
    if (lines.empty()) frames.push_back({"", LeafRole::ForeignCode, 0, 0});
    for (const Line& line : lines) {
      const std::string_view name = name_of(profile_, line);
      const bool has_function = line.function.index != kNone;
      if (frames.empty() && has_function) {
        file = profile_.text(profile_.function(line.function).file);
      }
      frames.push_back({name, role_of_function(name), line.line,
                        has_function ? profile_.function(line.function).start_line : 0});
    }
    if (frames.size() >= kLeafFrames) break;
  }
  const WaitState shown = infer_wait_state(frames, !hidden.empty());
  if (hidden.empty() || frames.empty()) return shown;
  if (!is_resolved_) hidden_pcs_.add(hidden, shown, frames.front().function, file);
  return shown;
}

LeafStates::Leaf& LeafStates::find_leaf(std::span<const LocationId> stack) {
  const std::size_t limit = std::min(stack.size(), kLeafFrames);
  std::size_t count = 0;
  while (count < limit && !roles_of(stack[count]).decides) ++count;
  count = std::min(count + 1, stack.size());
  const LeafRole caller = count < stack.size() ? roles_of(stack[count]).leaf : LeafRole::Ordinary;

  const auto locations = stack.first(count);
  std::uint64_t hash = hash_mix(kHashSeed, static_cast<std::uint64_t>(caller));
  for (const LocationId id : locations) hash = hash_mix(hash, id.index);
  const auto equals = [&](std::uint32_t row) {
    const Leaf& leaf = leaves_[row];
    const auto known = std::span(leaf_locations_).subspan(leaf.first, leaf.count);
    return leaf.caller == caller && std::ranges::equal(known, locations);
  };
  const auto next = static_cast<std::uint32_t>(leaves_.size());
  const std::uint32_t row = index_.find_or_add(hash, next, equals);
  if (row != next) return leaves_[row];
  const std::size_t seen = std::min(count + 1, stack.size());
  Leaf leaf{leaf_locations_.size(), count, caller, infer_anew(stack.first(seen))};
  leaves_.push_back(leaf);
  leaf_locations_.insert(leaf_locations_.end(), locations.begin(), locations.end());
  return leaves_.back();
}

void LeafStates::resolve() {
  is_resolved_ = true;
  hidden_pcs_.resolve();
  for (Leaf& leaf : leaves_) {
    if (!leaf.state.state.empty()) continue;
    const auto locations = std::span(leaf_locations_).subspan(leaf.first, leaf.count);
    const auto hidden = read_hidden(locations);
    if (!hidden.empty()) leaf.state = hidden_pcs_.find(hidden);
  }
}

}  // namespace plumb
