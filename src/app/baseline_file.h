// SPDX-License-Identifier: Apache-2.0
// The file that -baseline names.

#pragma once

#include <string>

#include "base/result.h"
#include "report/leak_baseline.h"

namespace plumb::cli {

/// What is known; nothing without a path. Errors: those of reading, and Malformed, with the path.
Result<LeakBaseline> read_baseline(const std::string& path);

}  // namespace plumb::cli
