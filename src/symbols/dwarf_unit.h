// SPDX-License-Identifier: Apache-2.0
// Units of .debug_info: their headers, what their first entry says, and the values of attributes.
//
// A unit is what one compiler run made of one source file. Its entries form a tree; the first one
// says where the code of the unit lies and where its line table is.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "symbols/binary_reader.h"
#include "symbols/dwarf_abbrev.h"
#include "symbols/dwarf_constants.h"

namespace plumb::dwarf {

/// The sections of one file, inflated. All views are of that file.
struct Sections {
  ByteOrder order = ByteOrder::Little;
  std::string_view info;
  std::string_view abbrev;
  std::string_view line;
  std::string_view str;
  std::string_view line_str;
  std::string_view str_offsets;
  std::string_view addr;
  std::string_view ranges;
  std::string_view rnglists;
  std::string_view aranges;

  [[nodiscard]] BinaryReader reader(std::string_view section, std::uint64_t position = 0) const {
    return {section, order, position};
  }
};

/// [low, high) of addresses.
struct AddressRange {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

struct Unit {
  UnitSizes sizes;
  std::uint64_t offset = 0;         ///< Of the header in .debug_info; references count from it.
  std::uint64_t first_entry = 0;    ///< In .debug_info.
  std::uint64_t limit = 0;          ///< Behind the last entry.
  std::uint64_t abbreviations = 0;  ///< In .debug_abbrev.

  // What the first entry says; see UnitTable::read_root().
  std::string_view name;
  std::string_view directory;
  std::optional<std::uint64_t> lines;   ///< In .debug_line.
  std::optional<std::uint64_t> low_pc;  ///< Also the base of its range lists.
  std::uint64_t str_offsets_base = 0;
  std::uint64_t addr_base = 0;
  std::uint64_t rnglists_base = 0;
  std::uint64_t ranges_base = 0;  ///< Of offsets in .debug_ranges, DWARF 4.

  // Of a unit in two parts; see dwarf_split.h.
  std::string_view split_name;          ///< Of a skeleton: the file of its other part.
  std::uint64_t split_id = 0;           ///< Of both parts.
  std::uint64_t split_ranges_base = 0;  ///< Of a skeleton: ranges_base of the other part.
};

/// A value of an attribute, as far as its form tells what it is.
struct Value {
  enum class Kind : std::uint8_t {
    None,    ///< A block, or a form that means nothing here.
    Number,  ///< A constant, or an offset into another section.
    Address,
    RangeIndex,    ///< Into the table at rnglists_base.
    Reference,     ///< An offset in .debug_info of this file.
    AltReference,  ///< The same in the supplementary file.
    Text,
  };
  Kind kind = Kind::None;
  std::uint64_t number = 0;
  std::string_view text;
};

/// How much work a file may still cause. Damaged tables can refer to one another in ways that make
/// a small file take years.
class WorkBudget {
 public:
  explicit WorkBudget(std::uint64_t steps) : left_(steps) {}
  /// False once the budget is used up.
  bool spend(std::uint64_t steps) {
    left_ -= steps < left_ ? steps : left_;
    return left_ != 0;
  }
  [[nodiscard]] bool is_spent() const { return left_ == 0; }
  /// Adds what `sections` are worth, unless it is too late.
  void grant(const Sections& sections) {
    if (left_ != 0) left_ += steps_for(sections);
  }
  static std::uint64_t steps_for(const Sections& sections) {
    constexpr std::uint64_t kStepsPerByte = 16;  // About bytes looked at.
    return kStepsPerByte * (sections.info.size() + sections.abbrev.size() + sections.line.size() +
                            sections.ranges.size() + sections.rnglists.size());
  }

 private:
  std::uint64_t left_;
};

/// Reads the values of attributes. Views the sections, which must outlive it.
class ValueReader {
 public:
  /// `alternate` (null: none) are the sections of the supplementary file.
  ValueReader(const Sections& sections, const Sections* alternate)
      : sections_(sections), alternate_(alternate) {}

  /// Reads a value, and moves `in` behind it.
  Value read(BinaryReader& in, const Unit& unit, const AttributeSpec& spec) const;

  /// Moves `in` behind a value.
  static void skip(BinaryReader& in, const Unit& unit, Form form);

  /// Appends the ranges that the three attributes of an entry stand for.
  void append_ranges(const Unit& unit, const Value& low, const Value& high, const Value& list,
                     std::vector<AddressRange>& ranges, WorkBudget& budget) const;

 private:
  [[nodiscard]] Value indexed_text(const Unit& unit, std::uint64_t index) const;
  [[nodiscard]] Value indexed_address(const Unit& unit, std::uint64_t index) const;
  void append_old_list(const Unit& unit, std::uint64_t offset, std::vector<AddressRange>& ranges,
                       WorkBudget& budget) const;
  void append_new_list(const Unit& unit, std::uint64_t offset, std::vector<AddressRange>& ranges,
                       WorkBudget& budget) const;

  const Sections& sections_;
  const Sections* alternate_;
};

/// The units of one .debug_info, by offset. Not thread-safe.
class UnitTable {
 public:
  /// Reads the headers of all units. What is behind a header that cannot be read is left out.
  /// All arguments must outlive the table; `alternate` (null: none) are the sections of the
  /// supplementary file.
  UnitTable(const Sections& sections, const Sections* alternate, WorkBudget& budget);

  [[nodiscard]] const Sections& sections() const { return sections_; }
  [[nodiscard]] const ValueReader& values() const { return values_; }
  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }

  /// The unit with the entry at `offset`, or null. O(log n).
  [[nodiscard]] const Unit* find(std::uint64_t offset) const;

  /// The abbreviations of `unit`, or null if they are damaged. Kept for the next unit that has the
  /// same. The pointer is good until the next call.
  const AbbreviationTable* abbreviations(const Unit& unit);

  /// Reads what the first entry of the unit says, and appends the ranges of its code.
  void read_root(std::size_t index, std::vector<AddressRange>& ranges);

  /// The other part of `skeleton`, which is told what only the skeleton says; null if it is not
  /// here. Requires: these are the units of a file of such parts.
  const Unit* join(const Unit& skeleton);

  /// Reads the entries of a unit from the one at `offset` on.
  [[nodiscard]] BinaryReader entries(const Unit& unit, std::uint64_t offset) const {
    return sections_.reader(sections_.info.substr(0, unit.limit), offset);
  }

 private:
  bool read_header(BinaryReader& in, Unit& unit) const;

  struct CachedAbbreviations {
    UnitSizes sizes;
    std::optional<AbbreviationTable> table;  // Nothing: damaged.
  };

  const Sections& sections_;
  ValueReader values_;
  WorkBudget& budget_;
  std::vector<Unit> units_;
  std::map<std::uint64_t, CachedAbbreviations> abbreviations_;  // By offset.
  std::size_t cached_bytes_ = 0;
};

}  // namespace plumb::dwarf
