// SPDX-License-Identifier: Apache-2.0
// SumsMemo: the sums of a profile, kept for reports on parts of it.
//
// Who looks for something filters again and again. Where a filter keeps most samples it is quicker
// to take off what it left out than to add up what it kept; and as sums wrap around, exact.

#pragma once

#include <memory>
#include <mutex>

#include "graph/graph_parts.h"
#include "graph/nodes.h"
#include "graph/weights.h"
#include "model/profile.h"

namespace plumb {

/// Thread-safe.
class SumsMemo {
 public:
  SumsMemo();
  ~SumsMemo();
  SumsMemo(const SumsMemo&) = delete;
  SumsMemo& operator=(const SumsMemo&) = delete;

  /// As sum_nodes(), from what is remembered if `profile` has most of the samples of that. What it
  /// adds up itself it remembers, unless it remembers more of the same; it shares those samples.
  NodeSums sum(const Profile& profile, const NodeTable& table, const Weights& weights);

 private:
  class Known;

  std::shared_ptr<const Known> known();
  void remember(std::shared_ptr<const Known> known);

  std::mutex mutex_;
  std::shared_ptr<const Known> known_;  // Guarded by mutex_.
};

/// `memo` may be null.
NodeSums sum_nodes_with(SumsMemo* memo, const Profile& profile, const NodeTable& table,
                        const Weights& weights);

}  // namespace plumb
