// SPDX-License-Identifier: Apache-2.0
// What the addresses of a Java profile stand for, as its text says behind the samples.
//
//   0x1f5a com.example.Server.handle (Server.java:123)
//   0x1f5b pthread_cond_wait (/lib/libpthread.so.0)
//   0x1f5c generated stub/JIT
//   0x1f5d GC
//
// Source: legacy_java_profile.go of https://github.com/google/pprof.

#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "formats/address_table.h"
#include "formats/window_cursor.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class JavaSymbols {
 public:
  /// Fills `profile`, whose locations are all in `table`. Both must outlive this.
  JavaSymbols(Profile& profile, const AddressTable& table) : profile_(profile), table_(table) {}

  /// Reads one line. One that is no symbol is counted as lost.
  ///
  /// Errors: Malformed for an address of more than 64 bits.
  Result<void> read_line(const TextLine& line);

  /// Reads the lines up to the end of the input and gives the locations their functions. Addresses
  /// mean nothing outside the process and are forgotten. Errors: as read_line(); LimitExceeded;
  /// those of the source.
  Result<void> read(WindowCursor& cursor, const Limits& limits);

 private:
  struct Symbol {
    StringId function;
    std::int64_t line = 0;
    bool is_known = false;
  };

  void name_location(std::uint32_t location, std::string_view text);
  void finish();

  Profile& profile_;
  const AddressTable& table_;
  std::vector<Symbol> symbols_;                        // By location.
  std::unordered_map<std::uint32_t, StringId> files_;  // By function name: where it was first seen.
};

}  // namespace plumb
