// SPDX-License-Identifier: Apache-2.0
// Instructions as Go's assembler writes them, from what Capstone says of them.
//
// Go keeps the operand order of Plan 9 (destination last), names registers without their width and
// puts the width behind the mnemonic. `go tool objdump` and pprof print this; the texts here equal
// theirs, but that instructions which Go's own decoder does not know (AVX) are written in the same
// manner instead of "?".
//
// Source: golang.org/x/arch, x86asm/plan9x.go and arm64asm/plan9x.go.

#pragma once

#include <capstone/capstone.h>

#include <string>

#include "symbols/disassembler.h"

namespace plumb {

/// What a converter needs besides the instruction.
struct GoSyntaxContext {
  const SymbolLookup& lookup;
  std::function<std::string_view(unsigned register_id)> register_name;
  bool is_64_bit = true;
};

std::string go_syntax_x86(const cs_insn& instruction, const GoSyntaxContext& context);
std::string go_syntax_arm64(const cs_insn& instruction, const GoSyntaxContext& context);

/// "0x1f", "-0x8": as Go prints integers with %#x.
std::string go_hex(std::int64_t value);

}  // namespace plumb
