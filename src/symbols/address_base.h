// SPDX-License-Identifier: Apache-2.0
// From an address in a process to an address in a binary: what was added when it was loaded.
//
// A profile says of a mapping where it starts and ends and at which offset of the file. The program
// header that was mapped there says at which address the linker put that offset. The kernel, which
// is mapped by other rules, is recognised by its addresses. The rules are those of pprof
// (internal/elfexec), whose results profiles are made for.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "symbols/elf_file.h"

namespace plumb {

/// Where a binary lay in a process, as a mapping of a profile says.
struct MappedRange {
  std::uint64_t start = 0;
  std::uint64_t limit = 0;
  std::uint64_t offset = 0;
  /// "_text" or "_stext": which symbol of the kernel `start` is the address of; empty: not known.
  std::string kernel_symbol = {};
  friend bool operator==(const MappedRange&, const MappedRange&) = default;

  /// True for the mapping that stands for all addresses when a profile has none.
  [[nodiscard]] bool is_fake() const {
    return start == 0 && offset == 0 && (limit == 0 || limit == UINT64_MAX);
  }
};

/// The address of the symbol by which the kernel was relocated, if `elf` may be a kernel mapped at
/// `range`: its name is "vmlinux", or the range is not made of whole pages.
std::optional<std::uint64_t> find_kernel_symbol(const ElfFile& elf, std::string_view path,
                                                const MappedRange& range);

/// What to subtract from the addresses of `range` if `segment` (null: not known) was mapped there.
///
/// Errors: Malformed for an ELF file that is no program, library or module.
Result<std::uint64_t> address_base(const ElfFile& elf, const ElfSegment* segment,
                                   std::optional<std::uint64_t> kernel_symbol,
                                   const MappedRange& range);

/// The segment with the .text section, or null.
const ElfSegment* find_text_segment(const ElfFile& elf);

/// The segment that holds `address` of `range`; null if the file has no segments, or is a kernel.
///
/// Errors: NotFound if none fits, Malformed if several do.
Result<const ElfSegment*> find_segment(const ElfFile& elf,
                                       std::optional<std::uint64_t> kernel_symbol,
                                       const MappedRange& range, std::uint64_t address);

}  // namespace plumb
