// SPDX-License-Identifier: Apache-2.0
// Sums of sample values by cells: any grouping of the lines of locations, such as source lines,
// functions, instructions. What listings are made of.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "model/profile.h"

namespace plumb {

/// Which cells each location belongs to.
class CellMap {
 public:
  explicit CellMap(std::size_t location_count)
      : first_(location_count + 1), has_cells_(location_count) {}

  /// Adds the cell to the last location that was begun. `is_leaf`: if the location is the leaf of a
  /// stack, its value is the cell's own (flat).
  void add(std::uint32_t cell, bool is_leaf) {
    cells_.push_back({cell, is_leaf});
    if (cell >= cell_count_) cell_count_ = cell + 1;
  }
  /// Ends the cells of the location `index`. Called once for each location, in order.
  void end_location(std::size_t index) {
    first_[index + 1] = static_cast<std::uint32_t>(cells_.size());
    has_cells_[index] = first_[index] != first_[index + 1];
  }

  /// Few locations have any, where few functions are listed: to be asked first.
  [[nodiscard]] bool has_cells(LocationId id) const { return has_cells_[id.index]; }

  struct Cell {
    std::uint32_t index = 0;
    bool is_leaf = false;
  };
  [[nodiscard]] std::span<const Cell> of(LocationId id) const {
    return std::span(cells_).subspan(first_[id.index], first_[id.index + 1] - first_[id.index]);
  }
  [[nodiscard]] std::uint32_t cell_count() const { return cell_count_; }

 private:
  std::vector<Cell> cells_;           // Of all locations, end to end.
  std::vector<std::uint32_t> first_;  // Per location, and one more.
  std::vector<bool> has_cells_;       // Per location.
  std::uint32_t cell_count_ = 0;
};

/// flat and cum of each cell; a sample counts once for a cell, however often it comes by. Sums wrap
/// around as Go's do. `has_samples`, if not null, becomes: by cell, whether samples were counted.
/// Complexity: linear in the frames of all samples.
std::vector<Node> sum_cells(const Profile& profile, const Weights& weights, const CellMap& cells,
                            std::vector<bool>* has_samples = nullptr);

}  // namespace plumb
