// SPDX-License-Identifier: Apache-2.0
// Which files on this machine are the binaries that the mappings of a profile name.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/notice.h"
#include "model/profile.h"

namespace plumb {

/// Where the profile with a mapping came from, and where the mapping started there.
struct MappingSource {
  std::string url;
  std::uint64_t start = 0;
};

/// What is known of a profile's mappings besides what the profile holds.
struct MappingOrigins {
  /// By build id, or else by file.
  std::map<std::string, std::vector<MappingSource>, std::less<>> sources;
  /// By the file of a kernel: which symbol its mapping starts at.
  std::map<std::string, std::string, std::less<>> kernel_symbols;
  /// The file of the first mapping was named by the user.
  bool has_named_executable = false;
};

struct LocateOptions {
  /// Directories with binaries, separated by colons: PPROF_BINARY_PATH.
  std::string search_path;
  std::string executable;  ///< Takes the place of the first mapping's file; empty: does not.
  std::string build_id;    ///< Of the first mapping if it has none; empty: not known.
};

/// Replaces the files of mappings by those found in the search path, gives a profile without
/// mappings one for all addresses, and puts the executable into the first. Notes in `origins` what
/// that hides.
void locate_binaries(Profile& profile, const LocateOptions& options, MappingOrigins& origins,
                     const Notice& notice);

/// Notes that `profile` was fetched from `url`. A mapping without file and build id is called by
/// the URL from here on, until prepare_profile() forgets it.
void note_source(Profile& profile, std::string_view url, MappingOrigins& origins);

/// Where pprof looks for binaries if PPROF_BINARY_PATH is not set: "$HOME/pprof/binaries".
std::string default_search_path();

}  // namespace plumb
