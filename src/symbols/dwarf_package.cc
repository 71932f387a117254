// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_package.h"

#include <bit>

namespace plumb::dwarf {
namespace {

constexpr std::uint64_t kHeaderBytes = 16;
constexpr std::uint64_t kIdBytes = 8;
constexpr std::uint64_t kNumberBytes = 4;

// The part of which section a column is about; null: of one that is not read here.
std::string_view* part_of(Sections& sections, std::uint32_t column_id, std::uint32_t version) {
  constexpr std::uint32_t kRnglistsId = 8;  // In DWARF 4 that of macros.
  switch (column_id) {
    case 1:
      return &sections.info;
    case 3:
      return &sections.abbrev;
    case 4:
      return &sections.line;
    case 6:
      return &sections.str_offsets;
    case kRnglistsId:
      return version == 5 ? &sections.rnglists : nullptr;
    default:
      return nullptr;
  }
}

bool cut(std::string_view& section, std::uint64_t offset, std::uint64_t size) {
  if (offset > section.size() || size > section.size() - offset) return false;
  section = section.substr(offset, size);
  return true;
}

}  // namespace

Package::Package(const Sections& sections, std::string_view index)
    : sections_(sections), index_(index), steps_left_(2 * WorkBudget::steps_for(sections)) {
  BinaryReader in = sections_.reader(index_);
  version_ = in.u16();  // Of two bytes in DWARF 5, and of four before.
  if (version_ != 5) {
    in.seek(0);
    version_ = in.u32();
  } else {
    in.skip(2);
  }
  columns_ = in.u32();
  rows_ = in.u32();
  const std::uint32_t slots = in.u32();
  const bool is_known = in.ok() && (version_ == 5 || version_ == 2) && std::has_single_bit(slots);
  if (is_known && slots <= in.left() / (kIdBytes + kNumberBytes)) slots_ = slots;
}

std::optional<Sections> Package::find(std::uint64_t id) {
  const std::optional<std::uint32_t> row = find_row(id);
  if (!row) return std::nullopt;
  std::optional<Sections> found = sections_of(*row);
  if (!found) return std::nullopt;
  const std::uint64_t steps = WorkBudget::steps_for(*found);
  if (steps > steps_left_) return std::nullopt;
  steps_left_ -= steps;
  return found;
}

// From 0; the table has them from 1, and 0 in a slot that is free.
std::optional<std::uint32_t> Package::find_row(std::uint64_t id) const {
  const std::uint64_t rows_at = kHeaderBytes + std::uint64_t{slots_} * kIdBytes;
  const std::uint64_t mask = std::uint64_t{slots_} - 1;
  const std::uint64_t step = ((id >> 32) & mask) | 1;
  std::uint64_t slot = id & mask;
  for (std::uint32_t i = 0; i < slots_; ++i) {
    const std::uint32_t row = sections_.reader(index_, rows_at + slot * kNumberBytes).u32();
    if (row == 0 || row > rows_) return std::nullopt;
    if (sections_.reader(index_, kHeaderBytes + slot * kIdBytes).u64() == id) return row - 1;
    slot = (slot + step) & mask;
  }
  return std::nullopt;
}

// Behind the hash table: what the columns are, the offsets of all rows, and their sizes.
std::optional<Sections> Package::sections_of(std::uint32_t row) const {
  const std::uint64_t columns_at = kHeaderBytes + std::uint64_t{slots_} * (kIdBytes + kNumberBytes);
  const std::uint64_t row_bytes = std::uint64_t{columns_} * kNumberBytes;
  const std::uint64_t offsets_at = columns_at + row_bytes;
  BinaryReader columns = sections_.reader(index_, columns_at);
  BinaryReader offsets = sections_.reader(index_, offsets_at + row * row_bytes);
  BinaryReader sizes =
      sections_.reader(index_, offsets_at + (std::uint64_t{rows_} + row) * row_bytes);
  Sections found = sections_;
  for (std::uint32_t i = 0; i < columns_; ++i) {
    const std::uint32_t column_id = columns.u32();
    const std::uint32_t offset = offsets.u32();
    const std::uint32_t size = sizes.u32();
    if (!columns.ok() || !offsets.ok() || !sizes.ok()) return std::nullopt;
    std::string_view* const part = part_of(found, column_id, version_);
    if (part != nullptr && !cut(*part, offset, size)) return std::nullopt;
  }
  return found;
}

}  // namespace plumb::dwarf
