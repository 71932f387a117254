// SPDX-License-Identifier: Apache-2.0
// The two lines of a stack frame in a goroutine dump, and the lines that stand alone.
//
//   main.(*Pool).get(0xc0000420c0, {0x1, 0x2?})           Call
//   	/srv/app/pool.go:20 +0x1d fp=0xc00006dda0 sp=0xc00006dd80 pc=0x439a16
//   main.wait(...)                                         Inlined
//   	/srv/app/pool.go:81
//   created by main.main in goroutine 1                    Creator
//   ...52 frames elided...                                 Elided
//   [originating from goroutine 17]:                       Ancestor
//   non-Go function at pc=7f0012                           CgoAddress
//   pthread_cond_wait                                      Other; Cgo if the next line has a pc=
//   	goroutine running on other thread; stack unavailable  Unavailable
//
// Source: traceback2(), printOneCgoTraceback() and printAncestorTraceback() in
// src/runtime/traceback.go of Go.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumb {

enum class FunctionLineKind : std::uint8_t {
  Call,
  Inlined,
  Creator,
  Elided,
  Ancestor,
  CgoAddress,
  Unavailable,
  Other,
};

/// The first line of a frame, or a line that stands alone. Views the input line.
struct FunctionLine {
  FunctionLineKind kind = FunctionLineKind::Other;
  std::string_view name;  ///< Of the function; the whole line of Other and CgoAddress.
  std::string_view key;   ///< The part that all goroutines at this frame share.
  /// Creator, Ancestor: id of the goroutine, Elided: number of frames; 0 if not printed.
  std::uint64_t number = 0;
  /// Looks as the runtime prints it: no blank in the name, hexadecimal arguments. Log lines that
  /// happen to end in a parenthesis do not.
  bool is_strict = false;
};

/// Classifies `line`, which has no newline. Blanks in front are passed over.
FunctionLine parse_function_line(std::string_view line);

/// True for a call that may go on in the next line: a terminal broke it where that ended.
bool breaks_off(std::string_view line);

/// The second line of a frame. Views the input line.
struct FileLine {
  std::string_view file;  ///< Empty only if has_pc.
  std::int64_t line = 0;
  std::uint64_t pc_offset = 0;
  bool has_offset = false;  ///< "+0x.." is printed, so the call is not inlined.
  bool has_pc = false;      ///< "pc=" without "fp=": a frame of a C function.
  std::string_view key;     ///< From the file through the offset.
};

/// Parses the second line of a frame; nothing if `line` has not that form.
std::optional<FileLine> parse_file_line(std::string_view line);

}  // namespace plumb
