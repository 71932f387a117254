// SPDX-License-Identifier: Apache-2.0
// StreamedSums: flat and cum of the functions of a profile that streams by, and the edges between
// those that will be shown.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/raw_vector.h"
#include "graph/edge_trie.h"
#include "model/profile_stream.h"
#include "report/location_table.h"

namespace plumb {

/// What the edge trie is to do with a function. Callers matter only for a function that is called
/// inlined often enough for an edge that is shown.
enum class Role : std::uint8_t { None, SureContext, SureCallee, MaybeContext, MaybeCallee };

/// Not thread-safe. Functions go by the ids of the input.
class StreamedSums {
 public:
  struct Sum {
    std::uint32_t sample = 0;  ///< The last sample that added to cum; 0: none.
    Role role = Role::None;
    std::int64_t cum = 0;
  };
  /// What a walk over samples adds up.
  enum class Adding : std::uint8_t { Sums, Edges, Both };

  explicit StreamedSums(std::uint32_t max_cells) : edges_(max_cells) {}

  /// The number of functions so far; they start at 0.
  [[nodiscard]] std::size_t size() const { return sums_.size(); }
  /// Requires: `size` >= size().
  void resize(std::size_t size);

  /// The lines of the next location that has several. Requires: all functions < size().
  void add_lines(std::span<const std::uint32_t> functions) { lists_.add(functions); }

  /// Adds a sample that weighs `value`; its stack, of location entries, is leaf first. False if a
  /// location is not known.
  ///
  /// Requires: sample_count() < UINT32_MAX - 1; those of several lines were added.
  template <Adding kAdding>
  bool add(std::span<const std::uint32_t> stack, std::int64_t value);

  /// From now on samples are taken off that were added before, by the negated value.
  void set_takes_off(bool takes_off) { takes_off_ = takes_off; }

  /// How many samples were walked that are worth something. Those walked twice count twice.
  [[nodiscard]] std::uint32_t sample_count() const { return sample_; }

  /// By function.
  std::span<Sum> sums() { return sums_; }
  [[nodiscard]] std::span<const Sum> sums() const { return sums_; }
  [[nodiscard]] std::span<const std::int64_t> flats() const { return flats_; }

  /// By function: at least what all samples weigh that came over an inlined call of it.
  [[nodiscard]] std::vector<std::int64_t> inlined();

  /// EdgeTrie::resolve(). Until they are restarted, nothing may be added to the edges any more.
  [[nodiscard]] std::optional<std::vector<Edge>> resolve_edges(const std::vector<bool>& kept) {
    return edges_.resolve(kept);
  }
  /// EdgeTrie::resolve_left(), likewise.
  [[nodiscard]] std::optional<std::vector<Edge>> resolve_edges_left(const std::vector<bool>& kept) {
    return edges_.resolve_left(kept);
  }
  [[nodiscard]] bool edges_overflowed() const { return edges_.overflowed(); }

  /// Forgets the edges, and begins again with room for so many cells.
  void restart_edges(std::uint32_t max_cells);
  /// Forgets all but the lines.
  void restart(std::uint32_t max_cells);

 private:
  template <Adding kAdding>
  bool walk(std::span<const std::uint32_t> stack, std::int64_t value);
  [[gnu::noinline]] void add_edge(std::uint32_t function, bool inlined, bool repeated,
                                  std::int64_t value, std::uint32_t maybes);

  // A node on the way that may be kept. Most are followed by one that is kept for sure before
  // anybody asks for the context, and need not be looked up.
  struct Maybe {
    std::uint32_t function = 0;
    bool inlined = false;
  };
  static constexpr std::uint32_t kMostMaybes = 32;

  LineLists lists_;
  std::vector<Sum> sums_;
  std::vector<std::int64_t> flats_;
  std::uint32_t sample_ = 0;
  bool takes_off_ = false;
  EdgeTrie edges_;
  std::array<Maybe, kMostMaybes> maybes_;
};

}  // namespace plumb
