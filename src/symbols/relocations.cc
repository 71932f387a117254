// SPDX-License-Identifier: Apache-2.0
#include "symbols/relocations.h"

#include <algorithm>

namespace plumb {
namespace {

constexpr std::uint32_t kDynamicSegment = 2;
constexpr std::uint64_t kRelaTable = 7;  // DT_RELA, DT_RELASZ.
constexpr std::uint64_t kRelaBytes = 8;
constexpr std::uint32_t kWritable = 2;

// The type of "base + addend", or nothing for machines that Go programs with tables of that kind do
// not run on.
std::uint32_t relative_type(ElfMachine machine) {
  switch (machine) {
    case ElfMachine::X86_64:
      return 8;
    case ElfMachine::Aarch64:
      return 1027;
    case ElfMachine::RiscV:
    case ElfMachine::LoongArch:
      return 3;
    case ElfMachine::Ppc64:
      return 22;
    case ElfMachine::S390:
      return 12;
    default:
      return 0;
  }
}

}  // namespace

Relocations::Relocations(const ElfFile& elf) : elf_(&elf) {
  const auto dynamic = std::ranges::find(elf.segments(), kDynamicSegment, &ElfSegment::type);
  if (dynamic == elf.segments().end() || !elf.is_64_bit()) return;
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  BinaryReader in = elf.reader(elf.bytes_at(dynamic->address, dynamic->file_bytes));
  while (in.left() >= 16) {
    const std::uint64_t key = in.u64();
    const std::uint64_t value = in.u64();
    if (key == 0) break;
    if (key == kRelaTable) address = value;
    if (key == kRelaBytes) bytes = value;
  }
  const std::uint32_t relative = relative_type(elf.machine());
  BinaryReader table = elf.reader(elf.bytes_at(address, bytes));
  while (table.left() >= 24) {
    const std::uint64_t at = table.u64();
    const std::uint64_t info = table.u64();
    const std::uint64_t addend = table.u64();
    if ((info & 0xFFFFFFFF) == relative) written_.push_back({at, addend});
  }
  std::ranges::stable_sort(written_, {}, &Written::address);
}

std::uint64_t Relocations::pointer_at(std::uint64_t address) const {
  const auto found = std::ranges::lower_bound(written_, address, {}, &Written::address);
  if (found != written_.end() && found->address == address) return found->value;
  BinaryReader in = elf_->reader(elf_->bytes_at(address, pointer_bytes()));
  return in.unsigned_of(pointer_bytes());
}

std::vector<std::uint64_t> Relocations::find_pointers(std::uint64_t value) const {
  std::vector<std::uint64_t> found;
  for (const Written& written : written_) {
    if (written.value == value) found.push_back(written.address);
  }
  for (const ElfSegment& segment : elf_->segments()) {
    if (segment.type != ElfSegment::kLoad || (segment.flags & kWritable) == 0) continue;
    BinaryReader in = elf_->reader(elf_->bytes_at(segment.address, segment.file_bytes));
    const std::uint64_t skew = segment.address % pointer_bytes();
    if (skew != 0) in.skip(pointer_bytes() - skew);
    while (in.left() >= pointer_bytes()) {
      const std::size_t at = in.position();
      if (in.unsigned_of(pointer_bytes()) == value) found.push_back(segment.address + at);
    }
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace plumb
