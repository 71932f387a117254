// SPDX-License-Identifier: Apache-2.0
// The `weblist` report: the source of functions with their instructions folded below each line, as
// one HTML page.
//
// Binaries are read where the profile's mappings say they are; without them the lines are those
// that the profile tells. A sample counts once for each line (see report/list.h).

#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/notice.h"
#include "base/result.h"
#include "base/writer.h"
#include "report/report_input.h"
#include "symbols/source_files.h"

namespace plumb {

/// A call that was inlined on the way to an instruction.
struct WebListCall {
  std::string file;
  std::int64_t line = 0;
  std::string text;  ///< Of the source line; empty: not known.
};

struct WebListInstruction {
  std::uint64_t address = 0;  ///< In the binary.
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::string text;  ///< Empty: the binary could not be read.
  std::string file;  ///< Of the innermost inlined function.
  std::int64_t line = 0;
  bool starts_block = false;       ///< It does not follow the instruction before it in the code.
  std::vector<WebListCall> calls;  ///< Outermost first.
};

struct WebListLine {
  std::int64_t number = 0;  ///< 0: instructions without a line.
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::string text;
  std::vector<WebListInstruction> instructions;
};

struct WebListFunction {
  std::string name;
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::vector<WebListLine> lines;
};

struct WebListFile {
  std::string path;
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  std::vector<WebListFunction> functions;
};

struct WebListReport {
  std::string title;
  std::vector<std::string> header;
  std::string sample_type;
  ValueFormat format;
  std::int64_t total = 0;
  std::vector<WebListFile> files;  ///< By name; by flat if there was a limit.
};

struct WebListLimits {
  std::size_t files = std::numeric_limits<std::size_t>::max();  ///< The largest by flat.
  std::size_t ranges = 25;  ///< Pieces of code that are disassembled, the largest by flat.
};

/// `argument`: a regular expression on functions, files and binaries, or an address. `notice` is
/// told which binaries are not those that ran.
///
/// Errors: Usage if it matches nothing with samples.
Result<WebListReport> build_weblist(const ReportInput& input, std::string_view argument,
                                    SourceFiles& sources, const Notice& notice,
                                    const WebListLimits& limits = {});

/// A page that stands for itself: a click on a line unfolds its instructions.
void render_weblist_html(const WebListReport& report, Writer& out);
void render_weblist_json(const WebListReport& report, Writer& out);

}  // namespace plumb
