// SPDX-License-Identifier: Apache-2.0
// SumsBuilder: flat and cum of the nodes of a graph, without its edges.
//
// All that is asked of a frame is whether the stack came by its node before. The loop over the
// frames is short, and without branches that are hard to predict, so that a processor fetches what
// the next frames need meanwhile.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "graph/graph.h"
#include "graph/line_table.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe; lifetime: `lines` outlives it.
class SumsBuilder {
 public:
  /// `with_inlined`: for take_inlined().
  SumsBuilder(const LineTable& lines, bool has_divisor, bool with_inlined)
      : lines_(lines),
        cums_(lines.gap() + 1),
        flats_(cums_.size()),
        inlined_(with_inlined ? cums_.size() : 0),
        cum_divisors_(has_divisor ? cums_.size() : 0),
        flat_divisors_(cum_divisors_.size()) {}

  /// `stack` is leaf first.
  void add_sample(std::span<const LocationId> stack, std::int64_t value, std::int64_t divisor) {
    if (stack.empty()) return;
    ++sample_;
    if (many_.size() < stack.size()) many_.resize(stack.size());
    std::size_t many = 0;  // Locations with inlined lines: these have their turn later.
    for (const LocationId id : stack) {
      const std::uint32_t entry = lines_.entry(id);
      many_[many] = id;
      many += entry / LineTable::kManyBit;
      add_cum(entry % LineTable::kManyBit, value, divisor);
    }
    const std::span<const std::uint32_t> inlined = find_inlined(std::span(many_).first(many));
    for (const std::uint32_t node : inlined) add_cum(node, value, divisor);
    if (!inlined_.empty()) add_inlined(inlined, value);
    add_leaf(stack.front(), value, divisor);
  }

  /// Adds to the flat of the leaf, and nothing else.
  void add_leaf(LocationId location, std::int64_t value, std::int64_t divisor) {
    const std::uint32_t leaf = lines_.innermost(location);
    flats_[leaf] = add_wrapping(flats_[leaf], value);
    if (divisor != 0) flat_divisors_[leaf] = add_wrapping(flat_divisors_[leaf], divisor);
  }

  void finish() {}

  /// Adds what another one has added up.
  void add(const SumsBuilder& other) {
    for (std::size_t i = 0; i < cums_.size(); ++i) {
      cums_[i].value = add_wrapping(cums_[i].value, other.cums_[i].value);
      flats_[i] = add_wrapping(flats_[i], other.flats_[i]);
    }
    for (std::size_t i = 0; i < cum_divisors_.size(); ++i) {
      cum_divisors_[i] = add_wrapping(cum_divisors_[i], other.cum_divisors_[i]);
      flat_divisors_[i] = add_wrapping(flat_divisors_[i], other.flat_divisors_[i]);
    }
    for (std::size_t i = 0; i < inlined_.size(); ++i) {
      inlined_[i] = add_saturating(inlined_[i], other.inlined_[i]);
    }
  }

  /// The nodes of the graph, without edges.
  Graph take() {
    Graph graph;
    graph.nodes.resize(lines_.node_count());
    for (std::size_t i = 0; i < lines_.gap(); ++i) {
      Node& node = graph.nodes[lines_.nodes()[i]];
      node.flat = flats_[i];
      node.cum = cums_[i].value;
      if (cum_divisors_.empty()) continue;
      node.flat_divisor = flat_divisors_[i];
      node.cum_divisor = cum_divisors_[i];
    }
    return graph;
  }

  /// By node. Requires: all nodes are kept.
  std::vector<std::int64_t> take_inlined() {
    inlined_.pop_back();
    return std::move(inlined_);
  }

 private:
  struct Cum {
    std::int64_t value = 0;
    std::uint32_t sample = 0;  // The last one that was added.
  };

  void add_cum(std::uint32_t node, std::int64_t value, std::int64_t divisor) {
    Cum& cum = cums_[node];
    if (cum.sample == sample_) return;
    cum.sample = sample_;
    cum.value = add_wrapping(cum.value, value);
    if (divisor != 0) cum_divisors_[node] = add_wrapping(cum_divisors_[node], divisor);
  }

  // The nodes of the inlined lines of `many` locations. Copying a few too many takes less time than
  // a loop over one or two, whose end is hard to predict.
  std::span<const std::uint32_t> find_inlined(std::span<const LocationId> many) {
    std::size_t count = 0;
    for (const LocationId id : many) {
      const std::span<const std::uint32_t> nodes = lines_.inlined(id);
      const std::size_t room = count + nodes.size() + LineTable::kMostAtOnce;
      if (room > found_.size()) found_.resize(2 * room);
      std::uint32_t* const to = found_.data() + count;
      std::memcpy(to, nodes.data(), LineTable::kMostAtOnce * sizeof *to);
      for (std::size_t i = LineTable::kMostAtOnce; i < nodes.size(); ++i) to[i] = nodes[i];
      count += nodes.size();
    }
    return std::span(found_).first(count);
  }

  void add_inlined(std::span<const std::uint32_t> nodes, std::int64_t value) {
    for (const std::uint32_t node : nodes) {
      inlined_[node] = add_saturating(inlined_[node], abs_saturating(value));
    }
  }

  const LineTable& lines_;
  std::vector<Cum> cums_;  // By node, as are the others; the last one is the gap's.
  std::vector<std::int64_t> flats_;
  std::vector<std::int64_t> inlined_;       // Empty if nobody wants it.
  std::vector<std::int64_t> cum_divisors_;  // Empty without divisors, as the next.
  std::vector<std::int64_t> flat_divisors_;
  std::vector<LocationId> many_;  // Of the sample being added, as the next.
  std::vector<std::uint32_t> found_;
  std::uint32_t sample_ = 0;  // Number of the sample being added, from 1.
};

}  // namespace plumb
