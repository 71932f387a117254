// SPDX-License-Identifier: Apache-2.0
// .debug_line: which address is of which line of which file.
//
// A table is a program for a small machine; what it prints is rows, by address in each sequence. A
// row holds until the next one.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "symbols/dwarf_unit.h"

namespace plumb::dwarf {

/// What a row says of an address.
struct LineRow {
  std::uint64_t file = 0;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  bool is_known = false;
};

/// The line table of one unit. Views the sections, which must outlive it.
class LineTable {
 public:
  /// Reads the header of the table at `offset`. Errors: Malformed.
  static Result<LineTable> parse(const Sections& sections, const Unit& unit, std::uint64_t offset,
                                 WorkBudget& budget);

  /// Fills in the rows of `addresses`, which are sorted, by running the program once.
  void find_rows(std::span<const std::uint64_t> addresses, std::span<LineRow> rows,
                 WorkBudget& budget) const;

  /// The path of a file of the table, with its directory and that of the compilation in front if it
  /// is relative; empty for a number that is not in the table.
  [[nodiscard]] std::string file_path(std::uint64_t file, const Unit& unit) const;

 private:
  struct File {
    std::string_view name;
    std::uint64_t directory = 0;
  };
  struct Machine;

  bool read_old_files(BinaryReader& in, WorkBudget& budget);
  bool read_new_files(BinaryReader& in, const Sections& sections, const Unit& unit,
                      WorkBudget& budget);

  ByteOrder order_ = ByteOrder::Little;
  UnitSizes sizes_;
  std::string_view program_;
  std::uint8_t least_instruction_ = 1;
  std::uint8_t operations_ = 1;  // Of one VLIW instruction.
  std::int8_t line_base_ = 0;
  std::uint8_t line_range_ = 1;
  std::uint8_t opcode_base_ = 1;
  std::string_view operand_counts_;  // Of opcodes 1 to opcode_base_ - 1.
  std::vector<std::string_view> directories_;
  std::vector<File> files_;
};

}  // namespace plumb::dwarf
