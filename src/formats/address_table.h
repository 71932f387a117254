// SPDX-License-Identifier: Apache-2.0
// AddressTable: one location per address, in the order in which addresses are seen.

#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/pc_table.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class AddressTable {
 public:
  /// Adds locations to `profile`, which must outlive this.
  explicit AddressTable(Profile& profile) : profile_(profile) {}

  /// The location of `address`, added if it is new.
  LocationId location_of(std::uint64_t address) {
    const std::uint32_t known = table_.find(address);
    if (known != kNone) return {known};
    Location location;
    location.address = address;
    const LocationId added = profile_.add_location(location, {});
    table_.insert(address, added.index);
    return added;
  }

  /// The index of the location of `address`, or kNone.
  [[nodiscard]] std::uint32_t find(std::uint64_t address) const { return table_.find(address); }

  [[nodiscard]] std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  Profile& profile_;
  PcTable table_;
};

}  // namespace plumb
