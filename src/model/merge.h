// SPDX-License-Identifier: Apache-2.0
// Several profiles as one, and differences of profiles, by the rules of pprof.
//
// Samples are the same if they have the same stack and the same labels; locations if their lines
// are the same and they lie equally far from the start of the same mapping; mappings if they have
// the same size, offset and build id (or else file); functions if they agree in names, file and
// first line.

#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/profile.h"

namespace plumb {

/// Makes one profile of several: keeps the sample types that all have, in the order of the first,
/// converts values to the finest unit of each type, and adds up. Samples of nothing but zeros and
/// what no sample refers to are left out. Tables are in the order in which samples refer to them,
/// behind the first mapping. Time is the smallest, duration the sum, period the largest.
///
/// A single profile only loses the sample types whose name stands there more than once.
///
/// Requires: at least one profile. Errors: Malformed, in pprof's words, if the types do not fit.
Result<Profile> combine_profiles(std::vector<Profile> profiles);

/// The label of the samples of the base, if they are to stay apart from the others.
inline constexpr std::string_view kDiffBaseKey = "pprof::base";
inline constexpr std::string_view kDiffBaseValue = "true";

/// What is done to a base before it is subtracted.
struct DiffOptions {
  bool keep_apart = false;  ///< Label the samples of the base: shares are of the base then.
  bool normalize = false;   ///< First scale the profile so that its sums are those of the base.
};

/// `profile` minus `base`. Errors: as combine_profiles().
Result<Profile> subtract_profile(Profile profile, Profile base, const DiffOptions& options);

/// Forgets all labels, and adds up the samples that then are the same.
void combine_equal_stacks(Profile& profile);

}  // namespace plumb
