// SPDX-License-Identifier: Apache-2.0
#include "symbols/symbol_table.h"

#include <algorithm>
#include <tuple>

namespace plumb {
namespace {

// A symbol that lies inside another one is passed over when the address is behind its end, but no
// more than so many of them.
constexpr std::size_t kMaxNested = 16;

// Names for one address: functions before labels, global before weak before local.
std::uint8_t rank_of(const ElfSymbol& symbol) {
  const bool is_function =
      symbol.type() == ElfSymbol::kFunction || symbol.type() == ElfSymbol::kIndirectFunction;
  const unsigned binding = symbol.binding() == ElfSymbol::kGlobal  ? 0
                           : symbol.binding() == ElfSymbol::kLocal ? 2
                                                                   : 1;
  return static_cast<std::uint8_t>((is_function ? 0 : 4) + binding);
}

bool may_be_code(const ElfSymbol& symbol) {
  switch (symbol.type()) {
    case ElfSymbol::kObject:
    case ElfSymbol::kSection:
    case ElfSymbol::kFile:
    case ElfSymbol::kTls:
      return false;
    default:
      // "$x", "$d": marks of the assembler between code and data.
      return !symbol.name.empty() && symbol.section != ElfSymbol::kUndefined &&
             symbol.name[0] != '$';
  }
}

}  // namespace

SymbolTable::SymbolTable(const ElfFile& elf) {
  std::vector<ElfSymbol> symbols = elf.symbols(ElfSection::kSymbols);
  if (symbols.size() <= 1) symbols = elf.symbols(ElfSection::kDynamicSymbols);
  const auto& sections = elf.sections();
  const auto code_limit = [&](const ElfSymbol& symbol) -> std::uint64_t {
    if (symbol.section >= sections.size()) return 0;  // Absolute, common.
    const ElfSection& section = sections[symbol.section];
    const bool is_code = (section.flags & ElfSection::kExecutable) != 0;
    return is_code ? section.address + section.size : 0;
  };
  for (const ElfSymbol& symbol : symbols) {
    if (!may_be_code(symbol) || code_limit(symbol) == 0) continue;
    Entry entry{symbol.address, symbol.size, symbol.name, rank_of(symbol), rank_of(symbol) < 4};
    if (elf.machine() == ElfMachine::Arm && entry.is_function) {
      entry.address &= ~std::uint64_t{1};  // Set for Thumb code.
    }
    entries_.push_back(entry);
  }
  std::ranges::sort(entries_, {}, [](const Entry& entry) {
    return std::tuple(entry.address, entry.rank, entry.name);
  });
  for (const ElfSection& section : sections) {
    if ((section.flags & ElfSection::kExecutable) != 0) {
      section_limits_.push_back(section.address + section.size);
    }
  }
  std::ranges::sort(section_limits_);
}

// Without a size a symbol reaches to the next one, or to the end of its section.
bool SymbolTable::reaches(std::size_t index, std::uint64_t address) const {
  const Entry& entry = entries_[index];
  if (entry.size != 0) return address - entry.address < entry.size;
  const auto limit = std::ranges::upper_bound(section_limits_, entry.address);
  return limit == section_limits_.end() || address < *limit;
}

const SymbolTable::Entry* SymbolTable::find(std::uint64_t address) const {
  const auto after = std::ranges::upper_bound(entries_, address, {}, &Entry::address);
  auto i = static_cast<std::size_t>(after - entries_.begin());
  for (std::size_t tried = 0; i > 0 && tried < kMaxNested; ++tried) {
    std::size_t best = --i;
    const std::uint64_t start = entries_[i].address;
    // The first of those at this address is the best of them; one with a size says more.
    while (i > 0 && entries_[i - 1].address == start) --i;
    for (std::size_t k = best + 1; k-- > i;) {
      if (reaches(k, address)) best = k;
    }
    if (reaches(best, address)) return &entries_[best];
  }
  return nullptr;
}

}  // namespace plumb
