// SPDX-License-Identifier: Apache-2.0
#include "symbols/elf_file.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "symbols/inflate.h"

namespace plumb {
namespace {

constexpr std::string_view kMagic =
    "\x7f"
    "ELF";
constexpr std::uint64_t kMaxInflatedBytes = std::uint64_t{8} << 30;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // What deflate can reach; zstd is held to it too.
constexpr std::uint16_t kManySections = 0xFFFF;   // SHN_XINDEX: the number stands in section 0.
constexpr std::uint32_t kBuildIdNote = 3;
constexpr std::uint32_t kMaxNoteBytes = 1u << 20;

std::string hex_of_bytes(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4u];
    text += kDigits[byte & 0xFu];
  }
  return text;
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

// The build id among notes, which follow one another as name size, content size, type, name,
// content, the last two padded.
std::string find_build_id(BinaryReader notes, std::uint64_t alignment) {
  if (alignment != 8) alignment = 4;
  while (notes.left() >= 12) {
    const std::uint32_t name_bytes = notes.u32();
    const std::uint32_t content_bytes = notes.u32();
    const std::uint32_t type = notes.u32();
    if (name_bytes > kMaxNoteBytes || content_bytes > kMaxNoteBytes) return {};
    const std::string_view name = notes.take(name_bytes);
    notes.seek(round_up(notes.position(), alignment));
    const std::string_view content = notes.take(content_bytes);
    if (!notes.ok()) return {};
    if (type == kBuildIdNote && name == std::string_view("GNU\0", 4)) return hex_of_bytes(content);
    notes.seek(round_up(notes.position(), alignment));
  }
  return {};
}

}  // namespace

Result<ElfFile> ElfFile::parse(std::string_view bytes) {
  ElfFile file(bytes);
  TRY(file.parse_header());
  return file;
}

Result<void> ElfFile::parse_header() {
  if (!bytes_.starts_with(kMagic) || bytes_.size() < 16) {
    return Error(ErrorCode::NotRecognized, "no ELF file");
  }
  const char class_byte = bytes_[4];
  const char order_byte = bytes_[5];
  if ((class_byte != 1 && class_byte != 2) || (order_byte != 1 && order_byte != 2)) {
    return Error(ErrorCode::Malformed, "unknown class or byte order of ELF").at(4);
  }
  is_64_bit_ = class_byte == 2;
  order_ = order_byte == 1 ? ByteOrder::Little : ByteOrder::Big;
  BinaryReader in = reader(bytes_, 16);
  type_ = ElfType{in.u16()};
  machine_ = ElfMachine{in.u16()};
  in.skip(4);  // Version.
  word(in);    // Entry.
  const std::uint64_t segments_offset = word(in);
  const std::uint64_t sections_offset = word(in);
  in.skip(4 + 2);  // Flags, size of this header.
  const unsigned segment_bytes = in.u16();
  const unsigned segment_count = in.u16();
  const unsigned section_bytes = in.u16();
  const unsigned section_count = in.u16();
  const unsigned section_names = in.u16();
  if (!in.ok()) return Error(ErrorCode::Truncated, "ELF header ends early").at(bytes_.size());
  parse_segments(segments_offset, segment_count, segment_bytes);
  return parse_sections(sections_offset, section_count, section_bytes, section_names);
}

void ElfFile::parse_segments(std::uint64_t offset, unsigned count, unsigned entry_bytes) {
  for (unsigned i = 0; i < count; ++i) {
    BinaryReader in = reader(bytes_, offset + std::uint64_t{i} * entry_bytes);
    ElfSegment segment;
    segment.type = in.u32();
    if (is_64_bit_) segment.flags = in.u32();
    segment.offset = word(in);
    segment.address = word(in);
    word(in);  // Physical address.
    segment.file_bytes = word(in);
    segment.memory_bytes = word(in);
    if (!is_64_bit_) segment.flags = in.u32();
    segment.alignment = word(in);
    if (!in.ok()) return;
    segments_.push_back(segment);
  }
}

ElfSection ElfFile::parse_section(BinaryReader in) const {
  ElfSection section;
  in.skip(4);  // The name, which the caller finds.
  section.type = in.u32();
  section.flags = word(in);
  section.address = word(in);
  section.offset = word(in);
  section.size = word(in);
  section.link = in.u32();
  in.skip(4);  // Info.
  section.alignment = word(in);
  return section;
}

Result<void> ElfFile::parse_sections(std::uint64_t offset, std::uint64_t count,
                                     unsigned entry_bytes, unsigned names) {
  const std::uint64_t least = is_64_bit_ ? 64 : 40;
  if (offset == 0 || entry_bytes < least) return {};
  // They stand at the end of most files.
  const std::uint64_t room = offset > bytes_.size() ? 0 : (bytes_.size() - offset) / entry_bytes;
  if (room < std::max<std::uint64_t>(count, 1)) {
    return Error(ErrorCode::Truncated, "ELF file ends before its sections").at(bytes_.size());
  }
  const ElfSection first = parse_section(reader(bytes_, offset));
  if (count == 0) count = first.size;
  if (names == kManySections) names = first.link;
  count = std::min(count, room);
  std::vector<std::uint32_t> name_offsets;
  for (std::uint64_t i = 0; i < count; ++i) {
    BinaryReader in = reader(bytes_, offset + i * entry_bytes);
    sections_.push_back(parse_section(in));
    name_offsets.push_back(in.u32());
  }
  if (names >= sections_.size()) return {};
  const std::string_view all_names = raw_bytes(sections_[names]);
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    sections_[i].name = reader(all_names, name_offsets[i]).c_string();
  }
  return {};
}

std::string_view ElfFile::view(std::uint64_t offset, std::uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) return {};
  return bytes_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

const ElfSection* ElfFile::find_section(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &ElfSection::name);
  return found == sections_.end() ? nullptr : &*found;
}

std::string_view ElfFile::raw_bytes(const ElfSection& section) const {
  return section.type == ElfSection::kNoBits ? std::string_view{}
                                             : view(section.offset, section.size);
}

Result<std::string_view> ElfFile::content(std::string_view name) {
  const ElfSection* section = find_section(name);
  if (section == nullptr && name.starts_with(".debug_")) {
    section = find_section(".z" + std::string(name.substr(1)));
  }
  if (section == nullptr) return std::string_view{};
  const bool is_old_form = section->name.starts_with(".zdebug_");
  if (!is_old_form && (section->flags & ElfSection::kCompressed) == 0) return raw_bytes(*section);
  return inflated(*section);
}

Result<std::string_view> ElfFile::inflated(const ElfSection& section) {
  if (const auto known = inflated_views_.find(section.name); known != inflated_views_.end()) {
    return known->second;
  }
  constexpr std::uint32_t kZlib = 1;
  constexpr std::uint32_t kZstd = 2;
  std::string_view compressed = raw_bytes(section);
  std::uint32_t method = kZlib;
  std::uint64_t size = 0;
  if ((section.flags & ElfSection::kCompressed) != 0) {
    BinaryReader in = reader(compressed);
    method = in.u32();
    if (is_64_bit_) in.skip(4);
    size = word(in);
    word(in);  // Alignment.
    compressed = in.take(in.left());
    if (!in.ok()) method = 0;
  } else if (compressed.starts_with("ZLIB")) {
    BinaryReader in(compressed, ByteOrder::Big, 4);
    size = in.u64();
    compressed = in.take(in.left());
  } else {
    return compressed;  // ".zdebug_" in name only.
  }
  const auto named = [&](Error error) { return std::move(error).while_reading(section.name); };
  if (method != kZlib && method != kZstd) {
    return named({ErrorCode::Malformed, "unknown compression"});
  }
  inflated_bytes_ += size;
  if (size / kMaxDeflateRatio > compressed.size() || size > kMaxInflatedBytes ||
      inflated_bytes_ > kMaxInflatedBytes) {
    return named({ErrorCode::LimitExceeded, "the compressed section claims to be too large"});
  }
  auto buffer = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(size));
  const std::span<char> out(buffer.get(), static_cast<std::size_t>(size));
  auto result = method == kZlib ? inflate_zlib(compressed, out) : inflate_zstd(compressed, out);
  if (!result) return named(std::move(result).error());
  const std::string_view content(out.data(), out.size());
  inflated_.emplace(section.name, std::move(buffer));
  inflated_views_.emplace(section.name, content);
  return content;
}

std::string_view ElfFile::bytes_at(std::uint64_t address, std::uint64_t size) const {
  for (const ElfSegment& segment : segments_) {
    if (segment.type != ElfSegment::kLoad || address < segment.address) continue;
    const std::uint64_t within = address - segment.address;
    if (within > segment.file_bytes || size > segment.file_bytes - within) continue;
    if (within > UINT64_MAX - segment.offset) continue;
    return view(segment.offset + within, size);
  }
  return {};
}

std::string_view ElfFile::bytes_from(std::uint64_t address) const {
  for (const ElfSegment& segment : segments_) {
    if (segment.type != ElfSegment::kLoad || address < segment.address) continue;
    const std::uint64_t within = address - segment.address;
    if (within < segment.file_bytes) return bytes_at(address, segment.file_bytes - within);
  }
  return {};
}

bool ElfFile::may_be_code(std::uint64_t address) const {
  bool has_code = false;
  for (const ElfSegment& segment : segments_) {
    if (segment.type != ElfSegment::kLoad || !segment.is_executable()) continue;
    has_code = true;
    if (address >= segment.address && address - segment.address < segment.memory_bytes) return true;
  }
  return !has_code;
}

std::vector<ElfSymbol> ElfFile::symbols(std::uint32_t section_type) const {
  std::vector<ElfSymbol> all;
  const auto table = std::ranges::find(sections_, section_type, &ElfSection::type);
  if (table == sections_.end() || table->link >= sections_.size()) return all;
  const std::string_view names = raw_bytes(sections_[table->link]);
  BinaryReader in = reader(raw_bytes(*table));
  const std::size_t entry_bytes = is_64_bit_ ? 24 : 16;
  all.reserve(in.left() / entry_bytes);
  while (in.left() >= entry_bytes) {
    ElfSymbol symbol;
    const std::uint32_t name = in.u32();
    if (is_64_bit_) {
      symbol.info = in.u8();
      in.skip(1);
      symbol.section = in.u16();
      symbol.address = in.u64();
      symbol.size = in.u64();
    } else {
      symbol.address = in.u32();
      symbol.size = in.u32();
      symbol.info = in.u8();
      in.skip(1);
      symbol.section = in.u16();
    }
    if (name != 0) symbol.name = reader(names, name).c_string();
    all.push_back(symbol);
  }
  return all;
}

std::string ElfFile::build_id() const {
  for (const ElfSegment& segment : segments_) {
    if (segment.type != ElfSegment::kNote) continue;
    std::string id =
        find_build_id(reader(view(segment.offset, segment.file_bytes)), segment.alignment);
    if (!id.empty()) return id;
  }
  for (const ElfSection& section : sections_) {
    if (section.type != ElfSection::kNote) continue;
    std::string id = find_build_id(reader(raw_bytes(section)), section.alignment);
    if (!id.empty()) return id;
  }
  return {};
}

std::optional<ElfFile::DebugLink> ElfFile::debug_link() const {
  const ElfSection* const section = find_section(".gnu_debuglink");
  if (section == nullptr) return std::nullopt;
  BinaryReader in = reader(raw_bytes(*section));
  DebugLink link;
  link.file = in.c_string();
  in.seek(round_up(in.position(), 4));
  link.crc = in.u32();
  if (!in.ok() || link.file.empty()) return std::nullopt;
  return link;
}

std::optional<ElfFile::AlternateLink> ElfFile::alternate_link() const {
  const ElfSection* const section = find_section(".gnu_debugaltlink");
  if (section == nullptr) return std::nullopt;
  BinaryReader in = reader(raw_bytes(*section));
  AlternateLink link;
  link.file = in.c_string();
  link.build_id = hex_of_bytes(in.take(in.left()));
  if (!in.ok() || link.file.empty()) return std::nullopt;
  return link;
}

}  // namespace plumb
