// SPDX-License-Identifier: Apache-2.0
// Sample types of several profiles, made the same.

#pragma once

#include <span>

#include "base/result.h"
#include "model/profile.h"

namespace plumb {

/// Keeps the sample types that occur once in each profile, in the order of the first. A profile
/// that loses its default sample type gets the first as default.
///
/// Errors: Malformed, in pprof's words, if none is left.
Result<void> unify_sample_types(std::span<Profile> profiles);

/// Converts periods and values to the finest unit of each type.
///
/// Requires: unify_sample_types() was called. Errors: Malformed, in pprof's words, for units of
/// different families and periods of different types.
Result<void> unify_units(std::span<Profile> profiles);

/// Multiplies the values of each sample type, rounded to the nearest integer. If any ratio is not
/// 1, takes out the samples whose values of such types became zero. Requires: one ratio per type.
void scale_values(Profile& profile, std::span<const double> ratios);

}  // namespace plumb
