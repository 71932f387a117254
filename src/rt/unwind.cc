// SPDX-License-Identifier: Apache-2.0
#include "rt/unwind.h"

#include <utility>

#include "base/hash.h"
#include "rt/frame_program.h"
#include "rt/task_body.h"

// Of libgcc (GCC_3.0): finds the frame description of an address, in any loaded object.
struct dwarf_eh_bases {  // NOLINT(readability-identifier-naming)
  void* text;
  void* data;
  void* function;
};
extern "C" const void* _Unwind_Find_FDE(void* pc, dwarf_eh_bases* bases);  // NOLINT

namespace plumb::rt::detail {
namespace {

__attribute__((no_sanitize("address", "thread", "undefined"))) std::uintptr_t read_word(
    std::uintptr_t address) {
  return *reinterpret_cast<const volatile std::uintptr_t*>(address);
}

}  // namespace

FoundRow find_unwind_row(std::uintptr_t pc) {
  dwarf_eh_bases bases{};
  const void* const description = _Unwind_Find_FDE(reinterpret_cast<void*>(pc), &bases);
  FoundRow found;
  if (description == nullptr) {  // Written in assembly, or made at run time: hope for a frame.
    found.row = {UnwindRow::Kind::FramePointer, 16, -8, -16};
    return found;
  }
  found.function = reinterpret_cast<std::uintptr_t>(bases.function);
  if (is_outermost_function(found.function)) {
    found.row.kind = UnwindRow::Kind::End;
  } else {
    found.row = run_frame_program(description, found.function, pc);
  }
  return found;
}

const UnwindRow& Unwinder::row_of(std::uintptr_t pc) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hash_mix(kHashSeed, pc) & mask;
  while (table_[at].pc != 0 && table_[at].pc != pc) at = (at + 1) & mask;
  if (table_[at].pc == pc) return table_[at].row;
  table_[at] = {pc, find_unwind_row(pc).row};
  ++count_;
  if (count_ * 2 < table_.size()) return table_[at].row;
  grow();
  return row_of(pc);
}

void Unwinder::grow() {
  const std::vector<Entry> old = std::exchange(table_, std::vector<Entry>(table_.size() * 2));
  const std::size_t mask = table_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.pc == 0) continue;
    std::size_t at = hash_mix(kHashSeed, entry.pc) & mask;
    while (table_[at].pc != 0) at = (at + 1) & mask;
    table_[at] = entry;
  }
}

// To the caller of the frame `at`; false if the stack does not hold it.
bool Unwinder::step(const UnwindRow& row, const StackBytes& stack, SavedRegisters& at) {
  constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);
  const auto read = [&](std::uintptr_t address, std::uintptr_t& value) {
    if (address < stack.low || address + kWord > stack.high || address % kWord != 0) return false;
    value = read_word(address + stack.displacement);
    return true;
  };
  const auto plus = [](std::uintptr_t base, std::int32_t offset) {
    return base + static_cast<std::uintptr_t>(std::intptr_t{offset});
  };
  std::uintptr_t cfa =
      plus(row.kind == UnwindRow::Kind::StackPointer ? at.sp : at.frame, row.cfa_offset);
  if (row.kind == UnwindRow::Kind::Indirect && !read(cfa, cfa)) return false;
  if (row.pc_offset == UnwindRow::kSame) {  // Has called nobody: its stack may be empty.
    if (cfa < at.sp) return false;
    at.pc = at.link;
  } else if (cfa <= at.sp || !read(plus(cfa, row.pc_offset), at.pc)) {
    return false;
  }
  at.pc = plain_address(at.pc);
  at.link = 0;
  if (row.frame_offset != UnwindRow::kSame) {
    const bool is_at_frame = row.frame_offset == UnwindRow::kAtFrame;
    if (!read(is_at_frame ? at.frame : plus(cfa, row.frame_offset), at.frame)) return false;
  }
  at.sp = cfa;
  return true;
}

std::size_t Unwinder::unwind(const SavedRegisters& from, const StackBytes& stack,
                             std::span<std::uintptr_t> pcs, First first) {
  SavedRegisters at = from;
  std::size_t count = 0;
  constexpr std::uintptr_t kLowestCode = 4096;  // Nothing is mapped below.
  while (count < pcs.size() && at.pc > kLowestCode) {
    const bool is_exact = count == 0 && first == First::IsExact;
    const UnwindRow& row = row_of(is_exact ? at.pc : at.pc - 1);
    if (row.kind == UnwindRow::Kind::End) break;
    pcs[count++] = at.pc;
    if (row.kind == UnwindRow::Kind::None || !step(row, stack, at)) break;
  }
  return count;
}

}  // namespace plumb::rt::detail
