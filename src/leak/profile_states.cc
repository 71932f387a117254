// SPDX-License-Identifier: Apache-2.0
#include "leak/profile_states.h"

#include <algorithm>

namespace plumb {

ProfileStates::ProfileStates(const Profile& profile) : profile_(profile) {
  roles_.reserve(profile.functions.size());
  for (const Function& function : profile.functions) {
    roles_.push_back(role_of_function(profile.text(function.name)));
  }
  const bool has_bare_pcs = std::ranges::any_of(
      profile.locations, [](const Location& location) { return location.line_count == 0; });
  if (has_bare_pcs) learn_hidden_pcs();
}

void ProfileStates::learn_hidden_pcs() {
  std::vector<LocationId> stack;
  Leaf leaf;
  for (std::size_t i = 0; i < profile_.sample_count(); ++i) {
    profile_.read_stack(i, stack);
    if (!read_leaf(stack, leaf) || leaf.hidden_count == 0) continue;
    const WaitState shown =
        infer_wait_state(std::span(leaf.shown).first(leaf.shown_count), /*has_hidden_leaf=*/true);
    hidden_pcs_.add(std::span(leaf.hidden).first(leaf.hidden_count), shown, leaf.shown[0].function,
                    profile_.text(leaf.first_file));
  }
  hidden_pcs_.resolve();
}

WaitState ProfileStates::infer(std::span<const LocationId> stack) const {
  Leaf leaf;
  if (!read_leaf(stack, leaf)) return {};
  const WaitState state = infer_wait_state(std::span(leaf.shown).first(leaf.shown_count),
                                           /*has_hidden_leaf=*/leaf.hidden_count > 0);
  if (!state.state.empty() || leaf.hidden_count == 0) return state;
  return hidden_pcs_.find(std::span(leaf.hidden).first(leaf.hidden_count));
}

// False if no frame of the stack is shown, or only behind more hidden ones than a wait can have.
bool ProfileStates::read_leaf(std::span<const LocationId> stack, Leaf& leaf) const {
  leaf.hidden_count = 0;
  leaf.shown_count = 0;
  for (const LocationId id : stack) {
    const Location& location = profile_.location(id);
    if (location.line_count == 0) {
      if (leaf.shown_count > 0) break;
      if (leaf.hidden_count == kLeafFrames) return false;
      leaf.hidden[leaf.hidden_count++] = location.address;
      continue;
    }
    for (const Line& line : profile_.lines_of(location)) {
      if (leaf.shown_count == kLeafFrames) return true;
      if (line.function.index >= profile_.functions.size()) continue;
      const Function& function = profile_.function(line.function);
      if (leaf.shown_count == 0) leaf.first_file = function.file;
      leaf.shown[leaf.shown_count++] = {profile_.text(function.name), roles_[line.function.index],
                                        line.line, function.start_line};
    }
  }
  return leaf.shown_count > 0;
}

}  // namespace plumb
