// SPDX-License-Identifier: Apache-2.0
// The inner loop of the count profile reader: passing over the '#' lines of a record whose
// addresses are all known, which are nine tenths of a large profile.

#pragma once

#include <cstdint>

#include "base/cpu.h"

namespace plumb {

struct CommentRun {
  /// The newline that is followed by something other than '#'; null if the text ends before.
  const char* last_newline = nullptr;
  /// Newlines in front of `last_newline`, or in front of `end - 1` if that is null.
  std::uint64_t newlines = 0;
};

/// Finds the end of the '#' lines in [from, end). `from` may stand anywhere in or in front of them;
/// a newline in the last byte is not looked at, because what follows it is not there yet.
///
/// Requires: from < end, and kScanSlackBytes readable bytes behind `end`.
CommentRun find_comments_end(const char* from, const char* end, Isa isa = active_isa());

}  // namespace plumb
