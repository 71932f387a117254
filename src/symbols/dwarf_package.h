// SPDX-License-Identifier: Apache-2.0
// Packages (.dwp): the other parts of all split units of a program in one file, as dwp and llvm-dwp
// make it of the .dwo files. Each section is those of the units, end to end, but for the strings,
// which all share; a table (.debug_cu_index) says by the ids of units what is whose.
//
// Source: DWARF 5, 7.3.5; https://gcc.gnu.org/wiki/DebugFissionDWP for DWARF 4.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "symbols/dwarf_unit.h"

namespace plumb::dwarf {

class Package {
 public:
  /// `index`: .debug_cu_index. All views must outlive the package and what it finds.
  Package(const Sections& sections, std::string_view index);

  /// The sections of the unit with the id, as they were in its own file; nothing if it has none.
  /// Of a damaged package, whose units have parts in common, not all are found.
  std::optional<Sections> find(std::uint64_t id);

 private:
  [[nodiscard]] std::optional<std::uint32_t> find_row(std::uint64_t id) const;
  [[nodiscard]] std::optional<Sections> sections_of(std::uint32_t row) const;

  const Sections sections_;
  const std::string_view index_;
  std::uint32_t version_ = 0;
  std::uint32_t columns_ = 0;  // A section each.
  std::uint32_t rows_ = 0;     // A unit each.
  std::uint32_t slots_ = 0;    // Of the hash table; a power of two, or 0: there is none.
  std::uint64_t steps_left_ = 0;
};

}  // namespace plumb::dwarf
