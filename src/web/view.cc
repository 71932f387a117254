// SPDX-License-Identifier: Apache-2.0
#include "web/view.h"

#include <algorithm>
#include <array>

#include "web/views.h"

namespace plumb::web {
namespace {

// All rows: the page shows as many as fit.
void adjust_top(ReportOptions& options) {
  if (options.nodecount == -1) options.nodecount = 0;
}

void adjust_flame(ReportOptions& options) {
  options.call_tree = true;
  options.shows_states = true;
  options.trim = false;
  options.drop_negative = false;  // Boxes of both kinds stand side by side.
  if (options.aggregate.granularity == Granularity::Functions) {
    options.aggregate.granularity = Granularity::FileFunctions;
  }
}

void adjust_peek(ReportOptions& options) {
  options.aggregate.granularity = Granularity::Lines;
}

void adjust_nothing(ReportOptions& /*options*/) {}

constexpr std::array kViews = {
    View{"flamegraph", "Flame graph", "Stacks as boxes, as wide as what they account for",
         "flamegraph", ReportKind::Dot, adjust_flame, nullptr},
    View{"top", "Top", "Functions by what they account for", "top", ReportKind::Top, adjust_top,
         build_top_view},
    View{"graph", "Graph", "Functions as boxes, calls as arrows", "svg", ReportKind::Dot,
         adjust_nothing, build_graph_view},
    View{"peek", "Peek", "Functions with their callers and callees", "peek", ReportKind::Peek,
         adjust_peek, build_peek_view},
    View{"source", "Source", "Source lines with what they account for", "weblist",
         ReportKind::WebList, adjust_nothing, build_source_view},
    View{"disasm", "Disassembly", "Instructions with what they account for", "disasm",
         ReportKind::Disasm, adjust_nothing, build_disasm_view},
    View{"traces", "Traces", "Every sample with its labels and stack", "traces", ReportKind::Traces,
         adjust_nothing, build_traces_view},
    View{"raw", "Raw", "Samples, locations and mappings as they are", "raw", ReportKind::Raw,
         adjust_nothing, build_raw_view},
    View{"tags", "Tags", "Labels and their values by weight", "tags", ReportKind::Tags,
         adjust_nothing, build_tags_view},
};

}  // namespace

std::span<const View> views() {
  return kViews;
}

const View* find_view(std::string_view name) {
  const auto* const row = std::ranges::find(kViews, name, &View::name);
  return row == kViews.end() ? nullptr : row;
}

}  // namespace plumb::web
