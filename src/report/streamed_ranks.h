// SPDX-License-Identifier: Apache-2.0
// StreamedRanks: guesses, while samples go by, which functions will be shown, so that the edges
// between them can be counted on the way.

#pragma once

#include <cstdint>
#include <vector>

#include "graph/trim.h"
#include "report/streamed_sums.h"

namespace plumb {

/// Which functions are shown, as is known at the end. By function.
struct ShownFunctions {
  std::vector<bool> kept;
  std::vector<std::int64_t> inlined;  ///< StreamedSums::inlined().
  std::int64_t edge_cutoff = 0;

  /// Whether some edge to the function could weigh enough and be inlined throughout.
  [[nodiscard]] bool may_be_inlined(std::size_t function) const {
    return inlined[function] > 0 && inlined[function] >= edge_cutoff;
  }
};

/// Not thread-safe.
class StreamedRanks {
 public:
  explicit StreamedRanks(const TrimOptions& trim) : trim_(trim) {}

  /// Ranks the functions by the samples so far: sets their roles, and next(). A rank other than
  /// Maybe is final: what EdgeTrie counted under Maybe before stays right. So is the end of being a
  /// callee. Does nothing where only the end can tell what is shown.
  void guess(StreamedSums& sums);

  /// At how many samples they should be ranked again.
  [[nodiscard]] std::uint64_t next() const { return next_; }

  /// Whether what was guessed on the way has come out true.
  [[nodiscard]] bool hold(const StreamedSums& sums, const ShownFunctions& shown) const;

 private:
  TrimOptions trim_;
  bool is_ranked_ = false;
  std::uint64_t next_ = UINT64_MAX;
};

/// Sets the roles of all functions as they are.
void rank_exactly(const ShownFunctions& shown, StreamedSums& sums);

}  // namespace plumb
