// SPDX-License-Identifier: Apache-2.0
#include "symbols/address_base.h"

#include <array>
#include <vector>

#include "base/strings.h"
#include "base/try.h"

namespace plumb {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kKernelHalf = std::uint64_t{1} << 63;
constexpr std::uint64_t kPowerPcPageOffset = 0xC000000000000000;

bool is_page_aligned(std::uint64_t address) {
  return address % kPageBytes == 0;
}

// perf says as the start of the kernel the address of a symbol; some tools move the kernel to
// address 0; with address randomisation the offset equals the start.
std::optional<std::uint64_t> kernel_base(const ElfSegment& segment,
                                         std::optional<std::uint64_t> symbol,
                                         const MappedRange& range) {
  if (segment.address == range.start - range.offset) return range.offset;
  if (range.start == 0 && range.limit != 0 && symbol) return range.start - *symbol;
  const bool starts_as_symbol = symbol && range.start % kPageBytes == *symbol % kPageBytes;
  const bool is_kernel_offset =
      range.offset == 0 || range.offset == kPowerPcPageOffset || range.offset == range.start;
  if (range.start >= kKernelHalf && range.limit > range.start && is_kernel_offset) {
    return range.start - (starts_as_symbol ? *symbol : segment.address);
  }
  if (!is_page_aligned(range.start) && starts_as_symbol) return range.start - *symbol;
  return std::nullopt;
}

// The arithmetic of a loader: the address `start` holds the byte at `offset` of the file, which the
// linker put `offset` - segment.offset behind segment.address.
std::uint64_t loader_base(const ElfSegment& segment, const MappedRange& range) {
  return range.start - range.offset + segment.offset - segment.address;
}

Result<std::uint64_t> executable_base(const ElfSegment* segment,
                                      std::optional<std::uint64_t> kernel_symbol,
                                      const MappedRange& range) {
  if (segment == nullptr) return std::uint64_t{0};
  if (!kernel_symbol && range.start > 0 && range.start < kKernelHalf) {
    return loader_base(*segment, range);
  }
  if (const auto base = kernel_base(*segment, kernel_symbol, range)) return *base;
  if (range.start == 0 && range.limit != 0 && !kernel_symbol) {
    return range.start - segment->address;
  }
  return Error(ErrorCode::Malformed, "the mapping (start 0x" + to_hex(range.start) + ", limit 0x" +
                                         to_hex(range.limit) + ", offset 0x" +
                                         to_hex(range.offset) + ") does not fit the executable");
}

// Whether `segment` may have been mapped as `range`: they overlap in the file, and it is not just
// that both touch one page.
bool may_be_mapped(const ElfSegment& segment, const MappedRange& range) {
  const std::uint64_t mapped_limit = range.offset + (range.limit - range.start);
  const std::uint64_t segment_limit = segment.offset + segment.memory_bytes;
  if (segment.file_bytes == 0) return false;  // Its offset means nothing.
  if (range.offset >= segment_limit || segment.offset >= mapped_limit) return false;
  const std::uint64_t in_page = segment.address % kPageBytes;
  const std::uint64_t first_page = segment.offset > in_page ? segment.offset - in_page : 0;
  if (range.offset < first_page) return false;
  const bool is_tail_only = range.offset > segment.offset &&
                            segment_limit < range.offset + kPageBytes &&
                            mapped_limit >= segment_limit + kPageBytes;
  return !is_tail_only;
}

}  // namespace

std::optional<std::uint64_t> find_kernel_symbol(const ElfFile& elf, std::string_view path,
                                                const MappedRange& range) {
  const bool is_kernel_name = path.find("vmlinux") != std::string_view::npos;
  if (!is_kernel_name && is_page_aligned(range.start) && is_page_aligned(range.limit) &&
      is_page_aligned(range.offset)) {
    return std::nullopt;
  }
  const std::string_view name =
      range.kernel_symbol.empty() ? "_stext" : std::string_view(range.kernel_symbol);
  for (const ElfSymbol& symbol : elf.symbols(ElfSection::kSymbols)) {
    if (symbol.name == name) return symbol.address;
  }
  return std::nullopt;
}

Result<std::uint64_t> address_base(const ElfFile& elf, const ElfSegment* segment,
                                   std::optional<std::uint64_t> kernel_symbol,
                                   const MappedRange& range) {
  if (range.is_fake()) return std::uint64_t{0};
  switch (elf.type()) {
    case ElfType::Executable:
      return executable_base(segment, kernel_symbol, range);
    case ElfType::Relocatable:
      if (range.offset != 0) {
        return Error(ErrorCode::Malformed, "a kernel module cannot be mapped at an offset");
      }
      return range.start;
    case ElfType::Shared:
      if (segment == nullptr) return range.start - range.offset;
      if (const auto base = kernel_base(*segment, kernel_symbol, range)) return *base;
      return loader_base(*segment, range);
    case ElfType::None:
      break;
  }
  return Error(ErrorCode::Malformed, "neither a program nor a library");
}

const ElfSegment* find_text_segment(const ElfFile& elf) {
  const ElfSection* const text = elf.find_section(".text");
  if (text == nullptr) return nullptr;
  for (const ElfSegment& segment : elf.segments()) {
    if (segment.type == ElfSegment::kLoad && segment.is_executable() &&
        text->address >= segment.address &&
        text->address - segment.address < segment.memory_bytes) {
      return &segment;
    }
  }
  return nullptr;
}

Result<const ElfSegment*> find_segment(const ElfFile& elf,
                                       std::optional<std::uint64_t> kernel_symbol,
                                       const MappedRange& range, std::uint64_t address) {
  if (kernel_symbol || range.start >= range.limit || range.limit >= kKernelHalf) {
    return find_text_segment(elf);
  }
  std::vector<const ElfSegment*> mapped;
  bool has_segments = false;
  for (const ElfSegment& segment : elf.segments()) {
    if (segment.type != ElfSegment::kLoad) continue;
    has_segments = true;
    if (may_be_mapped(segment, range)) mapped.push_back(&segment);
  }
  if (!has_segments) return static_cast<const ElfSegment*>(nullptr);
  if (mapped.empty()) {
    return Error(ErrorCode::NotFound, "no program header matches the mapping");
  }
  if (mapped.size() == 1) return mapped[0];
  const std::uint64_t file_offset = address - range.start + range.offset;
  const ElfSegment* found = nullptr;
  for (const ElfSegment* const segment : mapped) {
    if (file_offset < segment->offset) continue;
    if (file_offset - segment->offset >= segment->memory_bytes) continue;
    if (found != nullptr) {
      return Error(ErrorCode::Malformed,
                   "two program headers match offset 0x" + to_hex(file_offset) + " of the file");
    }
    found = segment;
  }
  if (found == nullptr) {
    return Error(ErrorCode::NotFound,
                 "no program header matches offset 0x" + to_hex(file_offset) + " of the file");
  }
  return found;
}

}  // namespace plumb
