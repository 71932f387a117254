// SPDX-License-Identifier: Apache-2.0
#include "report/streamed_ranks.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"

namespace plumb {
namespace {

// A node is ranked for good once its share of the samples so far is so many standard deviations
// away from the share that is kept. A thousand nodes are looked at a few times each: 4.5 makes one
// wrong rank in 300 profiles whose samples come in random order.
constexpr double kDeviations = 4.5;
// Values differ from sample to sample: the sum of n of them varies as that of n / 1.5 equal ones.
constexpr double kValueSpread = 1.5;

// How far a share of so many samples may be from the share of all of them, relative to it.
double margin(std::uint32_t sample_count, double fraction) {
  const double hits = static_cast<double>(sample_count) * fraction / kValueSpread;
  return kDeviations / std::sqrt(std::max(hits, 1.0));
}

bool is_callee(Role role) {
  return role == Role::SureCallee || role == Role::MaybeCallee;
}

}  // namespace

void StreamedRanks::guess(StreamedSums& sums) {
  if (trim_.nodefraction <= 0 || trim_.nodecount > 0) return;  // Decided by the end only.
  std::int64_t total = 0;
  for (const std::int64_t flat : sums.flats()) total = add_wrapping(total, flat);
  const std::vector<std::int64_t> all_inlined = sums.inlined();
  const std::uint32_t count = sums.sample_count();
  const double size = static_cast<double>(abs_wrapping(total));
  const double node_cutoff = size * trim_.nodefraction;
  const double node_margin = margin(count, trim_.nodefraction);
  const double edge_floor = size * trim_.edgefraction * (1 - margin(count, trim_.edgefraction));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    StreamedSums::Sum& sum = sums.sums()[i];
    const double cum = std::fabs(static_cast<double>(sum.cum));
    const auto inlined = static_cast<double>(all_inlined[i]);
    const bool was_maybe = sum.role == Role::MaybeContext || sum.role == Role::MaybeCallee;
    const bool stays_callee =
        (is_callee(sum.role) || !is_ranked_) && inlined > 0 && inlined >= edge_floor;
    if (is_ranked_ && sum.role == Role::None) continue;
    const bool is_final = is_ranked_ && !was_maybe;
    if (is_final || cum >= node_cutoff * (1 + node_margin)) {
      sum.role = stays_callee ? Role::SureCallee : Role::SureContext;
    } else if (cum >= node_cutoff * (1 - node_margin)) {
      sum.role = stays_callee ? Role::MaybeCallee : Role::MaybeContext;
    } else {
      sum.role = Role::None;
    }
  }
  is_ranked_ = true;
  next_ = std::uint64_t{count} * 3 / 2;
}

bool StreamedRanks::hold(const StreamedSums& sums, const ShownFunctions& shown) const {
  if (!is_ranked_ || sums.edges_overflowed()) return false;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const StreamedSums::Sum& sum = sums.sums()[i];
    const bool is_sure = sum.role == Role::SureContext || sum.role == Role::SureCallee;
    const bool occurs = sum.sample != 0;
    if (is_sure && !shown.kept[i]) return false;
    if (sum.role == Role::None && shown.kept[i] && occurs) return false;
    if (shown.kept[i] && shown.may_be_inlined(i) && !is_callee(sum.role)) return false;
  }
  return true;
}

void rank_exactly(const ShownFunctions& shown, StreamedSums& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums.sums()[i].role = !shown.kept[i]            ? Role::None
                          : shown.may_be_inlined(i) ? Role::SureCallee
                                                    : Role::SureContext;
  }
}

}  // namespace plumb
