// SPDX-License-Identifier: Apache-2.0
#include "symbols/go_table.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace plumb {
namespace {

constexpr std::uint32_t kMagic116 = 0xFFFFFFFA;
constexpr std::uint32_t kMagic118 = 0xFFFFFFF0;
constexpr std::uint32_t kMagic120 = 0xFFFFFFF1;

constexpr std::uint32_t kInlineProgram = 2;  // PCDATA_InlTreeIndex
constexpr std::uint32_t kInlineTree = 3;     // FUNCDATA_InlTree
constexpr std::uint32_t kNoFuncdata = 0xFFFFFFFF;
constexpr int kMaxInlineDepth = 512;
constexpr std::uint64_t kStepsAtStart = std::uint64_t{64}
                                        << 20;  // Of programs; for damaged tables.
constexpr std::uint64_t kStepsPerAddress = 200'000;

// Where runtime.moduledata has its fields, in words from its start.
constexpr std::uint64_t kModuleNames = 1;
constexpr std::uint64_t kModuleText = 22;
constexpr std::uint64_t kModuleGofunc118 = 38;
constexpr std::uint64_t kModuleGofunc120 = 40;

// "magic 0 0 quantum pointer-size", with a magic number that this file knows.
bool looks_like_header(std::string_view bytes) {
  if (bytes.size() < 8 || bytes[4] != 0 || bytes[5] != 0) return false;
  if (bytes[6] != 1 && bytes[6] != 2 && bytes[6] != 4) return false;
  if (bytes[7] != 4 && bytes[7] != 8) return false;
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const std::uint32_t magic = BinaryReader(bytes, order).u32();
    if (magic == kMagic116 || magic == kMagic118 || magic == kMagic120) return true;
  }
  return false;
}

// The value of a symbol; 0 if there is none of that name.
std::uint64_t symbol_address(const ElfFile& elf, std::string_view name) {
  for (const ElfSymbol& symbol : elf.symbols(ElfSection::kSymbols)) {
    if (symbol.name == name) return symbol.address;
  }
  return 0;
}

}  // namespace

GoTable::GoTable(const ElfFile& elf) : elf_(&elf), steps_left_(kStepsAtStart) {}

std::optional<GoTable> GoTable::find(const ElfFile& elf) {
  for (const std::string_view name : {".gopclntab", ".data.rel.ro.gopclntab"}) {
    const ElfSection* const section = elf.find_section(name);
    if (section == nullptr) continue;
    GoTable table(elf);
    if (table.parse(section->address, elf.raw_bytes(*section))) return table;
  }
  if (elf.type() != ElfType::Shared && elf.type() != ElfType::Executable) return std::nullopt;
  // Programs linked by the system's linker have no section for it, and stripped ones no symbol. The
  // low byte of all magic numbers comes first or last of three others that are all ones.
  for (const ElfSegment& segment : elf.segments()) {
    if (segment.type != ElfSegment::kLoad) continue;
    const std::string_view bytes = elf.bytes_at(segment.address, segment.file_bytes);
    constexpr std::string_view kOnes = "\xff\xff\xff";
    for (std::size_t at = 0; (at = bytes.find(kOnes, at)) != std::string_view::npos; ++at) {
      const std::size_t start = elf.order() == ByteOrder::Little ? at - 1 : at;
      if (start % 4 != 0 || start > at + 1 || !looks_like_header(bytes.substr(start, 8))) continue;
      GoTable table(elf);
      if (table.parse(segment.address + start, bytes.substr(start))) return table;
    }
  }
  return std::nullopt;
}

bool GoTable::parse(std::uint64_t address, std::string_view bytes) {
  if (!looks_like_header(bytes)) return false;
  order_ = elf_->order();
  BinaryReader in(bytes, order_);
  switch (in.u32()) {
    case kMagic116:
      version_ = Version::Go116;
      break;
    case kMagic118:
      version_ = Version::Go118;
      break;
    case kMagic120:
      version_ = Version::Go120;
      break;
    default:
      return false;  // The other byte order.
  }
  in.seek(6);
  quantum_ = in.u8();
  pointer_bytes_ = in.u8();
  const std::uint64_t function_count = in.unsigned_of(pointer_bytes_);
  in.unsigned_of(pointer_bytes_);  // Number of files.
  if (version_ != Version::Go116) text_ = in.unsigned_of(pointer_bytes_);
  std::array<std::uint64_t, 5> offsets{};
  for (std::uint64_t& offset : offsets) {
    offset = in.unsigned_of(pointer_bytes_);
    if (!in.ok() || offset > bytes.size()) return false;
  }
  names_ = bytes.substr(offsets[0]);
  units_ = bytes.substr(offsets[1]);
  files_ = bytes.substr(offsets[2]);
  programs_ = bytes.substr(offsets[3]);
  functions_ = bytes.substr(offsets[4]);
  functions_address_ = address + offsets[4];
  const std::uint64_t field = entry_field_bytes();
  if (function_count == 0 || function_count > functions_.size() / (2 * field)) return false;
  function_count_ = static_cast<std::size_t>(function_count);
  if ((2 * function_count + 1) * field > functions_.size()) return false;
  relocations_.emplace(*elf_);
  if (version_ != Version::Go116) {
    guess_text();
    read_module(address, offsets[0]);
  }
  return function_start(0) <= function_start(function_count_);
}

// What the header says is gone since Go 1.26, and not relocated in the file before.
void GoTable::guess_text() {
  const ElfSection* const section = elf_->find_section(".text");
  if (text_ == 0 && section != nullptr) text_ = section->address;
  if (const std::uint64_t symbol = symbol_address(*elf_, "runtime.text")) text_ = symbol;
}

// The module data starts with a pointer to the table, and goes on with one to the names in it.
void GoTable::read_module(std::uint64_t address, std::uint64_t names_offset) {
  for (const std::uint64_t module : relocations_->find_pointers(address)) {
    const auto field = [&](std::uint64_t index) {
      return relocations_->pointer_at(module + index * pointer_bytes_);
    };
    if (field(kModuleNames) != address + names_offset) continue;
    text_ = field(kModuleText);
    gofunc_ = field(version_ == Version::Go118 ? kModuleGofunc118 : kModuleGofunc120);
    return;
  }
  gofunc_ = symbol_address(*elf_, version_ == Version::Go118 ? "go.func.*" : "go:func.*");
}

std::uint64_t GoTable::function_start(std::size_t i) const {
  const unsigned bytes = entry_field_bytes();
  BinaryReader in(functions_, order_, std::uint64_t{2} * i * bytes);
  const std::uint64_t start = in.unsigned_of(bytes);
  if (version_ != Version::Go116) return text_ + start;
  if (elf_->type() != ElfType::Shared) return start;
  return relocations_->pointer_at(functions_address_ + std::uint64_t{2} * i * bytes);
}

std::optional<std::size_t> GoTable::find_function(std::uint64_t address) const {
  if (address < function_start(0) || address >= function_start(function_count_)) {
    return std::nullopt;
  }
  std::size_t low = 0;
  std::size_t high = function_count_;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (function_start(middle) <= address ? low : high) = middle;
  }
  return low;
}

std::optional<GoTable::Record> GoTable::read_record(std::size_t i) const {
  const unsigned bytes = entry_field_bytes();
  BinaryReader in(functions_, order_, (std::uint64_t{2} * i + 1) * bytes);
  in.seek(in.unsigned_of(bytes));
  Record record;
  record.start = function_start(i);
  in.skip(bytes);  // The start again.
  record.name = in.u32();
  in.skip(4 + 4 + 4);  // Arguments, deferred returns, stack sizes.
  record.files = in.u32();
  record.lines = in.u32();
  const std::uint32_t program_count = in.u32();
  record.unit = in.u32();
  if (version_ == Version::Go120) record.start_line = static_cast<std::int32_t>(in.u32());
  in.skip(3);
  const std::uint32_t funcdata_count = in.u8();
  if (!in.ok()) return std::nullopt;
  if (program_count > kInlineProgram) {
    BinaryReader programs = in;
    programs.skip(std::uint64_t{4} * kInlineProgram);
    record.inlining = programs.u32();
  }
  in.skip(std::uint64_t{4} * program_count);
  read_inline_tree(in, funcdata_count, record);
  return record;
}

void GoTable::read_inline_tree(BinaryReader& in, std::uint32_t funcdata_count,
                               Record& record) const {
  if (funcdata_count <= kInlineTree || record.inlining == 0 || !in.ok()) return;
  std::uint64_t address = 0;
  if (version_ == Version::Go116) {
    // Pointers, aligned.
    const std::size_t skew = in.position() % pointer_bytes_;
    if (skew != 0) in.skip(pointer_bytes_ - skew);
    in.skip(std::uint64_t{kInlineTree} * pointer_bytes_);
    address = in.unsigned_of(pointer_bytes_);
  } else {
    in.skip(std::uint64_t{4} * kInlineTree);
    const std::uint32_t offset = in.u32();
    if (offset != kNoFuncdata && gofunc_ != 0) address = gofunc_ + offset;
  }
  if (address == 0 || !in.ok()) return;
  record.inline_tree = elf_->bytes_from(address);
}

std::string_view GoTable::text_at(std::string_view table, std::uint64_t offset) const {
  return BinaryReader(table, order_, offset).c_string();
}

std::string_view GoTable::function_name(std::size_t i) const {
  const auto record = read_record(i);
  return record ? text_at(names_, record->name) : std::string_view{};
}

// A program is pairs of varints: what to add to the value (a sign in the lowest bit), and for how
// many bytes of code the value then holds. It ends with a value of no change.
std::int32_t GoTable::run_program(std::uint32_t offset, const Record& record,
                                  std::uint64_t address) {
  if (offset == 0) return -1;
  BinaryReader in(programs_, order_, offset);
  std::uint64_t code = record.start;
  std::int64_t value = -1;
  for (bool is_first = true; in.ok() && steps_left_ > 0; is_first = false) {
    --steps_left_;
    const auto change = static_cast<std::uint32_t>(in.uleb());
    if (change == 0 && !is_first) return -1;
    value += (change & 1) != 0 ? -1 - static_cast<std::int64_t>(change >> 1)
                               : static_cast<std::int64_t>(change >> 1);
    code += in.uleb() * quantum_;
    if (address < code) return static_cast<std::int32_t>(value);
  }
  return -1;
}

std::string_view GoTable::file_name(std::uint32_t unit, std::int32_t number) const {
  if (number < 0) return {};
  BinaryReader in(units_, order_, (std::uint64_t{unit} + static_cast<std::uint32_t>(number)) * 4);
  const std::uint32_t offset = in.u32();
  if (!in.ok() || offset == 0xFFFFFFFF) return {};
  return text_at(files_, offset);
}

SourceFrame GoTable::frame_at(const Record& record, std::uint64_t address) {
  SourceFrame frame;
  frame.file = file_name(record.unit, run_program(record.files, record, address));
  frame.line = std::max(run_program(record.lines, record, address), 0);
  return frame;
}

void GoTable::find_frames(std::uint64_t address, std::vector<SourceFrame>& frames) {
  frames.clear();
  steps_left_ += kStepsPerAddress;
  const auto function = find_function(address);
  if (!function) return;
  const auto record = read_record(*function);
  if (!record) return;
  const std::size_t entry_bytes = version_ == Version::Go120 ? 16 : 20;
  const std::size_t name_at = version_ == Version::Go120 ? 4 : 12;
  const std::size_t call_at = version_ == Version::Go120 ? 8 : 16;
  for (int depth = 0; depth < kMaxInlineDepth; ++depth) {
    frames.push_back(frame_at(*record, address));
    SourceFrame& frame = frames.back();
    const std::int32_t index =
        record->inline_tree.empty() ? -1 : run_program(record->inlining, *record, address);
    const std::uint64_t entry = static_cast<std::uint64_t>(index) * entry_bytes;
    if (index < 0 || entry + entry_bytes > record->inline_tree.size()) break;
    BinaryReader in(record->inline_tree, order_, entry + name_at);
    frame.function = text_at(names_, in.u32());
    in.seek(entry + call_at);
    address = record->start + in.u32();
    if (version_ == Version::Go120) frame.start_line = static_cast<std::int32_t>(in.u32());
  }
  frames.back().function = text_at(names_, record->name);
  frames.back().start_line = record->start_line;
}

}  // namespace plumb
