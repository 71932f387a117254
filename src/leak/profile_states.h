// SPDX-License-Identifier: Apache-2.0
// The states of the goroutines of a profile, inferred from their stacks: from the names of the
// runtime's functions where the profile has them (profile.proto), else from their PCs (debug=1).

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "leak/hidden_pcs.h"
#include "leak/wait_state.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe. Complexity: O(samples) to make one of debug=1, O(functions) of profile.proto;
/// no allocation to ask it.
class ProfileStates {
 public:
  /// `profile` is one of goroutines and must outlive this.
  explicit ProfileStates(const Profile& profile);

  /// The state of a goroutine with this stack, leaf first. Without locations, or where the stack
  /// does not tell, it is empty.
  [[nodiscard]] WaitState infer(std::span<const LocationId> stack) const;

 private:
  // The leaf of a stack: what debug=1 hides, then what it shows.
  struct Leaf {
    std::array<std::uint64_t, kLeafFrames> hidden{};
    std::array<LeafFrame, kLeafFrames> shown;
    std::size_t hidden_count = 0;
    std::size_t shown_count = 0;
    StringId first_file;
  };

  void learn_hidden_pcs();
  bool read_leaf(std::span<const LocationId> stack, Leaf& leaf) const;

  const Profile& profile_;
  std::vector<LeafRole> roles_;  // By FunctionId.
  HiddenPcs hidden_pcs_;
};

}  // namespace plumb
