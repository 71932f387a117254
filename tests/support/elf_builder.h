// SPDX-License-Identifier: Apache-2.0
// Small ELF files for tests, made section by section.
//
//   ElfBuilder elf(ElfMachine::X86_64);
//   elf.add_section({".text", 1, 6, 0x1000, code});
//   const std::string bytes = elf.build();

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "symbols/elf_file.h"

namespace plumb::testing {

/// Appends `value` in `size_bytes` bytes.
inline void put(std::string& out, std::uint64_t value, unsigned size_bytes,
                ByteOrder order = ByteOrder::Little) {
  for (unsigned i = 0; i < size_bytes; ++i) {
    const unsigned at = order == ByteOrder::Little ? i : size_bytes - 1 - i;
    out += static_cast<char>(value >> (8 * at) & 0xFF);
  }
}

inline void put_uleb(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
  out += static_cast<char>(value);
}

class ElfBuilder {
 public:
  struct Section {
    std::string name;
    std::uint32_t type = 1;
    std::uint64_t flags = 0;
    std::uint64_t address = 0;
    std::string bytes = {};
    std::uint32_t link = 0;
  };
  struct Symbol {
    std::string name;
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    unsigned info = 0x12;  // A global function.
    unsigned section = 1;
  };

  explicit ElfBuilder(ElfMachine machine = ElfMachine::X86_64, ElfType type = ElfType::Executable,
                      bool is_64_bit = true, ByteOrder order = ByteOrder::Little)
      : machine_(machine), type_(type), is_64_bit_(is_64_bit), order_(order) {}

  /// Sections count from 1.
  void add_section(Section section) { sections_.push_back(std::move(section)); }

  /// The sections that have an address are mapped, one segment each.
  void add_symbols(const std::vector<Symbol>& symbols) {
    std::string table(is_64_bit_ ? 24 : 16, '\0');
    std::string names(1, '\0');
    for (const Symbol& symbol : symbols) {
      put(table, names.size(), 4, order_);
      names += symbol.name + '\0';
      if (is_64_bit_) {
        put(table, symbol.info, 1, order_);
        put(table, 0, 1, order_);
        put(table, symbol.section, 2, order_);
        put(table, symbol.address, 8, order_);
        put(table, symbol.size, 8, order_);
      } else {
        put(table, symbol.address, 4, order_);
        put(table, symbol.size, 4, order_);
        put(table, symbol.info, 1, order_);
        put(table, 0, 1, order_);
        put(table, symbol.section, 2, order_);
      }
    }
    const auto names_index = static_cast<std::uint32_t>(sections_.size() + 2);
    add_section({".symtab", ElfSection::kSymbols, 0, 0, table, names_index});
    add_section({".strtab", 3, 0, 0, names, 0});
  }

  [[nodiscard]] std::string build() const {
    std::vector<Section> all = sections_;
    std::string names(1, '\0');
    std::vector<std::size_t> name_offsets;
    all.push_back({".shstrtab", 3, 0, 0, {}, 0});
    for (const Section& section : all) {
      name_offsets.push_back(names.size());
      names += section.name + '\0';
    }
    all.back().bytes = names;
    unsigned mapped = 0;
    for (const Section& section : all) mapped += section.address != 0 ? 1 : 0;

    const std::size_t header = is_64_bit_ ? 64 : 52;
    const std::size_t segment_bytes = is_64_bit_ ? 56 : 32;
    const std::size_t section_bytes = is_64_bit_ ? 64 : 40;
    std::string content;
    std::vector<std::size_t> offsets;
    const std::size_t start = header + mapped * segment_bytes;
    for (const Section& section : all) {
      while ((start + content.size()) % 16 != 0) content += '\0';
      offsets.push_back(start + content.size());
      content += section.bytes;
    }
    while ((start + content.size()) % 16 != 0) content += '\0';

    std::string out =
        "\x7f"
        "ELF";
    out += is_64_bit_ ? '\2' : '\1';
    out += order_ == ByteOrder::Little ? '\1' : '\2';
    out += '\1';
    out.resize(16, '\0');
    put(out, static_cast<unsigned>(type_), 2, order_);
    put(out, static_cast<unsigned>(machine_), 2, order_);
    put(out, 1, 4, order_);
    word(out, 0);
    word(out, mapped != 0 ? header : 0);
    word(out, start + content.size());
    put(out, 0, 4, order_);
    put(out, header, 2, order_);
    put(out, segment_bytes, 2, order_);
    put(out, mapped, 2, order_);
    put(out, section_bytes, 2, order_);
    put(out, all.size() + 1, 2, order_);
    put(out, all.size(), 2, order_);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].address != 0) add_segment(out, all[i], offsets[i]);
    }
    out += content;
    out.append(section_bytes, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) {
      put(out, name_offsets[i], 4, order_);
      put(out, all[i].type, 4, order_);
      word(out, all[i].flags);
      word(out, all[i].address);
      word(out, offsets[i]);
      word(out, all[i].bytes.size());
      put(out, all[i].link, 4, order_);
      put(out, 0, 4, order_);
      word(out, 1);
      word(out, 0);
    }
    return out;
  }

 private:
  void word(std::string& out, std::uint64_t value) const {
    put(out, value, is_64_bit_ ? 8 : 4, order_);
  }

  void add_segment(std::string& out, const Section& section, std::size_t offset) const {
    const unsigned flags = (section.flags & ElfSection::kExecutable) != 0 ? 5 : 6;
    put(out, ElfSegment::kLoad, 4, order_);
    if (is_64_bit_) put(out, flags, 4, order_);
    word(out, offset);
    word(out, section.address);
    word(out, section.address);
    word(out, section.bytes.size());
    word(out, section.bytes.size());
    if (!is_64_bit_) put(out, flags, 4, order_);
    word(out, 16);
  }

  ElfMachine machine_;
  ElfType type_;
  bool is_64_bit_;
  ByteOrder order_;
  std::vector<Section> sections_;
};

}  // namespace plumb::testing
