// SPDX-License-Identifier: Apache-2.0
// Weights: which columns of the sample values count, and what one sample counts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/cancellation.h"
#include "base/checked.h"
#include "model/profile.h"
#include "model/stack_reader.h"

namespace plumb {

/// What a sum is shown as: with the option mean, divided by the sum of the divisors, else 0.
inline std::int64_t divided(std::int64_t sum, std::int64_t divisor) {
  return divisor == 0 ? sum : divide_wrapping(sum, divisor);
}

/// What one sample counts: sums of values are divided by sums of divisors, if these are not 0.
struct Weight {
  std::int64_t value = 0;
  std::int64_t divisor = 0;

  [[nodiscard]] bool is_zero() const { return value == 0 && divisor == 0; }

  /// The mean of this one sample.
  [[nodiscard]] std::int64_t mean() const { return divided(value, divisor); }
};

struct Weights {
  std::size_t value = 0;
  std::optional<std::size_t> divisor;  ///< For means: sums are divided by the sums of this one.

  [[nodiscard]] Weight of(std::span<const std::int64_t> values) const {
    return {values[value], divisor ? values[*divisor] : 0};
  }
};

/// Calls `take(i, weight)` for each sample from `begin` to `end` that counts something.
template <typename Take>
void for_each_weight(const Profile& profile, const Weights& weights, std::size_t begin,
                     std::size_t end, const Take& take) {
  for (std::size_t i = begin; i < end; ++i) {
    if (is_cancelled_at(i)) return;
    const Weight weight = weights.of(profile.values(i));
    if (!weight.is_zero()) take(i, weight);
  }
}

/// The same as `take(i, stack, weight)`: `stack` is the sample's, leaf first, until `take` returns.
template <typename Take>
void for_each_weighed(const Profile& profile, const Weights& weights, std::size_t begin,
                      std::size_t end, const Take& take) {
  StackReader stacks(profile);
  for_each_weight(profile, weights, begin, end,
                  [&](std::size_t i, Weight weight) { take(i, stacks.stack(i), weight); });
}

/// The same for all samples.
template <typename Take>
void for_each_weighed(const Profile& profile, const Weights& weights, const Take& take) {
  for_each_weighed(profile, weights, 0, profile.sample_count(), take);
}

}  // namespace plumb
