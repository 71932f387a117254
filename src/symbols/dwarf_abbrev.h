// SPDX-License-Identifier: Apache-2.0
// Abbreviations: what the entries of .debug_info look like. An entry is the number of one and the
// values of its attributes, in the forms that it lists.

#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "symbols/binary_reader.h"
#include "symbols/dwarf_constants.h"

namespace plumb::dwarf {

/// The sizes that forms take from the header of a unit.
struct UnitSizes {
  std::uint16_t version = 0;
  std::uint8_t address_bytes = 8;
  std::uint8_t offset_bytes = 4;  ///< 4 or 8: 32-bit or 64-bit DWARF.
  friend bool operator==(const UnitSizes&, const UnitSizes&) = default;
};

struct AttributeSpec {
  Attribute attribute{};
  Form form{};
  std::int64_t implicit_const = 0;
};

struct Abbreviation {
  static constexpr std::uint32_t kVaries = UINT32_MAX;

  Tag tag{};
  bool has_children = false;
  bool has_code = false;                ///< A function, or an inlined call of one, with addresses.
  std::uint32_t fixed_bytes = kVaries;  ///< Of the values of an entry, if all entries take as many.
  std::uint32_t first_spec = 0;
  std::uint32_t spec_count = 0;
};

/// The abbreviations of one unit. Owns everything.
class AbbreviationTable {
 public:
  /// Reads a table from its start to its end. Errors: Malformed.
  static Result<AbbreviationTable> parse(BinaryReader in, const UnitSizes& sizes);

  /// Null for a number that is not in the table.
  [[nodiscard]] const Abbreviation* find(std::uint64_t code) const {
    if (code - 1 < dense_.size()) return &dense_[static_cast<std::size_t>(code - 1)];
    if (sparse_.empty()) return nullptr;
    const auto found = sparse_.find(code);
    return found == sparse_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::span<const AttributeSpec> specs(const Abbreviation& abbreviation) const {
    return std::span(specs_).subspan(abbreviation.first_spec, abbreviation.spec_count);
  }

  [[nodiscard]] std::size_t bytes_read() const { return bytes_read_; }

 private:
  std::vector<Abbreviation> dense_;  // Numbers 1, 2, 3 ... as all compilers give them.
  std::unordered_map<std::uint64_t, Abbreviation> sparse_;  // Others.
  std::vector<AttributeSpec> specs_;
  std::size_t bytes_read_ = 0;
};

/// Bytes of a value in `form`, or nothing if they depend on the value.
std::uint32_t fixed_form_bytes(Form form, const UnitSizes& sizes);

}  // namespace plumb::dwarf
