// SPDX-License-Identifier: Apache-2.0
// Pointers in the data of a position-independent program: the file holds zeros there, and a table
// says what the loader writes.

#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "symbols/elf_file.h"

namespace plumb {

/// The relative relocations of a program, by address.
class Relocations {
 public:
  explicit Relocations(const ElfFile& elf);

  /// The pointer at `address` as it is when the program runs at the addresses it was linked for;
  /// 0 if there is none.
  [[nodiscard]] std::uint64_t pointer_at(std::uint64_t address) const;

  /// All addresses, of data that may be written, that hold the pointer `value`, in order.
  [[nodiscard]] std::vector<std::uint64_t> find_pointers(std::uint64_t value) const;

 private:
  struct Written {
    std::uint64_t address = 0;
    std::uint64_t value = 0;
  };

  [[nodiscard]] unsigned pointer_bytes() const { return elf_->is_64_bit() ? 8 : 4; }

  const ElfFile* elf_;
  std::vector<Written> written_;
};

}  // namespace plumb
