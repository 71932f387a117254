// SPDX-License-Identifier: Apache-2.0
// The report `callgrind`: the whole graph for KCachegrind and its kin.
// Source: https://valgrind.org/docs/manual/cl-format.html

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/writer.h"
#include "report/graph_report.h"

namespace plumb {

struct CallgrindReport {
  GraphReport graph;
  std::vector<std::string> names;  ///< Of functions, each once; the first is empty.

  /// By node, indices in `names`: its function, and what calls to it name. The format takes
  /// functions of one name in one file for one, so that those that differ get " [1/2]" behind it.
  /// Nodes that are not shown have an empty name there.
  std::vector<std::uint32_t> function_names;
  std::vector<std::uint32_t> callee_names;
};

CallgrindReport build_callgrind(const ReportInput& input);

void render_callgrind_text(const CallgrindReport& report, Writer& out);

}  // namespace plumb
