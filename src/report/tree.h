// SPDX-License-Identifier: Apache-2.0
// The reports `tree` and `peek`: functions, each with what calls it above and what it calls below.
// Text is go tool pprof's to the byte.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "report/graph_report.h"

namespace plumb {

struct TreeReport {
  GraphReport graph;
  std::vector<std::uint32_t> rows;  ///< The nodes that have an entry, in order.
};

/// An entry for every node.
TreeReport build_tree(const ReportInput& input);

/// An entry for every node whose printed name matches `pattern`. JSON needs it `with_context`.
/// Errors: Usage if it is no regular expression, or nothing matches.
Result<TreeReport> build_peek(const ReportInput& input, const std::string& pattern,
                              ContextSums with_context);

void render_tree_text(const TreeReport& report, Writer& out);

/// Nodes without an entry and edges between two of them are left out.
void render_tree_json(TreeReport report, std::string_view schema, Writer& out);

/// The edges of the entries, one a row.
void render_tree_csv(const TreeReport& report, Writer& out);

}  // namespace plumb
