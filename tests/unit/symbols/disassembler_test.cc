// SPDX-License-Identifier: Apache-2.0
// Instructions as text. The expected lines in Go's syntax are those of `go tool objdump`.

#include "symbols/disassembler.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/elf_builder.h"

namespace {

using plumb::AssemblySyntax;
using plumb::Disassembler;
using plumb::ElfMachine;

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// A symbol "f" of 16 bytes at 0x2000, and "data" of 8 at 0x3000.
plumb::NearSymbol lookup(std::uint64_t address) {
  if (address >= 0x2000 && address < 0x2010) return {"f", address - 0x2000};
  if (address >= 0x3000 && address < 0x3008) return {"data", address - 0x3000};
  return {};
}

struct Case {
  const char* name;
  ElfMachine machine;
  AssemblySyntax syntax;
  const char* hex;
  const char* text;
};

constexpr auto kX86 = ElfMachine::X86_64;
constexpr auto kX86Small = ElfMachine::X86;
constexpr auto kArm = ElfMachine::Aarch64;
constexpr auto kGo = AssemblySyntax::Go;

const std::vector<Case> kCases = {
    {"comparisons read from left to right", kX86, kGo, "493b6610", "CMPQ SP, 0x10(R14)"},
    {"the destination is last", kX86, kGo, "4889e5", "MOVQ SP, BP"},
    {"a negative byte", kX86, kGo, "4883c4f8", "ADDQ $-0x8, SP"},
    {"a constant of 64 bits", kX86, kGo, "48b88fe3388ee3388ee3", "MOVQ $0xe38e38e38e38e38f, AX"},
    {"an index with a scale", kX86, kGo, "488d14ff", "LEAQ 0(DI)(DI*8), DX"},
    {"a displacement of four bytes has no sign", kX86, kGo, "8d93fdefffff",
     "LEAL 0xffffeffd(BX), DX"},
    {"push of a register", kX86, kGo, "55", "PUSHQ BP"},
    {"a short no-op", kX86, kGo, "90", "NOPL"},
    {"the breakpoint", kX86, kGo, "cc", "INT $0x3"},
    {"a repeated string move", kX86, kGo, "f348a5", "REP; MOVSQ DS:0(SI), ES:0(DI)"},
    {"a locked exchange", kX86, kGo, "f0480fc108", "LOCK XADDQ CX, 0(AX)"},
    {"a vector move that is no string move", kX86, kGo, "f20f1100", "MOVSD_XMM X0, 0(AX)"},
    {"a move with sign is no string move", kX86, kGo, "480fbf03", "MOVSX 0(BX), AX"},
    {"a call of a symbol", kX86, kGo, "e8fb0f0000", "CALL f(SB)"},
    {"a jump into a symbol", kX86, kGo, "e9fd0f0000", "JMP 0x2002"},
    {"data relative to the instruction", kX86, kGo, "488d05f91f0000", "LEAQ data(SB), AX"},
    {"an offset in data", kX86, kGo, "488d05fd1f0000", "LEAQ data+4(SB), AX"},
    {"a segment", kX86, kGo, "644c8b3425f8ffffff", "MOVQ FS:0xfffffff8, R14"},
    {"no instruction", kX86, kGo, "06", "?"},
    {"a number that is an address is none in 64 bits", kX86, kGo, "b804300000", "MOVL $0x3004, AX"},
    {"a negative number of 32 bits has no sign", kX86Small, kGo, "83c0fb", "ADDL $0xfffffffb, AX"},
    {"an address moved in 32 bits", kX86Small, kGo, "b804300000", "MOVL $data+4(SB), AX"},
    {"an address pushed in 32 bits", kX86Small, kGo, "6800200000", "PUSHL $f(SB)"},
    {"an address that is added is a number", kX86Small, kGo, "0500200000", "ADDL $0x2000, AX"},
    {"AVX, which Go does not know", kX86, kGo, "c5fe6f16", "VMOVDQU 0(SI), Y2"},
    {"AT&T", kX86, AssemblySyntax::Att, "4889e5", "movq %rsp, %rbp"},
    {"AT&T is usual", kX86, AssemblySyntax::Usual, "e8fd0f0000", "callq 0x2002 <f+0x2>"},
    {"Intel", kX86, AssemblySyntax::Intel, "4889e5", "mov rbp, rsp"},
    {"no instruction for others", kX86, AssemblySyntax::Intel, "06", "(bad)"},

    {"an offset from a register", kArm, kGo, "e10f40f9", "MOVD 24(RSP), R1"},
    {"a store before which the address changes", kArm, kGo, "fe0f1ef8", "MOVD.W R30, -32(RSP)"},
    {"a load after which the address changes", kArm, kGo, "fe0742f8", "MOVD.P 32(RSP), R30"},
    {"a vector moved", kArm, kGo, "bf1fbd4e", "VMOV V29.B16, V31.B16"},
    {"half a vector moved", kArm, kGo, "bf1fbd0e", "VMOV V29.B8, V31.B8"},
    {"a pair", kArm, kGo, "fd7b01a9", "STP (R29, R30), 16(RSP)"},
    {"a constant", kArm, kGo, "a10480d2", "MOVD $37, R1"},
    {"a negative constant", kArm, kGo, "02008092", "MOVD $-1, R2"},
    {"a pattern of bits", kArm, kGo, "e4e702b2", "MOVD $-3689348814741910324, R4"},
    {"a pattern that a move could do", kArm, kGo, "e40376b2", "ORR $1024, ZR, R4"},
    {"a comparison of half registers", kArm, kGo, "1f00016b", "CMPW R1, R0"},
    {"a branch that counts instructions", kArm, kGo, "82130054", "BCS 156(PC)"},
    {"a call of a symbol on arm64", kArm, kGo, "00040094", "CALL f(SB)"},
    {"a return", kArm, kGo, "c0035fd6", "RET"},
    {"floating point", kArm, kGo, "2028611e", "FADDD F1, F1, F0"},
    {"a conversion", kArm, kGo, "2000629e", "SCVTFD R1, F0"},
    {"a choice", kArm, kGo, "2010829a", "CSEL NE, R1, R2, R0"},
};

TEST(Disassembler, WritesInstructions) {
  for (const Case& c : kCases) {
    const std::string file = plumb::testing::ElfBuilder(c.machine).build();
    const auto elf = plumb::ElfFile::parse(file);
    ASSERT_TRUE(elf) << c.name;
    auto disassembler = Disassembler::open(*elf, c.syntax, lookup);
    ASSERT_TRUE(disassembler) << c.name << ": " << disassembler.error().message();
    const std::string code = from_hex(c.hex);
    const auto decoded = (*disassembler)->decode(code, 0x1000);
    EXPECT_EQ(decoded.text, c.text) << c.name;
    EXPECT_EQ(decoded.size_bytes, code.size()) << c.name;
  }
}

TEST(Disassembler, IntelSyntaxIsForIntel) {
  const std::string file = plumb::testing::ElfBuilder(kArm).build();
  const auto elf = plumb::ElfFile::parse(file);
  ASSERT_TRUE(elf);
  const auto refused = Disassembler::open(*elf, AssemblySyntax::Intel, lookup);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), plumb::ErrorCode::Usage);
}

TEST(Disassembler, TakesAnyBytes) {
  for (const ElfMachine machine : {kX86, ElfMachine::X86, kArm, ElfMachine::Ppc64}) {
    const std::string file = plumb::testing::ElfBuilder(machine).build();
    const auto elf = plumb::ElfFile::parse(file);
    ASSERT_TRUE(elf);
    auto disassembler = Disassembler::open(*elf, kGo, lookup);
    ASSERT_TRUE(disassembler);
    std::uint64_t random = 1;
    for (int i = 0; i < 20000; ++i) {
      std::string code;
      for (int k = 0; k < 2; ++k) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        plumb::testing::put(code, random >> 8, 7);
      }
      const std::size_t size = 1 + random % code.size();
      const auto decoded = (*disassembler)->decode(std::string_view(code).substr(0, size), 0x1000);
      ASSERT_GE(decoded.size_bytes, 1u);
      ASSERT_LE(decoded.size_bytes, size);
      ASSERT_FALSE(decoded.text.empty());
    }
  }
}

}  // namespace
