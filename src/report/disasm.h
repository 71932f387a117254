// SPDX-License-Identifier: Apache-2.0
// The `disasm` report: the instructions of functions, with what each accounts for.
//
// Binaries are read where the profile's mappings say they are. A sample counts once for an
// instruction and once for a function (see report/list.h).

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/notice.h"
#include "base/result.h"
#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

struct DisasmLine {
  std::uint64_t address = 0;  ///< In the binary.
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::string text;
  std::string function;  ///< Empty: not known, or not worth saying.
  std::string file;      ///< The last element of its path.
  std::int64_t line = 0;
};

struct DisasmRoutine {
  std::vector<std::string> names;  ///< Of the symbol; the best first.
  std::string binary;
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::vector<DisasmLine> lines;
};

struct DisasmReport {
  std::string sample_type;
  ValueFormat format;
  std::int64_t total = 0;
  std::vector<DisasmRoutine> routines;  ///< By name, then by address.
};

/// `argument`: a regular expression on symbols, or an address. At most `most` functions are
/// disassembled, the largest by flat.
///
/// Errors: Usage if it matches nothing with samples; those of ObjectFile::disassemble(). Binaries
/// that cannot be opened are said to `notice`.
Result<DisasmReport> build_disasm(const ReportInput& input, std::string_view argument,
                                  const Notice& notice,
                                  std::size_t most = std::numeric_limits<std::size_t>::max());

void render_disasm_text(const DisasmReport& report, Writer& out);
void render_disasm_json(const DisasmReport& report, Writer& out);

}  // namespace plumb
