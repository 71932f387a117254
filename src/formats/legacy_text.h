// SPDX-License-Identifier: Apache-2.0
// What the readers of pprof's older formats share: where they start and how they end.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "formats/window_cursor.h"
#include "model/profile.h"

namespace plumb {

/// True if a line is empty or a comment.
bool is_space_or_comment(std::string_view line);

/// The first line of `text` that is neither empty nor a comment, without blanks around it; empty if
/// there is none.
std::string_view first_content_line(std::string_view text);

/// The same of an input, which stands behind that line afterwards. Errors: as next_line().
Result<TextLine> first_content_line(WindowCursor& cursor);

/// Passes over the lines up to that which starts a memory map, counting them as lost, and reads the
/// map. Errors: LimitExceeded; those of the source.
Result<void> read_further_sections(WindowCursor& cursor, Profile& profile, const Limits& limits);

/// Reads the lines of a memory map to the end of the input, counting those that say nothing as
/// lost. Errors: LimitExceeded; those of the source.
Result<void> read_memory_map(WindowCursor& cursor, Profile& profile, const Limits& limits);

/// Errors: LimitExceeded if the profile with `more_bytes` of the reader's own takes too much
/// memory.
Result<void> check_memory(const Profile& profile, const Limits& limits, std::size_t more_bytes,
                          std::uint64_t line);

/// Gives the locations their mappings and the profile the frames that pprof cuts.
void finish_legacy_profile(Profile& profile);

/// "line 5: malformed sample: 1: 2 @ 0x1: why".
Error malformed_sample(const TextLine& line, std::string_view why);

}  // namespace plumb
