// SPDX-License-Identifier: Apache-2.0
// What the labels of samples add up to at each node of a graph: the boxes that hang below functions
// in pprof's graphs.
//
// A sample counts for the set of all its text labels, and within that set for each of its numbers
// under the key "bytes"; other numbers have no place in a graph.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "model/profile.h"

namespace plumb {

/// The samples at one node with one set of labels, or with that and one number.
struct Tag {
  std::uint32_t set = 0;     ///< Index in TagTable::sets.
  std::uint32_t number = 0;  ///< 0: of the whole set; else an index in TagTable::numbers.
  std::int64_t value = 0;    ///< Of numbers that read alike, the first that was met.
  Node sums;
};

/// The text labels of some samples.
struct LabelSet {
  std::string name;                ///< As pprof sorts it: "key:value\nkey:value" with a backslash.
  std::vector<std::string> lines;  ///< "key:value", sorted.
};

/// The tags of all nodes.
struct TagTable {
  std::vector<LabelSet> sets;        ///< The first is that of samples without text labels.
  std::vector<std::string> numbers;  ///< "4kB", as shown; the first is not used.
  std::vector<Tag> tags;             ///< By node, end to end; of each in the order of appearance.
  std::vector<std::size_t> first;    ///< By node, and one more.

  [[nodiscard]] std::span<const Tag> of(std::uint32_t node) const {
    if (first.empty()) return {};
    return std::span(tags).subspan(first[node], first[node + 1] - first[node]);
  }
};

/// Puts the nodes of sample `i`, each once, into `nodes`, and returns the node whose flat value it
/// adds to, or kNone.
using NodesOfSample =
    std::function<std::uint32_t(std::size_t i, std::vector<std::uint32_t>& nodes)>;

struct TagOptions {
  std::string bytes_unit;   ///< Of the numbers under the key "bytes".
  std::string output_unit;  ///< In which they are shown.
  std::int64_t cutoff = 0;  ///< Leave out tags below this in flat and in cum.
};

/// Adds up the tags of all samples. Complexity: linear in the frames of samples with labels.
TagTable build_tags(const Profile& profile, const Weights& weights, std::size_t node_count,
                    const NodesOfSample& nodes_of_sample, const TagOptions& options);

}  // namespace plumb
