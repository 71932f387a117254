// SPDX-License-Identifier: Apache-2.0
// Which goroutines a report is about. Regular expressions come as predicates, so that this layer
// knows none.

#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace plumb {

/// Says whether a text is meant; an empty function means every text. Called once for each distinct
/// text.
using TextPredicate = std::function<bool(std::string_view text)>;

/// Says whether a label is meant. Called for every label of every sample or group read.
using LabelPredicate = std::function<bool(std::string_view key, std::string_view value)>;

/// A goroutine is kept if every condition holds.
struct GoroutineFilter {
  TextPredicate state;     ///< The state, e.g. "chan receive (range)", as the report shows it.
  TextPredicate function;  ///< Some function on the stack, or the creator.
  TextPredicate file;      ///< Some file on the stack, or of the creator.
  TextPredicate exclude;   ///< No function or file of either.
  LabelPredicate label;    ///< Some label.
  std::uint64_t min_wait_minutes = 0;  ///< Not met by goroutines whose wait is not known.
};

}  // namespace plumb
