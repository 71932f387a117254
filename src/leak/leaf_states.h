// SPDX-License-Identifier: Apache-2.0
// LeafStates: the states of a profile's goroutines, inferred once for each distinct leaf.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/dedup_table.h"
#include "leak/hidden_pcs.h"
#include "leak/wait_state.h"
#include "model/profile.h"

namespace plumb {

/// Stacks come leaf first. Not thread-safe.
class LeafStates {
 public:
  /// `profile` must outlive this.
  explicit LeafStates(const Profile& profile)
      : profile_(profile), locations_(profile.locations.size()) {}

  /// Learns from a stack what the PCs mean that debug=1 leaves without a name.
  void learn(std::span<const LocationId> stack) { find_leaf(stack); }

  /// Ends learning.
  void resolve();

  /// Infers the state of a goroutine with this stack.
  const WaitState& infer(std::span<const LocationId> stack) { return find_leaf(stack).state; }

 private:
  // What the functions of a location mean for the state.
  struct Roles {
    bool is_known = false;
    bool decides = false;                // Some line says what is waited for, or that nothing is.
    LeafRole leaf = LeafRole::Ordinary;  // Of the first line.
  };
  // The locations up to the first that decides, and the role of what follows.
  struct Leaf {
    std::size_t first = 0;  // In leaf_locations_.
    std::size_t count = 0;
    LeafRole caller = LeafRole::Ordinary;
    WaitState state;
  };

  const Roles& roles_of(LocationId id);
  Leaf& find_leaf(std::span<const LocationId> stack);
  WaitState infer_anew(std::span<const LocationId> stack);
  std::span<const std::uint64_t> read_hidden(std::span<const LocationId> leaf);

  const Profile& profile_;
  std::vector<Roles> locations_;  // By LocationId.
  std::vector<Leaf> leaves_;
  std::vector<LocationId> leaf_locations_;
  DedupTable index_;
  HiddenPcs hidden_pcs_;
  bool is_resolved_ = false;
  std::vector<std::uint64_t> pcs_;
};

}  // namespace plumb
