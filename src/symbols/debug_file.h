// SPDX-License-Identifier: Apache-2.0
// Debug information of a binary, wherever it lies: in the binary itself or in a file of its own.
//
// Distributions strip binaries and ship what they took out as separate files, which are found by
// the build id (/usr/lib/debug/.build-id/ab/cdef.debug) or by the name and checksum in
// .gnu_debuglink. What several such files have in common may be in yet another one (dwz,
// .gnu_debugaltlink).
//
// Source: https://sourceware.org/gdb/current/onlinedocs/gdb.html/Separate-Debug-Files.html

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/mapped_file.h"
#include "symbols/dwarf_unit.h"
#include "symbols/elf_file.h"

namespace plumb {

/// An ELF file with its bytes.
struct OpenElf {
  std::string path;
  MappedFile file;
  ElfFile elf;  ///< Views `file`.

  /// Errors: those of MappedFile::open() and ElfFile::parse().
  static Result<std::unique_ptr<OpenElf>> open(const std::string& path);
};

/// The separate file with the debug information of `binary`, or null. Only a file with the same
/// build id, or the checksum that the binary names, is taken. `directories` are like
/// "/usr/lib/debug".
std::unique_ptr<OpenElf> find_debug_file(const OpenElf& binary,
                                         std::span<const std::string> directories);

/// The supplementary file that `debug` refers to, or null.
std::unique_ptr<OpenElf> find_alternate_file(const OpenElf& debug,
                                             std::span<const std::string> directories);

/// The file `name` with the other part of a unit of `debug` that was compiled in `directory`
/// (-gsplit-dwarf), where the compiler put it or beside `debug`; null if there is none.
std::unique_ptr<OpenElf> find_split_file(const OpenElf& debug, std::string_view directory,
                                         std::string_view name);

/// The package with the other parts of the units of `debug`, beside it or beside `binary`, with
/// .dwp behind the name; null if there is none.
std::unique_ptr<OpenElf> find_package_file(const OpenElf& debug, const OpenElf& binary);

/// True if the file has debug information (.debug_info).
bool has_debug_info(const ElfFile& elf);

/// The debug sections of `elf`, inflated. What cannot be inflated is empty and said in `damage`.
dwarf::Sections debug_sections(ElfFile& elf, std::string& damage);

/// The same of a file that find_split_file() or find_package_file() found.
dwarf::Sections split_sections(ElfFile& elf, std::string& damage);

}  // namespace plumb
