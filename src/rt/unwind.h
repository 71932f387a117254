// SPDX-License-Identifier: Apache-2.0
// Unwinder: the stack of a task that does not run, from its saved registers.
//
// By the call frame information that every C++ program has for its exceptions (.eh_frame), so that
// code compiled without frame pointers is walked as well. What it says about an address is worked
// out once and kept. Reads memory only between the given bounds, and goes only upwards: whatever
// the stack holds, it ends. The words of the stack may change meanwhile; the caller finds out.
//
// Source: DWARF 5, section 6.4; Linux Standard Base, "Exception Frames".

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rt/switch_context.h"

namespace plumb::rt::detail {

/// How to get from a frame to its caller's.
struct UnwindRow {
  enum class Kind : std::uint8_t {
    None,          ///< Not looked up.
    End,           ///< The outermost frame.
    StackPointer,  ///< CFA = sp + cfa_offset
    FramePointer,  ///< CFA = frame + cfa_offset
    Indirect,      ///< CFA = *(frame + cfa_offset)
  };
  static constexpr std::int32_t kSame = INT32_MIN;
  static constexpr std::int32_t kAtFrame = INT32_MIN + 1;

  Kind kind = Kind::None;
  std::int32_t cfa_offset = 0;
  /// Where the return address is, from the CFA; kSame: in the link register.
  std::int32_t pc_offset = kCallsPush ? -8 : kSame;
  /// Where the caller's frame register is, from the CFA; kSame: in itself; kAtFrame: where it
  /// points.
  std::int32_t frame_offset = kSame;
};

/// The start of the function that holds `pc`, and the row for it. Works out anew.
struct FoundRow {
  UnwindRow row;
  std::uintptr_t function = 0;  ///< 0: not known.
};
FoundRow find_unwind_row(std::uintptr_t pc);

/// The part of a stack that may be read: [low, high). It lies where it is, or a copy of it does
/// `displacement` bytes further.
struct StackBytes {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;
  std::uintptr_t displacement = 0;
};

/// Not thread-safe.
class Unwinder {
 public:
  enum class First : bool { IsReturnAddress, IsExact };

  /// Fills `pcs` with return addresses, the leaf first, and returns their number. `first`: whether
  /// the first one is one, or the address of an instruction that was interrupted.
  std::size_t unwind(const SavedRegisters& from, const StackBytes& stack,
                     std::span<std::uintptr_t> pcs, First first = First::IsReturnAddress);

 private:
  struct Entry {
    std::uintptr_t pc = 0;
    UnwindRow row;
  };
  const UnwindRow& row_of(std::uintptr_t pc);
  void grow();
  static bool step(const UnwindRow& row, const StackBytes& stack, SavedRegisters& at);

  std::vector<Entry> table_ = std::vector<Entry>(1024);  // Open addressing; a power of two.
  std::size_t count_ = 0;
};

}  // namespace plumb::rt::detail
