// SPDX-License-Identifier: Apache-2.0
// SymbolTable: the functions of a binary by address, from .symtab, or .dynsym of a stripped one.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "symbols/elf_file.h"

namespace plumb {

class SymbolTable {
 public:
  struct Entry {
    std::uint64_t address = 0;
    std::uint64_t size = 0;  ///< 0: not known.
    std::string_view name;   ///< Views the file.
    std::uint8_t rank = 0;   ///< Of several at one address the best (smallest) names it.
    bool is_function = false;
  };

  SymbolTable() = default;
  /// Reads the symbols of code of `elf`, which must outlive the table.
  explicit SymbolTable(const ElfFile& elf);

  /// The function that holds `address`, or null: the nearest symbol at or before it, if it reaches
  /// so far. O(log n).
  [[nodiscard]] const Entry* find(std::uint64_t address) const;

  /// By address, then rank, then name.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  [[nodiscard]] bool reaches(std::size_t index, std::uint64_t address) const;

  std::vector<Entry> entries_;
  std::vector<std::uint64_t> section_limits_;  // Of each entry's section: where code ends.
};

}  // namespace plumb
