// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/strings.h"
#include "report/graph_report.h"
#include "report/json_text.h"

namespace plumb {
namespace {

using Json = nlohmann::ordered_json;

Json node_json(const GraphReport& report, const TrimmedNode& node, bool is_context) {
  const NodeInfo& info = report.info(node);
  Json json;
  json["name"] = report.graph.name(node);
  json["function"] = report.profile.text(info.name);
  if (info.file.index != 0) json["file"] = report.profile.text(info.file);
  if (info.line != 0) json["line"] = info.line;
  if (info.column != 0) json["column"] = info.column;
  if (info.address != 0) json["address"] = "0x" + to_hex(info.address);
  json["flat"] = report.format.times_ratio(flat_of(node.sums));
  json["cum"] = report.format.times_ratio(cum_of(node.sums));
  json["is_context"] = is_context;
  return json;
}

Json tags_json(const GraphReport& report, std::uint32_t node) {
  const TagTable& tags = report.graph.tags;
  Json list = Json::array();
  for (const Tag& tag : tags.of(node)) {
    Json json;
    json["labels"] = tags.sets[tag.set].lines;
    if (tag.number != 0) json["number"] = tags.numbers[tag.number];
    json["flat"] = report.format.times_ratio(flat_of(tag.sums));
    json["cum"] = report.format.times_ratio(cum_of(tag.sums));
    list.push_back(std::move(json));
  }
  return list;
}

Json edge_json(const GraphReport& report, const Edge& edge) {
  Json json;
  json["from"] = edge.caller;
  json["to"] = edge.callee;
  json["weight"] = report.format.times_ratio(divided(edge.weight, edge.weight_divisor));
  json["is_residual"] = edge.is_residual;
  json["is_inlined"] = edge.is_inlined;
  return json;
}

}  // namespace

void render_graph_json(const GraphReport& report, std::string_view schema,
                       const std::vector<bool>& is_context, Writer& out) {
  const TrimmedGraph& graph = report.graph;
  Json json;
  json["schema"] = schema;
  json["sample_type"] = report.sample_type;
  json["unit"] = report.format.sample_unit;
  json["total"] = report.format.times_ratio(report.total);
  json["shown"] = report.format.times_ratio(report.shown);
  json["node_count"] = graph.node_count;
  json["dropped_nodes"] = graph.dropped_nodes;
  json["dropped_edges"] = graph.dropped_edges;
  json["nodes"] = Json::array();
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    Json node = node_json(report, graph.nodes[i], is_context[i]);
    if (!graph.tags.of(i).empty()) node["tags"] = tags_json(report, i);
    json["nodes"].push_back(std::move(node));
  }
  json["edges"] = Json::array();
  for (const Edge& edge : graph.edges) json["edges"].push_back(edge_json(report, edge));
  out << to_json_text(json) << "\n";
}

}  // namespace plumb
