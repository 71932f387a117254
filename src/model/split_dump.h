// SPDX-License-Identifier: Apache-2.0
// Dumps that stand in one text: one behind the other, as in a log of SIGQUITs or where answers were
// appended to a file, or those of several processes.

#pragma once

#include <cstdint>
#include <vector>

#include "model/goroutine_dump.h"

namespace plumb {

/// One of several dumps of a text.
struct DumpPart {
  GoroutineDump dump;
  std::uint32_t process = 0;
  std::uint32_t round = 0;  ///< How many of the same process stand in front.
};

/// True if `dump` was read of several, whose goroutines may have the same ids. Complexity: linear
/// in the groups.
bool holds_several_dumps(const GoroutineDump& dump);

/// The dumps of which `dump` was read, by round and process; none if it is one. A dump begins with
/// the goroutine that makes it, and goroutine 1 is in each but once.
///
/// What is said of the whole text, or of a choice of its goroutines, is said of the last one of its
/// process.
/// Requires: `dump` has its goroutines one by one.
std::vector<DumpPart> split_dump(const GoroutineDump& dump);

}  // namespace plumb
