// SPDX-License-Identifier: Apache-2.0
// The network simplex method: integer places for nodes, so that every edge has at least its length
// and the weighted sum of the lengths is smallest. It gives nodes their ranks, and slots their x.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cancellation.h"

namespace plumb::layout {

/// Asks for place[head] - place[tail] >= min_length; each step more costs `weight`.
struct Constraint {
  std::uint32_t tail = 0;
  std::uint32_t head = 0;
  std::int64_t min_length = 0;
  std::int64_t weight = 0;  ///< From 0.
};

/// What is left of the effort of a layout. One unit is about one look at a node or an edge.
class Effort {
 public:
  explicit Effort(std::uint64_t units) : left_(units) {}

  void spend(std::uint64_t units) { left_ -= units < left_ ? units : left_; }
  [[nodiscard]] std::uint64_t left() const { return left_; }
  [[nodiscard]] bool is_spent() const { return left_ == 0 || is_cancelled(); }

 private:
  std::uint64_t left_;
};

enum class Balance : bool {
  No,
  Yes,  ///< Among the best places, those in the middle of what is possible.
};

/// Moves `places` to the best ones, or as near as `effort` allows.
///
/// Requires: `places` satisfy the constraints. They do afterwards, whatever effort was left.
void improve_places(std::vector<std::int64_t>& places, std::span<const Constraint> constraints,
                    Balance balance, Effort& effort);

}  // namespace plumb::layout
