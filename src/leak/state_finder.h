// SPDX-License-Identifier: Apache-2.0
// StateFinder: the state of each goroutine of a profile, inferred from its stack.

#pragma once

#include <span>

#include "leak/goroutine_column.h"
#include "leak/leaf_states.h"
#include "leak/wait_state.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class StateFinder {
 public:
  /// `profile` must outlive this.
  StateFinder(const Profile& profile, const GoroutineColumn& column)
      : profile_(profile), column_(column), states_(profile) {}

  /// Learns what the stacks of all samples tell about each other's states. Call it once, first.
  void learn();

  /// True for a goroutine that has not run yet. `stack`: leaf first.
  [[nodiscard]] bool has_not_started(std::span<const LocationId> stack) const;

  /// What the stack tells; nothing of a goroutine that has not run yet.
  const WaitState& infer(std::span<const LocationId> stack) { return states_.infer(stack); }

  /// The state by its name, "runnable" of a goroutine that has not run yet; empty: not known.
  std::string_view state_of(std::span<const LocationId> stack) {
    return has_not_started(stack) ? "runnable" : infer(stack).state;
  }

 private:
  const Profile& profile_;
  const GoroutineColumn column_;
  LeafStates states_;
  LocationId return_location_{kNone};  // runtime.goexit, which debug=1 leaves without a name.
};

}  // namespace plumb
