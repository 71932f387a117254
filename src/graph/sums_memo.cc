// SPDX-License-Identifier: Apache-2.0
#include "graph/sums_memo.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/checked.h"

namespace plumb {
namespace {

void subtract(std::int64_t& from, std::int64_t value) {
  from = subtract_wrapping(from, value);
}

}  // namespace

class SumsMemo::Known {
 public:
  Known(const Profile& profile, const NodeTable& table, const Weights& weights, NodeSums sums)
      : samples_(profile.copy_samples()),
        table_(places_of(table)),
        weights_(weights),
        sums_(std::move(sums)) {}

  /// Whether `profile` may have a part of the samples here: whose sums these are, by node.
  [[nodiscard]] bool may_contain(const Profile& profile, const NodeTable& table,
                                 const Weights& weights) const {
    return profile.shares_stacks_with(samples_) &&
           profile.sample_count() <= samples_.sample_count() && weights.value == weights_.value &&
           weights.divisor == weights_.divisor && sums_.nodes.size() == table.nodes.size() &&
           table.first == table_.first && table.location_nodes == table_.location_nodes;
  }

  /// The sums of `profile`, if it has most of the samples here, in their order.
  [[nodiscard]] std::optional<NodeSums> sums_of(const Profile& profile,
                                                const NodeTable& table) const {
    if (profile.sample_count() < samples_.sample_count() / 2) return std::nullopt;
    const std::optional<std::vector<std::uint8_t>> missing = samples_not_in(profile);
    if (!missing) return std::nullopt;
    NodeSums sums = sums_;  // What was inlined is bounded by this as well.
    if (profile.sample_count() == samples_.sample_count()) return sums;
    Profile left_out = samples_.copy();
    left_out.keep_samples(*missing);
    const std::vector<Node> off = sum_nodes(left_out, table, weights_).nodes;
    for (std::size_t i = 0; i < off.size(); ++i) {
      Node& node = sums.nodes[i];
      subtract(node.flat, off[i].flat);
      subtract(node.flat_divisor, off[i].flat_divisor);
      subtract(node.cum, off[i].cum);
      subtract(node.cum_divisor, off[i].cum_divisor);
    }
    return sums;
  }

 private:
  // What sums depend on: not what nodes are called.
  static NodeTable places_of(const NodeTable& table) {
    return {.nodes = {}, .location_nodes = table.location_nodes, .first = table.first};
  }

  // By sample here, 1: `profile` does not have it. Nothing if it has others, or in another order.
  // Of samples with the same stack and values it does not matter which is which.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> samples_not_in(
      const Profile& profile) const {
    std::vector<std::uint8_t> missing(samples_.sample_count());
    std::size_t next = 0;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      const bool is_next = next < profile.sample_count() &&
                           profile.stack_key(next) == samples_.stack_key(i) &&
                           counts_as_much(profile, next, i);
      missing[i] = is_next ? 0 : 1;
      next += is_next ? 1 : 0;
    }
    if (next < profile.sample_count()) return std::nullopt;
    return missing;
  }

  [[nodiscard]] bool counts_as_much(const Profile& profile, std::size_t theirs,
                                    std::size_t ours) const {
    const Weight one = weights_.of(profile.values(theirs));
    const Weight other = weights_.of(samples_.values(ours));
    return one.value == other.value && one.divisor == other.divisor;
  }

  const Profile samples_;
  const NodeTable table_;
  const Weights weights_;
  const NodeSums sums_;
};

SumsMemo::SumsMemo() = default;
SumsMemo::~SumsMemo() = default;

NodeSums SumsMemo::sum(const Profile& profile, const NodeTable& table, const Weights& weights) {
  const std::shared_ptr<const Known> before = known();
  const bool is_part = before != nullptr && before->may_contain(profile, table, weights);
  if (is_part) {
    if (std::optional<NodeSums> sums = before->sums_of(profile, table)) return *std::move(sums);
  }
  NodeSums sums = sum_nodes(profile, table, weights);
  if (is_part || is_cancelled()) return sums;
  remember(std::make_shared<const Known>(profile, table, weights, sums));
  return sums;
}

std::shared_ptr<const SumsMemo::Known> SumsMemo::known() {
  const std::scoped_lock lock(mutex_);
  return known_;
}

void SumsMemo::remember(std::shared_ptr<const Known> known) {
  const std::scoped_lock lock(mutex_);
  known_.swap(known);
}

NodeSums sum_nodes_with(SumsMemo* memo, const Profile& profile, const NodeTable& table,
                        const Weights& weights) {
  return memo == nullptr ? sum_nodes(profile, table, weights) : memo->sum(profile, table, weights);
}

}  // namespace plumb
