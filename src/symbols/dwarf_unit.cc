// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_unit.h"

#include <algorithm>

namespace plumb::dwarf {
namespace {

constexpr std::uint32_t kLength64 = 0xFFFFFFFF;  // Announces a 64-bit length.
constexpr std::uint32_t kFirstReservedLength = 0xFFFFFFF0;
constexpr std::size_t kMaxCachedBytes = std::size_t{8} << 20;  // Of tables; eight times as parsed.

constexpr UnitType kPlainUnit = UnitType::Compile;

bool is_plausible(const UnitSizes& sizes) {
  return sizes.version >= 2 && sizes.version <= 5 &&
         (sizes.address_bytes == 4 || sizes.address_bytes == 8);
}

std::string_view text_at(const Sections& sections, std::string_view section, std::uint64_t offset) {
  return sections.reader(section, offset).c_string();
}

void append(std::vector<AddressRange>& ranges, std::uint64_t low, std::uint64_t high) {
  if (low < high) ranges.push_back({low, high});
}

// Of a form that is a number: its size is in its name, or it is a LEB128.
std::uint64_t read_number(BinaryReader& in, Form form) {
  switch (form) {
    case Form::Flag:
    case Form::Data1:
    case Form::Ref1:
    case Form::Strx1:
    case Form::Addrx1:
      return in.u8();
    case Form::Data2:
    case Form::Ref2:
    case Form::Strx2:
    case Form::Addrx2:
      return in.u16();
    case Form::Strx3:
    case Form::Addrx3:
      return in.u24();
    case Form::Data4:
    case Form::Ref4:
    case Form::Strx4:
    case Form::Addrx4:
      return in.u32();
    case Form::Data8:
    case Form::Ref8:
      return in.u64();
    default:
      return in.uleb();
  }
}

// A skeleton has the lines of its unit; only the rest is in a file of its own.
bool is_unit(Tag tag) {
  return tag == Tag::CompileUnit || tag == Tag::PartialUnit || tag == Tag::SkeletonUnit;
}

}  // namespace

UnitTable::UnitTable(const Sections& sections, const Sections* alternate, WorkBudget& budget)
    : sections_(sections), values_(sections, alternate), budget_(budget) {
  BinaryReader in = sections_.reader(sections_.info);
  while (!in.at_end() && budget_.spend(64)) {
    Unit unit;
    unit.offset = in.position();
    if (!read_header(in, unit)) break;
    if (is_plausible(unit.sizes) && unit.first_entry <= unit.limit) units_.push_back(unit);
    in.seek(unit.limit);
  }
}

// Leaves `in` anywhere; false if it cannot be said where the unit ends.
bool UnitTable::read_header(BinaryReader& in, Unit& unit) const {
  std::uint64_t length = in.u32();
  if (length == kLength64) {
    length = in.u64();
    unit.sizes.offset_bytes = 8;
  } else if (length >= kFirstReservedLength) {
    return false;
  }
  if (!in.ok() || length == 0 || length > in.left()) return false;
  unit.limit = in.position() + length;
  unit.sizes.version = in.u16();
  auto type = kPlainUnit;
  if (unit.sizes.version >= 5) {
    type = UnitType{in.u8()};
    unit.sizes.address_bytes = in.u8();
    unit.abbreviations = in.unsigned_of(unit.sizes.offset_bytes);
  } else {
    unit.abbreviations = in.unsigned_of(unit.sizes.offset_bytes);
    unit.sizes.address_bytes = in.u8();
  }
  if (type == UnitType::Skeleton || type == UnitType::SplitCompile) unit.split_id = in.u64();
  if (type == UnitType::Type || type == UnitType::SplitType) {
    in.skip(8 + unit.sizes.offset_bytes);
  }
  unit.first_entry = in.position();
  return in.ok();
}

const Unit* UnitTable::find(std::uint64_t offset) const {
  const auto after = std::ranges::upper_bound(units_, offset, {}, &Unit::offset);
  if (after == units_.begin()) return nullptr;
  const Unit& unit = *(after - 1);
  return offset >= unit.first_entry && offset < unit.limit ? &unit : nullptr;
}

const AbbreviationTable* UnitTable::abbreviations(const Unit& unit) {
  const auto found = abbreviations_.find(unit.abbreviations);
  if (found != abbreviations_.end() && found->second.sizes == unit.sizes) {
    return found->second.table ? &*found->second.table : nullptr;
  }
  auto parsed =
      AbbreviationTable::parse(sections_.reader(sections_.abbrev, unit.abbreviations), unit.sizes);
  const std::size_t bytes = parsed ? parsed->bytes_read() : sections_.abbrev.size();
  cached_bytes_ += bytes;
  if (cached_bytes_ > kMaxCachedBytes) {
    abbreviations_.clear();
    cached_bytes_ = bytes;
  }
  CachedAbbreviations& kept = abbreviations_[unit.abbreviations];
  kept.sizes = unit.sizes;
  kept.table.reset();
  if (budget_.spend(bytes) && parsed) kept.table = *std::move(parsed);
  return kept.table ? &*kept.table : nullptr;
}

void UnitTable::read_root(std::size_t index, std::vector<AddressRange>& ranges) {
  Unit& unit = units_[index];
  const AbbreviationTable* const table = abbreviations(unit);
  if (table == nullptr || !budget_.spend(512)) return;
  BinaryReader in = entries(unit, unit.first_entry);
  const Abbreviation* const root = table->find(in.uleb());
  if (root == nullptr || !is_unit(root->tag)) return;
  Value low;
  Value high;
  Value list;
  // The bases come after the attributes that need them: those are read again.
  for (int pass = 0; pass < 2; ++pass) {
    BinaryReader values = in;
    for (const AttributeSpec& spec : table->specs(*root)) {
      const Value value = values_.read(values, unit, spec);
      switch (spec.attribute) {
        case Attribute::Name:
          unit.name = value.text;
          break;
        case Attribute::CompDir:
          unit.directory = value.text;
          break;
        case Attribute::StmtList:
          unit.lines = value.number;
          break;
        case Attribute::LowPc:
          low = value;
          break;
        case Attribute::HighPc:
          high = value;
          break;
        case Attribute::Ranges:
          list = value;
          break;
        case Attribute::StrOffsetsBase:
          unit.str_offsets_base = value.number;
          break;
        case Attribute::DwoName:
        case Attribute::GnuDwoName:
          unit.split_name = value.text;
          break;
        case Attribute::GnuDwoId:
          unit.split_id = value.number;
          break;
        case Attribute::GnuRangesBase:
          unit.split_ranges_base = value.number;
          break;
        case Attribute::AddrBase:
        case Attribute::GnuAddrBase:
          unit.addr_base = value.number;
          break;
        case Attribute::RnglistsBase:
          unit.rnglists_base = value.number;
          break;
        default:
          break;
      }
    }
  }
  if (low.kind == Value::Kind::Address) unit.low_pc = low.number;
  values_.append_ranges(unit, low, high, list, ranges, budget_);
}

const Unit* UnitTable::join(const Unit& skeleton) {
  std::vector<AddressRange> ignored;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    Unit& unit = units_[i];
    const bool is_new = unit.sizes.version >= 5;
    // Of the only contribution there is; in front are a length, a version and sizes.
    const unsigned length_bytes = unit.sizes.offset_bytes == 8 ? 12 : 4;
    unit.str_offsets_base = is_new ? length_bytes + 4 : 0;
    unit.rnglists_base = is_new ? length_bytes + 8 : 0;
    unit.addr_base = skeleton.addr_base;
    unit.ranges_base = skeleton.split_ranges_base;
    if (!is_new) read_root(i, ignored);  // Its id is there.
    unit.low_pc = skeleton.low_pc;
    if (unit.split_id == skeleton.split_id) return &unit;
  }
  return nullptr;
}

Value ValueReader::indexed_text(const Unit& unit, std::uint64_t index) const {
  BinaryReader in = sections_.reader(sections_.str_offsets, unit.str_offsets_base);
  const unsigned bytes = unit.sizes.offset_bytes;
  if (index > in.left() / bytes) return {};
  in.skip(index * bytes);
  return {Value::Kind::Text, 0, text_at(sections_, sections_.str, in.unsigned_of(bytes))};
}

Value ValueReader::indexed_address(const Unit& unit, std::uint64_t index) const {
  BinaryReader in = sections_.reader(sections_.addr, unit.addr_base);
  const unsigned bytes = unit.sizes.address_bytes;
  if (index > in.left() / bytes) return {};
  in.skip(index * bytes);
  const std::uint64_t address = in.unsigned_of(bytes);
  if (!in.ok()) return {};
  return {Value::Kind::Address, address, {}};
}

Value ValueReader::read(BinaryReader& in, const Unit& unit, const AttributeSpec& spec) const {
  const unsigned offset_bytes = unit.sizes.offset_bytes;
  const auto number = [](std::uint64_t value) { return Value{Value::Kind::Number, value, {}}; };
  const auto text = [](std::string_view value) { return Value{Value::Kind::Text, 0, value}; };
  switch (spec.form) {
    case Form::Addr:
      return {Value::Kind::Address, in.unsigned_of(unit.sizes.address_bytes), {}};
    case Form::Flag:
    case Form::Data1:
    case Form::Data2:
    case Form::Data4:
    case Form::Data8:
    case Form::Udata:
      return number(read_number(in, spec.form));
    case Form::Sdata:
      return number(static_cast<std::uint64_t>(in.sleb()));
    case Form::ImplicitConst:
      return number(static_cast<std::uint64_t>(spec.implicit_const));
    case Form::FlagPresent:
      return number(1);
    case Form::SecOffset:
      return number(in.unsigned_of(offset_bytes));
    case Form::String:
      return text(in.c_string());
    case Form::Strp:
      return text(text_at(sections_, sections_.str, in.unsigned_of(offset_bytes)));
    case Form::LineStrp:
      return text(text_at(sections_, sections_.line_str, in.unsigned_of(offset_bytes)));
    case Form::StrpSup:
    case Form::GnuStrpAlt: {
      const std::uint64_t offset = in.unsigned_of(offset_bytes);
      return alternate_ == nullptr ? Value{} : text(text_at(*alternate_, alternate_->str, offset));
    }
    case Form::Strx:
    case Form::GnuStrIndex:
    case Form::Strx1:
    case Form::Strx2:
    case Form::Strx3:
    case Form::Strx4:
      return indexed_text(unit, read_number(in, spec.form));
    case Form::Addrx:
    case Form::GnuAddrIndex:
    case Form::Addrx1:
    case Form::Addrx2:
    case Form::Addrx3:
    case Form::Addrx4:
      return indexed_address(unit, read_number(in, spec.form));
    case Form::Rnglistx:
      return {Value::Kind::RangeIndex, in.uleb(), {}};
    case Form::Ref1:
    case Form::Ref2:
    case Form::Ref4:
    case Form::Ref8:
    case Form::RefUdata:
      return {Value::Kind::Reference, unit.offset + read_number(in, spec.form), {}};
    case Form::RefAddr:
      return {
          Value::Kind::Reference, in.unsigned_of(fixed_form_bytes(Form::RefAddr, unit.sizes)), {}};
    case Form::GnuRefAlt:
      return {Value::Kind::AltReference, in.unsigned_of(offset_bytes), {}};
    case Form::RefSup4:
      return {Value::Kind::AltReference, in.u32(), {}};
    case Form::RefSup8:
      return {Value::Kind::AltReference, in.u64(), {}};
    case Form::Indirect: {
      const Form form{static_cast<std::uint32_t>(in.uleb())};
      if (form == Form::Indirect || form == Form::ImplicitConst) return in.fail(), Value{};
      return read(in, unit, {spec.attribute, form});
    }
    default:
      skip(in, unit, spec.form);
      return {};
  }
}

void ValueReader::skip(BinaryReader& in, const Unit& unit, Form form) {
  const std::uint32_t bytes = fixed_form_bytes(form, unit.sizes);
  if (bytes != Abbreviation::kVaries) return in.skip(bytes);
  switch (form) {
    case Form::Block1:
      return in.skip(in.u8());
    case Form::Block2:
      return in.skip(in.u16());
    case Form::Block4:
      return in.skip(in.u32());
    case Form::Block:
    case Form::Exprloc:
      return in.skip(in.uleb());
    case Form::String:
      in.c_string();
      return;
    case Form::Sdata:
    case Form::Udata:
    case Form::RefUdata:
    case Form::Strx:
    case Form::Addrx:
    case Form::Loclistx:
    case Form::Rnglistx:
    case Form::GnuAddrIndex:
    case Form::GnuStrIndex:
      return in.skip_leb();
    case Form::Indirect: {
      const Form actual{static_cast<std::uint32_t>(in.uleb())};
      if (actual == Form::Indirect || actual == Form::ImplicitConst) return in.fail();
      return skip(in, unit, actual);
    }
    default:
      in.fail();  // Nobody knows how long it is.
  }
}

void ValueReader::append_ranges(const Unit& unit, const Value& low, const Value& high,
                                const Value& list, std::vector<AddressRange>& ranges,
                                WorkBudget& budget) const {
  if (list.kind == Value::Kind::RangeIndex) {
    BinaryReader in = sections_.reader(sections_.rnglists, unit.rnglists_base);
    const unsigned bytes = unit.sizes.offset_bytes;
    if (list.number > in.left() / bytes) return;
    in.skip(list.number * bytes);
    return append_new_list(unit, unit.rnglists_base + in.unsigned_of(bytes), ranges, budget);
  }
  if (list.kind == Value::Kind::Number) {
    return unit.sizes.version >= 5
               ? append_new_list(unit, list.number, ranges, budget)
               : append_old_list(unit, unit.ranges_base + list.number, ranges, budget);
  }
  if (low.kind != Value::Kind::Address) return;
  if (high.kind == Value::Kind::Address) append(ranges, low.number, high.number);
  if (high.kind == Value::Kind::Number && high.number <= UINT64_MAX - low.number) {
    append(ranges, low.number, low.number + high.number);
  }
}

// DWARF 2 to 4: pairs of offsets from a base; the largest number announces another base.
void ValueReader::append_old_list(const Unit& unit, std::uint64_t offset,
                                  std::vector<AddressRange>& ranges, WorkBudget& budget) const {
  BinaryReader in = sections_.reader(sections_.ranges, offset);
  const unsigned bytes = unit.sizes.address_bytes;
  const std::uint64_t largest = bytes == 8 ? UINT64_MAX : UINT32_MAX;
  std::uint64_t base = unit.low_pc.value_or(0);
  while (in.ok() && budget.spend(1)) {
    const std::uint64_t low = in.unsigned_of(bytes);
    const std::uint64_t high = in.unsigned_of(bytes);
    if (!in.ok() || (low == 0 && high == 0)) return;
    if (low == largest) {
      base = high;
    } else {
      append(ranges, base + low, base + high);
    }
  }
}

// DWARF 5: entries that say what they are.
void ValueReader::append_new_list(const Unit& unit, std::uint64_t offset,
                                  std::vector<AddressRange>& ranges, WorkBudget& budget) const {
  BinaryReader in = sections_.reader(sections_.rnglists, offset);
  const unsigned bytes = unit.sizes.address_bytes;
  std::uint64_t base = unit.low_pc.value_or(0);
  while (in.ok() && budget.spend(1)) {
    std::uint64_t low = 0;
    switch (RangeEntry{in.u8()}) {
      case RangeEntry::BaseAddressx:
        base = indexed_address(unit, in.uleb()).number;
        break;
      case RangeEntry::BaseAddress:
        base = in.unsigned_of(bytes);
        break;
      case RangeEntry::StartxEndx:
        low = indexed_address(unit, in.uleb()).number;
        append(ranges, low, indexed_address(unit, in.uleb()).number);
        break;
      case RangeEntry::StartxLength:
        low = indexed_address(unit, in.uleb()).number;
        append(ranges, low, low + in.uleb());
        break;
      case RangeEntry::OffsetPair:
        low = in.uleb();
        append(ranges, base + low, base + in.uleb());
        break;
      case RangeEntry::StartEnd:
        low = in.unsigned_of(bytes);
        append(ranges, low, in.unsigned_of(bytes));
        break;
      case RangeEntry::StartLength:
        low = in.unsigned_of(bytes);
        append(ranges, low, low + in.uleb());
        break;
      default:
        return;  // The end, or nothing that could be passed over.
    }
  }
}

}  // namespace plumb::dwarf
