// SPDX-License-Identifier: Apache-2.0
// Whatever a Go program's table of functions says: frames of addresses are found or not, in little
// time, and functions are in the order of their addresses.
//
// The input is the table; an ELF file is made around it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/require_profile.h"
#include "support/elf_builder.h"
#include "symbols/go_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kText = 0x1000;
  constexpr std::uint64_t kTable = 0x10000;
  constexpr std::size_t kMostFunctions = 64;
  plumb::testing::ElfBuilder builder;
  builder.add_section({".text", 1, 6, kText, std::string(0x200, '\xcc')});
  builder.add_section(
      {".gopclntab", 1, 2, kTable, std::string(reinterpret_cast<const char*>(data), size)});
  const std::string file = builder.build();
  const auto elf = plumb::ElfFile::parse(file);
  plumb::fuzz::require(elf.has_value());
  auto table = plumb::GoTable::find(*elf);
  if (!table) return 0;
  std::vector<plumb::SourceFrame> frames;
  for (std::uint64_t address = kText; address < kText + 0x200; address += 5) {
    table->find_frames(address, frames);
  }
  table->find_frames(0, frames);
  table->find_frames(UINT64_MAX, frames);
  for (std::size_t i = 0; i < table->function_count() && i < kMostFunctions; ++i) {
    (void)table->function_name(i);
    table->find_frames(table->function_start(i), frames);
  }
  return 0;
}
