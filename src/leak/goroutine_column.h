// SPDX-License-Identifier: Apache-2.0
// Which values of a profile count goroutines.

#pragma once

#include <cstddef>

#include "base/result.h"
#include "model/profile.h"

namespace plumb {

struct GoroutineColumn {
  std::size_t index = 0;           ///< Of the sample type.
  bool counts_goroutines = false;  ///< False: threads, or entries of the program's own profile.
  bool is_leak_profile = false;    ///< Go found all of them to be blocked for ever.
};

/// Errors: Usage for a profile that counts neither goroutines nor anything else one by one.
Result<GoroutineColumn> find_goroutine_column(const Profile& profile);

}  // namespace plumb
