// SPDX-License-Identifier: Apache-2.0
// The memory map behind an older profile: what stood where in the process.
//
//   00400000-00c0e000 r-xp 00001000 08:01 1234    /usr/bin/server
//   0x40000-0x80000 /path/to/binary (@FF00) abc123456
//   build=/home/dev/server
//   00400000-00c0e000 r-xp 00000000 08:01 1234    $build
//   I0102 03:04:05.678 99 maps.cc:12] 0x40000-0x80000 /path/to/binary
//
// The first form is /proc/PID/maps of Linux, the second the brief form of pprof. A line `name=text`
// says what $name stands for in the lines behind it; what a logger put in front is taken off.
// Source: legacy_profile.go and profile.go of https://github.com/google/pprof.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/profile.h"

namespace plumb {

/// True if a memory map follows `line`.
bool is_memory_map_start(std::string_view line);

/// Reads the lines of one memory map, one at a time. Not thread-safe.
class MemoryMapReader {
 public:
  /// Adds mappings to `profile`, which must outlive this.
  explicit MemoryMapReader(Profile& profile) : profile_(profile) {}

  /// Adds the mapping of `line` to the profile, joined with the last one if that one goes on in it.
  /// Mappings that are not executable are passed over. False if the line says nothing: it is of no
  /// form, or longer than any that pprof reads.
  bool add_line(std::string_view line);

 private:
  struct Variable {
    std::string name;  // With the '$'.
    std::string text;
  };

  bool expand(std::string_view line, std::string& out) const;
  bool add_variable(std::string_view line);

  Profile& profile_;
  std::vector<Variable> variables_;
  std::string expanded_;
};

/// Puts the main program first and gives every location with an address its mapping. The first
/// location outside all of them adds one that covers everything, as for Go's texts, which have no
/// map. Complexity: O((locations + mappings) log mappings).
void attach_mappings(Profile& profile);

}  // namespace plumb
