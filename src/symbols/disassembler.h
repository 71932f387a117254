// SPDX-License-Identifier: Apache-2.0
// Disassembler: the text of instructions, in one of three syntaxes.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "symbols/elf_file.h"

namespace plumb {

/// How instructions are written.
enum class AssemblySyntax : std::uint8_t {
  Usual,  ///< Go for programs made by Go, AT&T for others.
  Go,     ///< "MOVQ 0x8(SP), AX"
  Att,    ///< "movq 8(%rsp), %rax"
  Intel,  ///< "mov rax, qword ptr [rsp + 8]"
};

/// A symbol near an address.
struct NearSymbol {
  std::string_view name;     ///< Empty: there is none.
  std::uint64_t offset = 0;  ///< Of the address in it.
};

/// Finds the symbol, of code or data, that an address is in.
using SymbolLookup = std::function<NearSymbol(std::uint64_t address)>;

/// One instruction.
struct DecodedInstruction {
  std::uint32_t size_bytes = 0;
  std::string text;
};

/// Not thread-safe.
class Disassembler {
 public:
  /// Errors: Io without Capstone; Usage if `syntax` does not exist for the machine, or the machine
  /// is not known.
  static Result<std::unique_ptr<Disassembler>> open(const ElfFile& elf, AssemblySyntax syntax,
                                                    SymbolLookup lookup);
  virtual ~Disassembler() = default;

  /// The first instruction of `code`, which is not empty and starts at `address`. What is none is
  /// "?" in Go's syntax, else "(bad)".
  virtual DecodedInstruction decode(std::string_view code, std::uint64_t address) = 0;

 protected:
  Disassembler() = default;
};

}  // namespace plumb
