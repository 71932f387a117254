// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_abbrev.h"

namespace plumb::dwarf {
namespace {

constexpr std::size_t kMaxSpecs = std::size_t{1} << 20;  // Large programs have some 100,000.

Error malformed(const BinaryReader& in) {
  return Error(ErrorCode::Malformed, "bad table of abbreviations").at(in.position());
}

}  // namespace

std::uint32_t fixed_form_bytes(Form form, const UnitSizes& sizes) {
  switch (form) {
    case Form::FlagPresent:
    case Form::ImplicitConst:
      return 0;
    case Form::Data1:
    case Form::Flag:
    case Form::Ref1:
    case Form::Strx1:
    case Form::Addrx1:
      return 1;
    case Form::Data2:
    case Form::Ref2:
    case Form::Strx2:
    case Form::Addrx2:
      return 2;
    case Form::Strx3:
    case Form::Addrx3:
      return 3;
    case Form::Data4:
    case Form::Ref4:
    case Form::RefSup4:
    case Form::Strx4:
    case Form::Addrx4:
      return 4;
    case Form::Data8:
    case Form::Ref8:
    case Form::RefSig8:
    case Form::RefSup8:
      return 8;
    case Form::Data16:
      return 16;
    case Form::Addr:
      return sizes.address_bytes;
    case Form::RefAddr:  // DWARF 2 had addresses there.
      return sizes.version <= 2 ? sizes.address_bytes : sizes.offset_bytes;
    case Form::Strp:
    case Form::StrpSup:
    case Form::LineStrp:
    case Form::SecOffset:
    case Form::GnuRefAlt:
    case Form::GnuStrpAlt:
      return sizes.offset_bytes;
    default:
      return Abbreviation::kVaries;
  }
}

Result<AbbreviationTable> AbbreviationTable::parse(BinaryReader in, const UnitSizes& sizes) {
  AbbreviationTable table;
  const std::size_t start = in.position();
  while (const std::uint64_t code = in.uleb()) {
    Abbreviation abbreviation;
    abbreviation.tag = Tag{static_cast<std::uint32_t>(in.uleb())};
    abbreviation.has_children = in.u8() != 0;
    abbreviation.first_spec = static_cast<std::uint32_t>(table.specs_.size());
    std::uint32_t bytes = 0;
    bool has_addresses = false;
    for (;;) {
      const std::uint64_t attribute = in.uleb();
      const std::uint64_t form = in.uleb();
      if (!in.ok() || table.specs_.size() >= kMaxSpecs) return malformed(in);
      if (attribute == 0 && form == 0) break;
      AttributeSpec spec{Attribute{static_cast<std::uint32_t>(attribute)},
                         Form{static_cast<std::uint32_t>(form)}};
      if (spec.form == Form::ImplicitConst) spec.implicit_const = in.sleb();
      has_addresses = has_addresses || spec.attribute == Attribute::LowPc ||
                      spec.attribute == Attribute::Ranges;
      const std::uint32_t form_bytes = fixed_form_bytes(spec.form, sizes);
      const bool varies = bytes == Abbreviation::kVaries || form_bytes == Abbreviation::kVaries;
      bytes = varies ? Abbreviation::kVaries : bytes + form_bytes;
      table.specs_.push_back(spec);
    }
    abbreviation.spec_count =
        static_cast<std::uint32_t>(table.specs_.size()) - abbreviation.first_spec;
    abbreviation.fixed_bytes = bytes;
    abbreviation.has_code = has_addresses && (abbreviation.tag == Tag::Subprogram ||
                                              abbreviation.tag == Tag::InlinedSubroutine);
    if (code == table.dense_.size() + 1) {
      table.dense_.push_back(abbreviation);
    } else {
      table.sparse_.emplace(code, abbreviation);
    }
  }
  if (!in.ok()) return malformed(in);
  table.bytes_read_ = in.position() - start;
  return table;
}

}  // namespace plumb::dwarf
