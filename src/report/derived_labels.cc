// SPDX-License-Identifier: Apache-2.0
#include "report/derived_labels.h"

#include <algorithm>
#include <vector>

#include "leak/state_finder.h"
#include "model/dump_profile.h"

namespace plumb {
namespace {

// What CockroachDB's build of Go calls the state.
constexpr std::string_view kOtherStateKey = "go::goroutine_state";

}  // namespace

void add_derived_labels(Profile& profile) {
  const auto column = find_goroutine_column(profile);
  if (!column || !column->counts_goroutines) return;
  StateFinder states(profile, *column);
  states.learn();
  const StringId key = profile.strings.intern(dump_label::kState);
  const StringId other_key = profile.strings.find(kOtherStateKey);
  const auto is_state = [&](const Label& label) {
    return label.key == key || (other_key.index != 0 && label.key == other_key);
  };
  std::vector<LocationId> stack;
  profile.extend_labels([&](std::size_t i, std::vector<Label>& more) {
    if (std::ranges::any_of(profile.labels(i), is_state)) return;
    profile.read_stack(i, stack);
    const std::string_view state = states.state_of(stack);
    if (state.empty()) return;
    Label& label = more.emplace_back();
    label.key = key;
    label.str = profile.strings.intern(state);
    label.is_derived = true;
  });
}

void drop_derived_labels(Profile& profile) {
  profile.keep_labels([](std::size_t, const Label& label) { return !label.is_derived; });
}

}  // namespace plumb
