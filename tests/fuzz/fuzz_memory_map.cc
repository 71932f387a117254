// SPDX-License-Identifier: Apache-2.0
// Whatever a memory map says: locations get the mappings that one pass over all of them, again and
// again, would give.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "formats/memory_map.h"
#include "fuzz/require_profile.h"

namespace {

using plumb::fuzz::require;

// As pprof does it, mapping by mapping.
std::uint32_t find_slowly(std::vector<plumb::Mapping>& mappings, std::uint64_t address) {
  for (std::uint32_t i = 0; i < mappings.size(); ++i) {
    if (mappings[i].start <= address && address < mappings[i].limit) return i;
  }
  for (std::uint32_t i = 0; i < mappings.size(); ++i) {
    plumb::Mapping& mapping = mappings[i];
    const bool is_in_front =
        mapping.offset != 0 && mapping.start - mapping.offset <= address && address < mapping.start;
    if (!is_in_front) continue;
    mapping.start -= mapping.offset;
    mapping.offset = 0;
    return i;
  }
  return plumb::kNone;
}

void add_location(plumb::Profile& profile, std::uint64_t address) {
  plumb::Location location;
  location.address = address;
  profile.add_location(location, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  plumb::Profile profile;
  plumb::MemoryMapReader map(profile);
  while (!text.empty()) (void)map.add_line(plumb::take_until(text, '\n'));
  // A mapping that ends before it starts is nobody's; how pprof extends it is not followed.
  std::erase_if(profile.mappings, [](const plumb::Mapping& m) { return m.limit < m.start; });

  plumb::Profile first;  // What the heuristics about the program make of the mappings.
  for (const plumb::Mapping& mapping : profile.mappings) {
    first.mappings.push_back(mapping);
    first.mappings.back().file = first.strings.intern(profile.text(mapping.file));
    for (const std::uint64_t offset : {0, 1, 0x800}) {
      add_location(profile, mapping.start - offset);
      add_location(profile, mapping.limit - offset);
      add_location(profile, mapping.start - mapping.offset + offset);
    }
  }
  plumb::attach_mappings(first);
  plumb::attach_mappings(profile);
  plumb::fuzz::require_consistent(profile);
  std::uint32_t everything = plumb::kNone;
  for (const plumb::Location& location : profile.locations) {
    if (location.address == 0) continue;
    if (everything != plumb::kNone) {
      // Nothing is extended any more.
      for (plumb::Mapping& mapping : first.mappings) mapping.offset = 0;
    }
    std::uint32_t expected = find_slowly(first.mappings, location.address);
    if (expected == plumb::kNone) {
      everything = static_cast<std::uint32_t>(first.mappings.size());
      expected = everything;
    }
    require(location.mapping.index == expected);
  }
  return 0;
}
