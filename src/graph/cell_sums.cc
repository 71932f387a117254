// SPDX-License-Identifier: Apache-2.0
#include "graph/cell_sums.h"

#include <utility>

#include "base/checked.h"

namespace plumb {

std::vector<Node> sum_cells(const Profile& profile, const Weights& weights, const CellMap& cells,
                            std::vector<bool>* has_samples) {
  std::vector<Node> sums(cells.cell_count());
  std::vector<std::uint64_t> cum_seen_in(sums.size());  // The last sample counted, from 1.
  std::vector<std::uint64_t> flat_seen_in(sums.size());
  const auto add_sample = [&](std::size_t i, Weight weight) {
    bool is_leaf = true;
    for (const LocationId id : profile.stack(i)) {
      const bool is_first = std::exchange(is_leaf, false);
      if (!cells.has_cells(id)) continue;
      for (const CellMap::Cell& cell : cells.of(id)) {
        Node& sum = sums[cell.index];
        if (is_first && cell.is_leaf && flat_seen_in[cell.index] != i + 1) {
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
  for_each_weight(profile, weights, 0, profile.sample_count(), add_sample);
  if (has_samples != nullptr) {
    has_samples->resize(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) (*has_samples)[i] = cum_seen_in[i] != 0;
  }
  return sums;
}

}  // namespace plumb
