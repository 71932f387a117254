// SPDX-License-Identifier: Apache-2.0
// The views of the web UI and the data that each of them shows. One table; pages, the API and the
// menu of the client are derived from it.
//
// Every answer is one JSON document, except for the flame graph (flame_data.h):
//
//   {"title":"server cpu","sample_type":"cpu","unit":"nanoseconds","total":10,"total_text":"10ns",
//    "legend":["File: server",...],"notices":["Focus expression matched no samples"],
//    "command":"plumb top -focus=x cpu.pb.gz","data":{...}}

#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/stack_trie.h"
#include "report/report_input.h"
#include "web/http_message.h"

namespace plumb::web {

using Json = nlohmann::ordered_json;

/// A profile whose stacks were sorted when somebody first asked for its flame graph.
struct SortedStacks {
  const Profile& profile;
  StackTrie trie;
};

/// What a view is made from.
struct ViewInput {
  const ReportInput& report;
  std::string_view argument;  ///< The parameter f: what peek, source and disasm are about.
  const Notice& notice;
  std::vector<std::string>& legend;      ///< Lines for the details; filled by the view.
  const SortedStacks* sorted = nullptr;  ///< Of the profile before filters, if it is a large one.
};

struct View {
  std::string_view name;     ///< In the path: "top".
  std::string_view title;    ///< In the menu: "Top".
  std::string_view help;     ///< One line.
  std::string_view command;  ///< The command that prints the same: "top".
  ReportKind kind;
  void (*adjust)(ReportOptions& options);         ///< What holds in this view unless asked for.
  Result<Json> (*build)(const ViewInput& input);  ///< Null: binary (the flame graph).
};

std::span<const View> views();
const View* find_view(std::string_view name);

/// Text of reports longer than this is cut in the page: browsers choke on more.
inline constexpr std::size_t kMostTextBytes = std::size_t{8} << 20;

}  // namespace plumb::web
