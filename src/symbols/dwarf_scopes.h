// SPDX-License-Identifier: Apache-2.0
// Which functions of a unit, and inlined calls in them, cover given addresses.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "symbols/dwarf_unit.h"

namespace plumb::dwarf {

/// A function with code, or an inlined call.
struct Scope {
  std::uint64_t entry = 0;      ///< Its offset in .debug_info.
  std::uint64_t call_file = 0;  ///< Where it was inlined; 0 for a function.
  std::uint64_t call_line = 0;
  std::uint64_t call_column = 0;
};

/// The scopes of one address: the function, then the calls inlined in one another.
using ScopeChain = std::vector<Scope>;

/// Fills in the chains of `addresses`, which are sorted, by one walk over the entries of `unit`.
/// Where code is of several functions at once, the first counts.
void find_scopes(UnitTable& units, const Unit& unit, std::span<const std::uint64_t> addresses,
                 std::span<ScopeChain> chains, WorkBudget& budget);

/// What a function is called.
struct FunctionName {
  std::string_view text;  ///< Views the sections; empty: not known.
  bool is_linkage_name = false;
  std::int64_t line = 0;  ///< Where it is defined; 0: not known.
};

/// The name of the function whose entry, or inlined call, is at `entry`: the entry may refer to
/// another one that has it, also in the supplementary file (null: none).
FunctionName find_function_name(UnitTable& units, UnitTable* alternate, std::uint64_t entry,
                                WorkBudget& budget);

}  // namespace plumb::dwarf
