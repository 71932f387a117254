// SPDX-License-Identifier: Apache-2.0
#include "graph/cell_sums.h"

#include "base/checked.h"

namespace plumb {

std::vector<Node> sum_cells(const Profile& profile, const Weights& weights, const CellMap& cells) {
  std::vector<Node> sums(cells.cell_count());
  std::vector<std::uint64_t> cum_seen_in(sums.size());  // The last sample counted, from 1.
  std::vector<std::uint64_t> flat_seen_in(sums.size());
  const auto add_sample = [&](std::size_t i, std::span<const LocationId> stack, Weight weight) {
    for (std::size_t frame = 0; frame < stack.size(); ++frame) {
      if (!cells.has_cells(stack[frame])) continue;
      for (const CellMap::Cell& cell : cells.of(stack[frame])) {
        Node& sum = sums[cell.index];
        if (frame == 0 && cell.is_leaf && flat_seen_in[cell.index] != i + 1) {
          flat_seen_in[cell.index] = i + 1;
          sum.flat = add_wrapping(sum.flat, weight.value);
          sum.flat_divisor = add_wrapping(sum.flat_divisor, weight.divisor);
        }
        if (cum_seen_in[cell.index] == i + 1) continue;
        cum_seen_in[cell.index] = i + 1;
        sum.cum = add_wrapping(sum.cum, weight.value);
        sum.cum_divisor = add_wrapping(sum.cum_divisor, weight.divisor);
      }
    }
  };
  for_each_weighed(profile, weights, add_sample);
  return sums;
}

}  // namespace plumb
