// SPDX-License-Identifier: Apache-2.0
// NameFiles: the names found in binaries, kept in files of the user's cache directory. Each is a
// profile without samples (`plumb raw` shows it), named by what it is of.

#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "symbols/name_cache.h"

namespace plumb::cli {

class NameFiles final : public NameCache {
 public:
  /// Keeps them in `directory`, which is made when the first is written; empty: keeps nothing. Of
  /// more than `most_bytes` in all, the files used longest ago make place.
  explicit NameFiles(std::string directory, std::uintmax_t most_bytes = kMostBytes)
      : directory_(std::move(directory)), most_bytes_(most_bytes) {}

  /// $PLUMB_NAMES ("off": none), else plumb/names in $XDG_CACHE_HOME or ~/.cache.
  static std::string usual_directory();

  NamedAddresses load(const std::string& binary) override;
  void save(const std::string& binary, const NamedAddresses& names) override;

 private:
  static constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;

  [[nodiscard]] std::string path_of(const std::string& binary) const;
  void make_room(std::uintmax_t bytes) const;

  std::string directory_;
  std::uintmax_t most_bytes_;
};

}  // namespace plumb::cli
