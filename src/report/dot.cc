// SPDX-License-Identifier: Apache-2.0
#include "report/dot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/checked.h"
#include "base/paths.h"
#include "base/strings.h"
#include "base/units.h"
#include "graph/edge_lists.h"
#include "graph/shorten_name.h"
#include "report/dot_colours.h"
#include "report/number_tags.h"

namespace plumb {
namespace {

constexpr int kLeastFontSize = 8;
constexpr double kMostFontGrowth = 16;
constexpr std::size_t kMostTags = 4;  // Per function, and per set of labels.
constexpr int kTagEdgeWeight = 100;

// Appends the parts of `text` between occurrences of `separator`.
void append_parts(std::vector<std::string>& parts, std::string_view text,
                  std::string_view separator) {
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + separator.size());
  }
}

// A short name on one line for each part. Go's "[...]" stays whole.
std::vector<std::string> name_lines(std::string_view name) {
  constexpr std::string_view kTypeArguments = "[...]";
  std::vector<std::string> lines;
  std::vector<std::string> parts;
  append_parts(parts, shorten_function_name(name), "::");
  for (std::string& part : parts) {
    for (std::size_t at = 0; (at = part.find(kTypeArguments, at)) != std::string::npos;) {
      part.replace(at, kTypeArguments.size(), "[\u2026]");
    }
    append_parts(lines, part, ".");
  }
  return lines;
}

// The lines that say which function a box is.
std::vector<std::string> label_lines(const Profile& profile, const NodeInfo& info) {
  std::vector<std::string> lines;
  if (info.address != 0) lines.push_back(to_hex(info.address, 16));
  if (info.name.index != 0) {
    for (std::string& line : name_lines(profile.text(info.name))) lines.push_back(std::move(line));
  }
  const std::string_view file = profile.text(info.file);
  std::string place = file.empty() ? std::string() : std::string(path_base(file));
  if (info.line != 0) {
    place += ':' + std::to_string(info.line);
    if (info.column != 0) place += ':' + std::to_string(info.column);
  }
  if (!place.empty()) {
    lines.push_back(std::move(place));
  } else if (info.name.index == 0 && info.binary.index != 0) {
    lines.push_back("[" + std::string(path_base(profile.text(info.binary))) + "]");
  } else if (info.name.index == 0) {
    lines.emplace_back("<unknown>");
  }
  return lines;
}

class DotDrawer {
 public:
  explicit DotDrawer(const GraphReport& report)
      : report_(report), edges_(report.graph), first_drawn_(report.graph.shown_count) {
    for (std::size_t i = 0; i < report.graph.shown_count; ++i) {
      const std::int64_t flat = abs_wrapping(flat_of(report.graph.nodes[i].sums));
      most_flat_ =
          i == 0 ? static_cast<double>(flat) : std::max(most_flat_, static_cast<double>(flat));
    }
  }

  DrawnGraph draw() {
    drawn_.title = report_.title;
    drawn_.legend = summary_lines(report_, true);
    drawn_.legend.emplace_back();
    drawn_.legend.emplace_back("See https://git.io/JfYMW for how to read the graph");
    for (std::uint32_t i = 0; i < report_.graph.shown_count; ++i) {
      add_node(i);
      add_tags(i);
    }
    add_edges();
    return std::move(drawn_);
  }

 private:
  [[nodiscard]] Colour colour(std::int64_t value, ColourUse use) const {
    const auto total = static_cast<double>(abs_wrapping(report_.total));
    return value_colour(static_cast<double>(value) / total, use);
  }

  [[nodiscard]] int font_size(std::int64_t flat) const {
    const auto size = static_cast<double>(abs_wrapping(flat));
    if (most_flat_ == 0 || size == 0 || size > most_flat_) return kLeastFontSize;
    // The smallest integer has no magnitude; pprof writes a size of minus 2^63 where it meets
    // others.
    const double share = size / most_flat_;
    if (share < 0) return kLeastFontSize;
    return kLeastFontSize + static_cast<int>(std::ceil(kMostFontGrowth * std::sqrt(share)));
  }

  void add_node(std::uint32_t index) {
    const TrimmedNode& node = report_.graph.nodes[index];
    const std::int64_t flat = flat_of(node.sums);
    const std::int64_t cum = cum_of(node.sums);
    DrawnNode drawn;
    drawn.name = "N" + std::to_string(index + 1);
    drawn.id = "node" + std::to_string(index + 1);
    drawn.lines = label_lines(report_.profile, report_.info(node));
    drawn.lines.push_back(flat == 0 ? "0" : with_share(flat));
    if (cum != flat) {
      const std::string all = "of " + with_share(cum);
      if (flat == 0) {
        drawn.lines.back() += ' ' + all;
      } else {
        drawn.lines.push_back(all);
      }
    }
    drawn.font_size = font_size(flat);
    drawn.tooltip = report_.graph.name(node) + " (" + report_.format(cum) + ")";
    drawn.line_colour = colour(cum, ColourUse::Line);
    drawn.fill_colour = colour(cum, ColourUse::Fill);
    first_drawn_[index] = static_cast<std::uint32_t>(drawn_.nodes.size());
    drawn_.nodes.push_back(std::move(drawn));
  }

  [[nodiscard]] std::string with_share(std::int64_t value) const {
    return report_.format(value) + " (" + short_percentage(value, report_.total) + ")";
  }

  // Leaves show all that was measured below them, others only what is their own.
  void add_tags(std::uint32_t index) {
    const TagTable& table = report_.graph.tags;
    std::vector<const Tag*> texts;
    for (const Tag& tag : table.of(index)) {
      if (tag.number == 0) texts.push_back(&tag);
    }
    const bool by_flat = !edges_.unsorted_out_of(index).empty();
    std::ranges::sort(texts, [&](const Tag* a, const Tag* b) {
      return is_before(a->sums, table.sets[a->set].name, b->sums, table.sets[b->set].name, by_flat);
    });
    if (texts.size() > kMostTags) texts.resize(kMostTags);
    const std::uint32_t node = first_drawn_[index];
    const std::string name = drawn_.nodes[node].name;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const Node& sums = texts[i]->sums;
      const std::int64_t value = by_flat ? flat_of(sums) : cum_of(sums);
      if (value == 0) continue;
      const std::string tag_name = name + "_" + std::to_string(i);
      const std::uint32_t tag =
          add_tag(node, tag_name, table.sets[texts[i]->set].lines, value, false);
      add_numbers(index, tag, tag_name, texts[i]->set, by_flat);
    }
    add_numbers(index, node, name, 0, by_flat);
  }

  void add_numbers(std::uint32_t index, std::uint32_t parent, const std::string& parent_name,
                   std::uint32_t set, bool by_flat) {
    const auto numbers = drawn_numbers(report_.graph.tags, index, set, report_.bytes_unit, by_flat);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::int64_t flat = flat_of(numbers[i].sums);
      const std::int64_t cum = cum_of(numbers[i].sums);
      const bool is_flat = by_flat || flat == cum;
      const std::int64_t value = is_flat ? flat : cum;
      if (value == 0) continue;
      add_tag(parent, "N" + parent_name + "_" + std::to_string(i), {numbers[i].text}, value,
              !is_flat);
    }
  }

  std::uint32_t add_tag(std::uint32_t parent, const std::string& name,
                        std::vector<std::string> lines, std::int64_t value, bool is_dotted) {
    const std::string weight = report_.format(value);
    DrawnNode node;
    node.name = node.id = name;
    node.lines = std::move(lines);
    node.font_size = kLeastFontSize;
    node.shape = DrawnShape::Box3d;
    node.tooltip = weight;
    const auto index = static_cast<std::uint32_t>(drawn_.nodes.size());
    drawn_.nodes.push_back(std::move(node));
    DrawnEdge edge;
    edge.from = parent;
    edge.to = index;
    edge.lines = {" " + weight};
    edge.weight = kTagEdgeWeight;
    edge.is_dotted = is_dotted;
    edge.tooltip = weight;
    drawn_.edges.push_back(std::move(edge));
    return index;
  }

  [[nodiscard]] bool has_tags(std::uint32_t index) const {
    const std::size_t next = first_drawn_[index] + std::size_t{1};
    return next < drawn_.nodes.size() && drawn_.nodes[next].shape == DrawnShape::Box3d;
  }

  void add_edges() {
    const TrimmedGraph& graph = report_.graph;
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < graph.edges.size(); ++i) {
      const Edge& edge = graph.edges[i];
      if (edge.caller < graph.shown_count && edge.callee < graph.shown_count) order.push_back(i);
    }
    sort_edges(graph, order);
    for (const std::uint32_t index : order) add_edge(graph.edges[index]);
  }

  void add_edge(const Edge& edge) {
    const std::int64_t value = divided(edge.weight, edge.weight_divisor);
    const std::string text = report_.format(value);
    DrawnEdge drawn;
    drawn.from = first_drawn_[edge.caller];
    drawn.to = first_drawn_[edge.callee];
    drawn.lines = {" " + text};
    if (edge.is_inlined) drawn.lines.emplace_back(" (inline)");
    if (report_.total != 0) {
      drawn.weight = share_of_total(value, 100);
      drawn.pen_width = share_of_total(value, 5);
      drawn.colour = colour(value, ColourUse::Line);
    }
    if (has_tags(edge.caller)) drawn.min_length = 2;
    drawn.is_dotted = edge.is_residual;
    const auto name = [this](std::uint32_t node) -> const std::string& {
      return report_.graph.name(report_.graph.nodes[node]);
    };
    drawn.tooltip = name(edge.caller) + (edge.is_residual ? " ... " : " -> ") + name(edge.callee) +
                    " (" + text + ")";
    drawn_.edges.push_back(std::move(drawn));
  }

  // 1 and up to `parts` more.
  [[nodiscard]] int share_of_total(std::int64_t value, std::int64_t parts) const {
    const auto product = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) *
                                                   static_cast<std::uint64_t>(parts));
    const std::int64_t share = abs_wrapping(divide_wrapping(product, report_.total));
    return 1 + static_cast<int>(std::clamp(share, std::int64_t{0}, parts));
  }

  const GraphReport& report_;
  EdgeLists edges_;
  std::vector<std::uint32_t> first_drawn_;  // By node: its index in drawn_.nodes.
  double most_flat_ = 0;
  DrawnGraph drawn_;
};

}  // namespace

DrawnGraph draw_graph(const GraphReport& report) {
  return DotDrawer(report).draw();
}

void render_dot_json(const GraphReport& report, Writer& out) {
  std::vector<bool> is_context(report.graph.nodes.size(), true);
  std::fill_n(is_context.begin(), report.graph.shown_count, false);
  render_graph_json(report, "plumb.dot/1", is_context, out);
}

}  // namespace plumb
