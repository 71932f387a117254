// SPDX-License-Identifier: Apache-2.0
// GoTable: functions, files, lines and inlined calls of a Go program, from the table that its
// runtime prints stacks by. It is in every Go program, also in one linked with -s -w.
//
// The table ("pclntab") starts with a magic number and consists of: the functions by address; a
// record for each; names and files as text; and small programs that say, in steps of addresses, the
// line, the file, and the inlined call that code is of. Which call that is stands in a table of the
// function, whose place in turn depends on a pointer of the runtime's module data.
//
//   Go 1.16, 1.17   magic FFFFFFFA   addresses and pointers in full
//   Go 1.18, 1.19         FFFFFFF0   offsets from the start of the code
//   Go 1.20 to 1.26       FFFFFFF1   the line a function starts at
//
// Source: runtime/symtab.go, runtime/runtime2.go and runtime/symtabinl.go of each release.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "symbols/elf_file.h"
#include "symbols/relocations.h"
#include "symbols/source_frame.h"

namespace plumb {

/// Views the ELF file. Not thread-safe.
class GoTable {
 public:
  /// Finds the table by its section, its symbol or, where there is neither, its magic number.
  /// `elf` must outlive the table.
  static std::optional<GoTable> find(const ElfFile& elf);

  /// Replaces `frames` by the functions of `address`, the innermost inlined one first; none if the
  /// address is not of a Go function. O(log functions + size of the function's programs).
  void find_frames(std::uint64_t address, std::vector<SourceFrame>& frames);

  [[nodiscard]] std::size_t function_count() const { return function_count_; }
  /// Requires: i <= function_count(). The last is where the code ends.
  [[nodiscard]] std::uint64_t function_start(std::size_t i) const;
  /// Requires: i < function_count().
  [[nodiscard]] std::string_view function_name(std::size_t i) const;

 private:
  enum class Version : std::uint8_t { Go116, Go118, Go120 };

  // The parts of a function's record that symbolization needs.
  struct Record {
    std::uint64_t start = 0;
    std::uint32_t name = 0;
    std::uint32_t files = 0;  // Programs, as offsets in programs_.
    std::uint32_t lines = 0;
    std::uint32_t inlining = 0;    // 0: none.
    std::uint32_t unit = 0;        // Of files, an offset in units_.
    std::int64_t start_line = 0;   // 0: not known.
    std::string_view inline_tree;  // Empty: none.
  };

  explicit GoTable(const ElfFile& elf);

  bool parse(std::uint64_t address, std::string_view bytes);
  void read_module(std::uint64_t address, std::uint64_t names_offset);
  void guess_text();
  [[nodiscard]] std::optional<std::size_t> find_function(std::uint64_t address) const;
  [[nodiscard]] std::optional<Record> read_record(std::size_t i) const;
  void read_inline_tree(BinaryReader& in, std::uint32_t funcdata_count, Record& record) const;
  [[nodiscard]] std::int32_t run_program(std::uint32_t offset, const Record& record,
                                         std::uint64_t address);
  [[nodiscard]] std::string_view file_name(std::uint32_t unit, std::int32_t number) const;
  [[nodiscard]] std::string_view text_at(std::string_view table, std::uint64_t offset) const;
  [[nodiscard]] SourceFrame frame_at(const Record& record, std::uint64_t address);
  [[nodiscard]] unsigned entry_field_bytes() const {
    return version_ == Version::Go116 ? pointer_bytes_ : 4;
  }

  const ElfFile* elf_;
  ByteOrder order_ = ByteOrder::Little;
  Version version_ = Version::Go120;
  unsigned pointer_bytes_ = 8;
  unsigned quantum_ = 1;  // The smallest instruction.
  std::size_t function_count_ = 0;
  std::uint64_t text_ = 0;    // Where offsets of code count from.
  std::uint64_t gofunc_ = 0;  // Where offsets of tables of functions count from; 0: not known.
  std::string_view names_;
  std::string_view units_;
  std::string_view files_;
  std::string_view programs_;
  std::string_view functions_;  // Pairs of start and record, then the end.
  std::uint64_t functions_address_ = 0;
  std::uint64_t steps_left_;
  std::optional<Relocations> relocations_;
};

}  // namespace plumb
