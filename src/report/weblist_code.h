// SPDX-License-Identifier: Apache-2.0
// The code around the samples of a listing: instructions of the binaries, with the frames each
// stands for.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/notice.h"
#include "model/profile.h"
#include "symbols/object_file.h"

namespace plumb {

/// An instruction, or an address with samples whose binary cannot be read.
struct CodePoint {
  std::uint64_t object_address = 0;
  std::uint64_t size_bytes = 1;
  std::string text;                 ///< Empty: the binary cannot be read.
  std::vector<SourceFrame> frames;  ///< Innermost first.
  std::string file;                 ///< Its own, whatever `frames` are.
  std::int64_t line = 0;
};

/// By address in the process.
using Code = std::map<std::uint64_t, CodePoint>;

/// An address that a listing wants, with the location that says what is there.
struct WantedAddress {
  std::uint64_t address = 0;
  LocationId location;
  std::int64_t flat = 0;
};

/// The code around `wanted` (by address): at most `max_ranges` pieces of binaries, those with the
/// largest flat, and all addresses in binaries that cannot be read. `notice` is told which binaries
/// are not those that ran.
Code read_code(const Profile& profile, const std::vector<WantedAddress>& wanted,
               AssemblySyntax syntax, std::size_t max_ranges, const Notice& notice);

}  // namespace plumb
