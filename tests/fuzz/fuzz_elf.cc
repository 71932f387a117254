// SPDX-License-Identifier: Apache-2.0
// Whatever an ELF file says: what is read of it lies inside the file or inside what was inflated,
// and its symbols can be searched.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require_profile.h"
#include "symbols/debug_file.h"
#include "symbols/elf_file.h"
#include "symbols/go_table.h"
#include "symbols/symbol_table.h"

namespace {

using plumb::fuzz::require;

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void look_up(const plumb::SymbolTable& symbols) {
  std::size_t tried = 0;
  for (const auto& entry : symbols.entries()) {
    const auto* const found = symbols.find(entry.address);
    require(found == nullptr || found->address <= entry.address);
    if (++tried == 100) break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto elf = plumb::ElfFile::parse(bytes);
  if (!elf) return 0;
  for (const plumb::ElfSection& section : elf->sections()) {
    require(is_inside(section.name, bytes));
    require(is_inside(elf->raw_bytes(section), bytes));
    (void)elf->content(section.name);
    require(is_inside(elf->bytes_from(section.address), bytes));
    require(is_inside(elf->bytes_at(section.address, section.size), bytes));
  }
  for (const auto kind : {plumb::ElfSection::kSymbols, plumb::ElfSection::kDynamicSymbols}) {
    for (const plumb::ElfSymbol& symbol : elf->symbols(kind))
      require(is_inside(symbol.name, bytes));
  }
  require(elf->build_id().size() % 2 == 0);
  (void)elf->debug_link();
  (void)elf->alternate_link();
  look_up(plumb::SymbolTable(*elf));
  std::string damage;
  (void)plumb::debug_sections(*elf, damage);
  return 0;
}
