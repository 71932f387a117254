// SPDX-License-Identifier: Apache-2.0
// Dumps that stand one behind the other in one text: a log of SIGQUITs, or answers that were
// appended to a file.

#pragma once

#include <vector>

#include "model/goroutine_dump.h"

namespace plumb {

/// The dumps of which `dump` was read, in their order; none if it is one. A dump begins with the
/// goroutine that makes it, and goroutine 1 is in each but once.
///
/// What is said of the whole text, or of a choice of its goroutines, is said of the last one.
/// Requires: `dump` has its goroutines one by one.
std::vector<GoroutineDump> split_dump(const GoroutineDump& dump);

}  // namespace plumb
