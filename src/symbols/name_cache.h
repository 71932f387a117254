// SPDX-License-Identifier: Apache-2.0
// NameCache: what searching the debug information of a binary has found, kept for the next time.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "symbols/source_frame.h"

namespace plumb {

/// The frames of addresses of one binary (object addresses); none: nothing is known of the address.
using NamedAddresses = std::map<std::uint64_t, std::vector<SourceFrame>>;

/// Kept by `binary`, which no two binaries have in common: see ObjectFile::cache_key().
class NameCache {
 public:
  NameCache() = default;
  NameCache(const NameCache&) = delete;
  NameCache& operator=(const NameCache&) = delete;
  virtual ~NameCache() = default;

  /// What is known of `binary`; nothing, if that cannot be read.
  virtual NamedAddresses load(const std::string& binary) = 0;

  /// Keeps `names` in place of what was known of `binary`. That this fails is nobody's loss.
  virtual void save(const std::string& binary, const NamedAddresses& names) = 0;
};

}  // namespace plumb
