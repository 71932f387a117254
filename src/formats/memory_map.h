// SPDX-License-Identifier: Apache-2.0
// The memory map behind a text profile: what stood where in the process.
//
//   00400000-00c0e000 r-xp 00001000 08:01 1234    /usr/bin/server
//   0x40000-0x80000 /path/to/binary (@FF00) abc123456
//
// The first form is /proc/PID/maps of Linux, the second the brief form of pprof.

#pragma once

#include <string_view>
#include <vector>

#include "model/profile.h"

namespace plumb {

/// True if a memory map follows `line`.
bool is_memory_map_start(std::string_view line);

/// Adds the mapping of `line` to the profile, joined with the last one if that one goes on in it.
/// Mappings that are not executable are passed over. False if the line is not of either form.
bool add_memory_map_line(Profile& profile, std::string_view line);

/// Puts the main program first and gives every location its mapping. Locations outside all of them
/// get one that covers everything, as pprof does for Go's texts, which have no map.
void attach_mappings(Profile& profile);

}  // namespace plumb
