// SPDX-License-Identifier: Apache-2.0
// What holds for every profile that a reader gives, whatever its input was.

#pragma once

#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "formats/read_options.h"
#include "model/prepare.h"
#include "model/profile.h"

namespace plumb::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline void require_consistent(const Profile& profile) {
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    require(profile.values(i).size() == profile.sample_types.size());
    profile.read_stack(i, stack);
    for (const LocationId id : stack) require(id.index < profile.locations.size());
    for (const Label& label : profile.labels(i)) require(label.key.index < profile.strings.size());
  }
  for (const Location& location : profile.locations) {
    require(location.first_line + location.line_count <= profile.lines.size());
    require(location.mapping.index == kNone || location.mapping.index < profile.mappings.size());
  }
  for (const Line& line : profile.lines) {
    require(line.function.index < profile.functions.size() && line.line >= 0);
  }
}

/// Reads `text` with `read` if it looks like the format: no reader is given anything else. What is
/// read is consistent, before and after what reports do to it.
template <typename LooksLike, typename Read>
void require_readable(std::string_view text, LooksLike looks_like, Read read) {
  ReadOptions options;
  options.limits.stack_frames = 1000;
  options.limits.model_bytes = std::uint64_t{64} << 20;
  if (!looks_like(text)) return;
  MemorySource source(text);
  auto profile = read(source, options);
  if (!profile) return require(!profile.error().message().empty());
  require_consistent(*profile);
  if (prepare_profile(*profile)) require_consistent(*profile);
}

}  // namespace plumb::fuzz
