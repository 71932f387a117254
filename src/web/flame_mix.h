// SPDX-License-Identifier: Apache-2.0
// FlameMix: in which states the goroutines of each box of a flame graph are, and since when.
//
// Of a box it tells only what the samples that end there are, so that a page can add them up for
// whatever it makes of the boxes: callers, inverted, without recursion.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/profile.h"
#include "report/flame_tree.h"

namespace plumb::web {

/// Goroutines in one state, of one class of age.
struct MixClass {
  std::uint32_t state = 0;  ///< In FlameMix::states.
  std::uint32_t age = 0;    ///< age_class(); 0 if the data has no waits.
};

struct MixPart {
  std::uint32_t target = 0;  ///< A box; the number of boxes more: what is folded in it.
  std::uint32_t mix_class = 0;
  std::int64_t size = 0;  ///< Sum of |value|, saturating.
};

struct FlameMix {
  std::vector<std::string> states;  ///< As Go names them, or "unknown".
  std::vector<MixClass> classes;
  std::vector<MixPart> parts;  ///< By target, then class.
  bool has_ages = false;
  bool is_inferred = false;  ///< Some state is a guess from the frames.

  [[nodiscard]] bool is_empty() const { return classes.empty(); }
};

/// Empty where no sample has a state of Go. `stacks` are those of the profile that `tree` was made
/// from, `column` the values. Complexity: linear in samples, and in the frames of different stacks.
FlameMix build_flame_mix(const FlameTree& tree, FlameStacks& stacks, const Profile& profile,
                         std::size_t column);

}  // namespace plumb::web
