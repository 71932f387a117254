// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_lines.h"

#include <algorithm>

namespace plumb::dwarf {
namespace {

// Joins as a shell would read them one after the other: an absolute path starts again.
std::string join_paths(std::string_view directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  std::string path(directory);
  if (!path.ends_with('/')) path += '/';
  return path += name;
}

}  // namespace

Result<LineTable> LineTable::parse(const Sections& sections, const Unit& unit, std::uint64_t offset,
                                   WorkBudget& budget) {
  const auto malformed = [](const BinaryReader& at) {
    return Error(ErrorCode::Malformed, "bad line table").at(at.position());
  };
  BinaryReader in = sections.reader(sections.line, offset);
  LineTable table;
  table.order_ = sections.order;
  table.sizes_ = unit.sizes;
  std::uint64_t length = in.u32();
  table.sizes_.offset_bytes = 4;
  if (length == 0xFFFFFFFF) {
    length = in.u64();
    table.sizes_.offset_bytes = 8;
  }
  if (length > in.left()) return malformed(in);
  const std::uint64_t limit = in.position() + length;
  table.sizes_.version = in.u16();
  if (table.sizes_.version < 2 || table.sizes_.version > 5) return malformed(in);
  if (table.sizes_.version >= 5) {
    table.sizes_.address_bytes = in.u8();
    in.skip(1);  // Bytes of a segment selector.
  }
  const std::uint64_t header_bytes = in.unsigned_of(table.sizes_.offset_bytes);
  const std::uint64_t program_at = in.position() + header_bytes;
  if (header_bytes > limit || program_at > limit) return malformed(in);
  table.least_instruction_ = in.u8();
  if (table.sizes_.version >= 4) table.operations_ = in.u8();
  in.skip(1);  // Whether rows start statements.
  table.line_base_ = static_cast<std::int8_t>(in.u8());
  table.line_range_ = in.u8();
  table.opcode_base_ = in.u8();
  if (!in.ok() || table.line_range_ == 0 || table.operations_ == 0 || table.opcode_base_ == 0) {
    return malformed(in);
  }
  table.operand_counts_ = in.take(table.opcode_base_ - 1);
  const bool has_files = table.sizes_.version >= 5
                             ? table.read_new_files(in, sections, unit, budget)
                             : table.read_old_files(in, budget);
  if (!has_files) return malformed(in);
  in.seek(program_at);
  table.program_ = in.take(limit - program_at);
  if (!in.ok()) return malformed(in);
  return table;
}

bool LineTable::read_old_files(BinaryReader& in, WorkBudget& budget) {
  directories_.push_back({});  // 0: that of the compilation.
  for (;;) {
    const std::string_view directory = in.c_string();
    if (!in.ok() || !budget.spend(16)) return false;
    if (directory.empty()) break;
    directories_.push_back(directory);
  }
  files_.push_back({});  // Files count from 1.
  for (;;) {
    const std::string_view name = in.c_string();
    if (!in.ok() || !budget.spend(16)) return false;
    if (name.empty()) return true;
    files_.push_back({name, in.uleb()});
    in.skip_leb();  // Time.
    in.skip_leb();  // Size.
  }
}

// Two tables, of directories and of files, each with a description of its columns in front.
bool LineTable::read_new_files(BinaryReader& in, const Sections& sections, const Unit& unit,
                               WorkBudget& budget) {
  const ValueReader values(sections, nullptr);
  Unit sized = unit;
  sized.sizes = sizes_;
  for (const bool is_files : {false, true}) {
    std::vector<AttributeSpec> columns;
    for (unsigned left = in.u8(); left > 0; --left) {
      const Attribute content{static_cast<std::uint32_t>(in.uleb())};
      columns.push_back({content, Form{static_cast<std::uint32_t>(in.uleb())}});
    }
    const std::uint64_t count = in.uleb();
    if (!in.ok() || count > in.left() || (columns.empty() && count > 0)) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      File file;
      for (const AttributeSpec& column : columns) {
        const Value value = values.read(in, sized, column);
        const LineContent content{static_cast<std::uint32_t>(column.attribute)};
        if (content == LineContent::Path) file.name = value.text;
        if (content == LineContent::DirectoryIndex) file.directory = value.number;
      }
      if (!in.ok() || !budget.spend(16)) return false;
      if (is_files) {
        files_.push_back(file);
      } else {
        directories_.push_back(file.name);
      }
    }
  }
  return true;
}

// The registers of the machine, and the sorted addresses whose rows are looked for.
struct LineTable::Machine {
  const LineTable& table;
  std::span<const std::uint64_t> addresses;
  std::span<LineRow> rows;
  WorkBudget& budget;
  std::uint64_t address = 0;
  std::uint64_t operation = 0;
  LineRow row{.file = 1, .line = 1, .column = 0, .is_known = true};
  std::uint64_t last_address = 0;  // Of the row before.
  LineRow last_row{};

  void advance(std::uint64_t operations) {
    if (table.operations_ == 1) {
      address += table.least_instruction_ * operations;
      return;
    }
    operation += operations;
    address += table.least_instruction_ * (operation / table.operations_);
    operation %= table.operations_;
  }

  // The row before reaches up to here.
  void emit() {
    if (last_row.is_known && address > last_address) {
      auto at = std::ranges::lower_bound(addresses, last_address);
      for (; at != addresses.end() && *at < address; ++at) {
        rows[static_cast<std::size_t>(at - addresses.begin())] = last_row;
        budget.spend(1);
      }
    }
    last_address = address;
    last_row = row;
  }

  void end_sequence() {
    emit();
    address = operation = 0;
    row = {.file = 1, .line = 1, .column = 0, .is_known = true};
    last_row = {};
  }

  void extended(BinaryReader& in) {
    const std::uint64_t bytes = in.uleb();
    const std::size_t start = in.position();
    if (bytes == 0 || bytes > in.left()) return in.fail();
    switch (ExtendedLineOpcode{in.u8()}) {
      case ExtendedLineOpcode::EndSequence:
        end_sequence();
        break;
      case ExtendedLineOpcode::SetAddress:
        address = in.unsigned_of(static_cast<unsigned>(bytes - 1));
        operation = 0;
        break;
      default:
        break;
    }
    in.seek(start + bytes);
  }

  void special(unsigned opcode) {
    const unsigned adjusted = opcode - table.opcode_base_;
    advance(adjusted / table.line_range_);
    row.line +=
        static_cast<std::uint64_t>(std::int64_t{table.line_base_} + adjusted % table.line_range_);
    emit();
  }

  void standard(BinaryReader& in, LineOpcode opcode) {
    switch (opcode) {
      case LineOpcode::Extended:
        return extended(in);
      case LineOpcode::Copy:
        return emit();
      case LineOpcode::AdvancePc:
        return advance(in.uleb());
      case LineOpcode::AdvanceLine:
        row.line += static_cast<std::uint64_t>(in.sleb());
        return;
      case LineOpcode::SetFile:
        row.file = in.uleb();
        return;
      case LineOpcode::SetColumn:
        row.column = in.uleb();
        return;
      case LineOpcode::ConstAddPc:
        return advance((255u - table.opcode_base_) / table.line_range_);
      case LineOpcode::FixedAdvancePc:
        address += in.u16();
        operation = 0;
        return;
      default: {
        const auto index = static_cast<std::size_t>(opcode) - 1;
        for (auto left = static_cast<std::uint8_t>(table.operand_counts_[index]); left > 0; --left)
          in.skip_leb();
      }
    }
  }
};

void LineTable::find_rows(std::span<const std::uint64_t> addresses, std::span<LineRow> rows,
                          WorkBudget& budget) const {
  if (addresses.empty() || !budget.spend(program_.size())) return;
  Machine machine{*this, addresses, rows, budget};
  BinaryReader in(program_, order_);
  while (!in.at_end() && !budget.is_spent()) {
    const unsigned opcode = in.u8();
    if (opcode >= opcode_base_) {
      machine.special(opcode);
    } else {
      machine.standard(in, LineOpcode{static_cast<std::uint8_t>(opcode)});
    }
  }
}

std::string LineTable::file_path(std::uint64_t file, const Unit& unit) const {
  if (file >= files_.size() || files_[file].name.empty()) return {};
  const File& row = files_[file];
  std::string path(row.name);
  if (!path.starts_with('/') && row.directory < directories_.size()) {
    path = join_paths(directories_[row.directory], path);
  }
  return join_paths(unit.directory, path);
}

}  // namespace plumb::dwarf
