// SPDX-License-Identifier: Apache-2.0
// Units in two parts (-gsplit-dwarf): a skeleton in the binary, with the lines and the addresses,
// and the entries in a file beside the object file, which the linker never saw.
//
//   server: .debug_info      skeleton: "parse.dwo" in /build, id 0xd520880f31789f8c
//   /build/parse.dwo: .debug_info.dwo   functions and inlined calls; addresses by their numbers in
//                                       .debug_addr of the binary
//
// Or all such files of a program are in one (dwarf_package.h).
//
// Source: DWARF 5, 7.3.2; https://gcc.gnu.org/wiki/DebugFission for DWARF 4.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "symbols/dwarf_unit.h"

namespace plumb::dwarf {

/// Opens the other part of a skeleton: the sections of its file, or of its part of a package, whose
/// bytes outlive the reader; nothing if there is none.
using SplitOpener = std::function<std::optional<Sections>(const Unit& skeleton)>;

/// The entries of one unit in their own file.
struct SplitUnit {
  Sections sections;
  std::optional<UnitTable> units;
  const Unit* unit = nullptr;  ///< In units; null: the file is not that of the skeleton.
};

/// The other parts of skeletons, opened when they are asked for. Not thread-safe.
class SplitUnits {
 public:
  /// `open` may be null. The other arguments must outlive this.
  SplitUnits(const Sections& sections, SplitOpener open, WorkBudget& budget)
      : sections_(sections), open_(std::move(open)), budget_(budget) {}

  /// Null if `unit` is whole, or its other part is not there.
  SplitUnit* find(const Unit& unit);

 private:
  std::unique_ptr<SplitUnit> open(const Unit& skeleton);

  const Sections& sections_;
  SplitOpener open_;
  WorkBudget& budget_;
  std::unordered_map<std::uint64_t, std::unique_ptr<SplitUnit>> known_;  // By offset.
};

}  // namespace plumb::dwarf
