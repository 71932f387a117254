// SPDX-License-Identifier: Apache-2.0
// ObjectFile: a program or library on disk, asked for what a profile only has addresses of.
//
//   TRY_ASSIGN(const auto object, ObjectFile::open("/usr/bin/server"));
//   TRY_ASSIGN(const std::uint64_t address, object->object_address(range, sample_address));
//   TRY_ASSIGN(const std::vector<SourceFrame> frames, object->source_line(address));
//   for (const ObjectSymbol& symbol : object->symbols(&pattern)) {
//     TRY_ASSIGN(const auto code, object->disassemble(symbol.start, symbol.limit));
//   }
//
// Two kinds of address: those of the process, which profiles hold, and those of the binary ("object
// addresses"), as its symbols and debug information hold them. All functions but object_address()
// take and return object addresses.
//
// Names are as in the binary (mangled), but for those in the text of instructions; demangle.h makes
// them readable.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "symbols/address_base.h"
#include "symbols/disassembler.h"
#include "symbols/source_frame.h"

namespace re2 {
class RE2;
}

namespace plumb {

/// A function of a binary; several names may stand for the same code.
struct ObjectSymbol {
  std::vector<std::string> names;  ///< The best first; as in the binary.
  std::uint64_t start = 0;
  std::uint64_t limit = 0;  ///< Behind the last byte. (pprof's Sym.End is limit - 1.)
};

struct Instruction {
  std::uint64_t address = 0;
  std::uint32_t size_bytes = 0;
  std::string text;
  std::string function;  ///< The innermost (inlined) function; empty: not known.
  std::string file;
  std::int64_t line = 0;  ///< 0: not known.
};

struct ObjectOptions {
  /// Where separate debug files are looked for, below ".build-id" and by the path of the binary.
  std::vector<std::string> debug_directories = {"/usr/lib/debug"};
  /// Names only, from the symbol table: no files and lines, but next to no time.
  bool symbols_only = false;
};

/// An open binary. Not thread-safe.
class ObjectFile {
 public:
  /// Errors: NotFound, Io; NotRecognized for a file that is no ELF file. Their messages are those
  /// of pprof: "open /x/y: no such file or directory", "open /x/y: unrecognized object file"; of
  /// programs for macOS and Windows, which pprof reads, the system is named.
  static Result<std::unique_ptr<ObjectFile>> open(const std::string& path,
                                                  const ObjectOptions& options = {});
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;
  ~ObjectFile();

  [[nodiscard]] const std::string& path() const;

  /// The GNU build id in hexadecimal digits; empty if the binary has none.
  [[nodiscard]] const std::string& build_id() const;

  /// What no other binary has: the build id, and the size of the file, which an impostor has to
  /// get right as well. Empty if the binary has no build id of hexadecimal digits.
  [[nodiscard]] std::string cache_key() const;

  /// True once source_lines() had to search the debug information, which takes long.
  [[nodiscard]] bool has_searched() const;

  /// True for a program made by Go, also a stripped one.
  [[nodiscard]] bool is_go();

  /// Whether the binary can have been mapped at `range` at all. Errors: Malformed.
  Result<void> check_range(const MappedRange& range);

  /// The object address of `address`, which lies in `range`. Errors: NotFound, Malformed.
  Result<std::uint64_t> object_address(const MappedRange& range, std::uint64_t address);

  /// The functions that one instruction stands for, the innermost inlined one first. Each call
  /// searches the debug information: ask source_lines() for many.
  ///
  /// Errors: NotFound "no line information for PC=0x..."; what makes the debug information useless
  /// is not an error but in damage().
  Result<std::vector<SourceFrame>> source_line(std::uint64_t address);

  /// Takes the index into the addresses asked for, and their frames; empty: not known. The frames
  /// are gone after the call.
  using FrameSink = std::function<void(std::size_t index, std::span<const SourceFrame> frames)>;

  /// source_line() of many addresses, in any order, at the price of few: `take` is called once for
  /// each, in no particular order.
  void source_lines(std::span<const std::uint64_t> addresses, const FrameSink& take);

  /// The functions whose name as in the binary, or demangled, matches `pattern` (null: any), and
  /// which hold `address` (nullopt: any), by address.
  std::vector<ObjectSymbol> symbols(const re2::RE2* pattern,
                                    std::optional<std::uint64_t> address = std::nullopt);

  /// The instructions that start in [start, limit), with functions and lines. What is no
  /// instruction is written "?" (in Go's syntax) or "(bad)", and one byte (or one unit of
  /// instructions) long.
  ///
  /// Errors: NotFound if the file has no code there; LimitExceeded for more than 8 MB; Io without
  /// Capstone; Usage if the syntax does not exist for the machine.
  Result<std::vector<Instruction>> disassemble(std::uint64_t start, std::uint64_t limit,
                                               AssemblySyntax syntax = AssemblySyntax::Usual);

  /// What was wrong with the symbols or the debug information, for people; empty: nothing.
  [[nodiscard]] const std::string& damage() const;

 private:
  struct State;
  explicit ObjectFile(std::unique_ptr<State> state);

  void find_sorted(std::span<const std::uint64_t> addresses, const FrameSink& take);
  void name_by_symbol(std::uint64_t address, SourceFrame& frame);

  std::unique_ptr<State> state_;
};

}  // namespace plumb
