// SPDX-License-Identifier: Apache-2.0
// The numbers of DWARF 2 to 5 that symbolization meets, and GNU's extensions.
//
// Source: https://dwarfstd.org/doc/DWARF5.pdf, section 7; names are those of the standard.

#pragma once

#include <cstdint>

namespace plumb::dwarf {

enum class Tag : std::uint32_t {
  CompileUnit = 0x11,
  InlinedSubroutine = 0x1D,
  Subprogram = 0x2E,
  PartialUnit = 0x3C,
  SkeletonUnit = 0x4A,
};

enum class Attribute : std::uint32_t {
  Sibling = 0x01,
  Name = 0x03,
  StmtList = 0x10,
  LowPc = 0x11,
  HighPc = 0x12,
  Language = 0x13,
  CompDir = 0x1B,
  AbstractOrigin = 0x31,
  DeclLine = 0x3B,
  Specification = 0x47,
  Ranges = 0x55,
  CallColumn = 0x57,
  CallFile = 0x58,
  CallLine = 0x59,
  LinkageName = 0x6E,
  StrOffsetsBase = 0x72,
  AddrBase = 0x73,
  RnglistsBase = 0x74,
  DwoName = 0x76,
  MipsLinkageName = 0x2007,
  GnuDwoName = 0x2130,
  GnuDwoId = 0x2131,
  GnuRangesBase = 0x2132,
  GnuAddrBase = 0x2133,
};

enum class Form : std::uint32_t {
  Addr = 0x01,
  Block2 = 0x03,
  Block4 = 0x04,
  Data2 = 0x05,
  Data4 = 0x06,
  Data8 = 0x07,
  String = 0x08,
  Block = 0x09,
  Block1 = 0x0A,
  Data1 = 0x0B,
  Flag = 0x0C,
  Sdata = 0x0D,
  Strp = 0x0E,
  Udata = 0x0F,
  RefAddr = 0x10,
  Ref1 = 0x11,
  Ref2 = 0x12,
  Ref4 = 0x13,
  Ref8 = 0x14,
  RefUdata = 0x15,
  Indirect = 0x16,
  SecOffset = 0x17,
  Exprloc = 0x18,
  FlagPresent = 0x19,
  Strx = 0x1A,
  Addrx = 0x1B,
  RefSup4 = 0x1C,
  StrpSup = 0x1D,
  Data16 = 0x1E,
  LineStrp = 0x1F,
  RefSig8 = 0x20,
  ImplicitConst = 0x21,
  Loclistx = 0x22,
  Rnglistx = 0x23,
  RefSup8 = 0x24,
  Strx1 = 0x25,
  Strx2 = 0x26,
  Strx3 = 0x27,
  Strx4 = 0x28,
  Addrx1 = 0x29,
  Addrx2 = 0x2A,
  Addrx3 = 0x2B,
  Addrx4 = 0x2C,
  GnuAddrIndex = 0x1F01,
  GnuStrIndex = 0x1F02,
  GnuRefAlt = 0x1F20,
  GnuStrpAlt = 0x1F21,
};

enum class UnitType : std::uint8_t {
  Compile = 1,
  Type = 2,
  Partial = 3,
  Skeleton = 4,
  SplitCompile = 5,
  SplitType = 6,
};

enum class RangeEntry : std::uint8_t {
  EndOfList = 0,
  BaseAddressx = 1,
  StartxEndx = 2,
  StartxLength = 3,
  OffsetPair = 4,
  BaseAddress = 5,
  StartEnd = 6,
  StartLength = 7,
};

enum class LineOpcode : std::uint8_t {
  Extended = 0,
  Copy = 1,
  AdvancePc = 2,
  AdvanceLine = 3,
  SetFile = 4,
  SetColumn = 5,
  NegateStmt = 6,
  SetBasicBlock = 7,
  ConstAddPc = 8,
  FixedAdvancePc = 9,
  SetPrologueEnd = 10,
  SetEpilogueBegin = 11,
  SetIsa = 12,
};

enum class ExtendedLineOpcode : std::uint8_t {
  EndSequence = 1,
  SetAddress = 2,
  DefineFile = 3,
  SetDiscriminator = 4,
};

enum class LineContent : std::uint32_t { Path = 1, DirectoryIndex = 2 };

}  // namespace plumb::dwarf
