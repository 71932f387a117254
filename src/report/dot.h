// SPDX-License-Identifier: Apache-2.0
// The report `dot`: the call graph to be drawn, by graphviz or by plumb itself.

#pragma once

#include "base/writer.h"
#include "report/drawn_graph.h"
#include "report/graph_report.h"

namespace plumb {

/// Says what each box and arrow of a graph (ReportKind::Dot) looks like: pprof's choice of texts,
/// colours and sizes. Edges to nodes that are not shown are left out; pprof has arrows there to a
/// node N0 that does not exist.
DrawnGraph draw_graph(const GraphReport& report);

/// The drawing in the language of graphviz, go tool pprof's to the byte. Quotes and backslashes are
/// escaped also in labels and file names, where pprof leaves them and graphviz then fails.
void render_dot_text(const DrawnGraph& graph, Writer& out);

/// "plumb.dot/1": nodes and edges with their values.
void render_dot_json(const GraphReport& report, Writer& out);

}  // namespace plumb
