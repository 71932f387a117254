// SPDX-License-Identifier: Apache-2.0
// The views that are tables or text: top, tags, peek, traces.

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "model/dump_profile.h"
#include "report/raw.h"
#include "report/tags.h"
#include "report/top.h"
#include "report/traces.h"
#include "report/tree.h"
#include "web/view_text.h"
#include "web/views.h"

namespace plumb::web {
namespace {

// Keeps the beginning of a report, up to whole lines, and stops it there.
class CuttingWriter final : public Writer {
 public:
  [[nodiscard]] bool is_closed() const override { return is_cut_; }

  Json take_json() {
    flush();
    if (is_cut_) text_.resize(text_.rfind('\n', kMostTextBytes) + 1);
    return {{"text", valid_utf8(text_)}, {"is_cut", is_cut_}};
  }

 private:
  void write_through(std::string_view text) override {
    if (is_cut_) return;
    text_ += text;
    is_cut_ = text_.size() > kMostTextBytes;
  }

  std::string text_;
  bool is_cut_ = false;
};

std::string_view inlining_name(Inlining inlining) {
  switch (inlining) {
    case Inlining::Full:
      return "(inline)";
    case Inlining::Partial:
      return "(partial-inline)";
    default:
      return "";
  }
}

}  // namespace

Result<Json> build_top_view(const ViewInput& input) {
  const TopReport report = build_top(input.report);
  input.legend = report.header;
  Json rows = Json::array();
  for (const TopRow& row : report.rows) {
    rows.push_back({{"name", row.name},
                    {"flat", row.flat},
                    {"flat_text", report.format(row.flat)},
                    {"cum", row.cum},
                    {"cum_text", report.format(row.cum)},
                    {"inlined", inlining_name(row.inlining)}});
  }
  std::string note = "Showing nodes accounting for " + report.format(report.shown) + ", " +
                     short_percentage(report.shown, report.total) + " of " +
                     report.format(report.total) + " total";
  if (report.total != 0 && report.dropped_nodes > 0) {
    note += ". Dropped " + plural(report.dropped_nodes, "node") +
            " (cum <= " + report.format(report.dropped_below) + ')';
  }
  if (report.total != 0 && report.is_cut && !report.rows.empty()) {
    note += ". Showing top " + std::to_string(report.rows.size()) + " nodes out of " +
            std::to_string(report.row_count);
  }
  const bool is_by_cum = input.report.options.sort == SortOrder::Cum;
  return Json{{"note", note},
              {"dropped", report.dropped_nodes},
              {"order", is_by_cum ? "cum" : "flat"},
              {"rows", std::move(rows)}};
}

// The unit as a tag filter takes it: letters. Numbers of a unit that it cannot say are chosen
// without one, which fits all units that are not known.
std::string filter_unit(const std::string& unit) {
  if (std::ranges::all_of(unit, is_letter)) return unit;
  constexpr std::string_view kMicroseconds = "us";
  return units_are_related(unit, kMicroseconds) ? std::string(kMicroseconds) : std::string();
}

// What a tag filter chooses the numbers of a value by: "4096bytes", "1000bytes:1034bytes". Null for
// texts.
Json range_text(const TagKey& key, const TagValue& value) {
  if (!value.is_number) return nullptr;
  const std::string unit = filter_unit(key.unit);
  const std::string least = std::to_string(value.least) + unit;
  if (value.least == value.most) return least;
  return least + ':' + std::to_string(value.most) + unit;
}

Result<Json> build_tags_view(const ViewInput& input) {
  fill_legend(input);
  const TagsReport report = build_tags(input.report);
  Json keys = Json::array();
  for (const TagKey& key : report.keys) {
    // Each goroutine has one, and plumb tags does not keep them.
    if (key.key == dump_label::kId) continue;
    Json values = Json::array();
    for (const TagValue& value : key.values) {
      values.push_back({{"value", value.value},
                        {"range", range_text(key, value)},
                        {"weight", value.weight},
                        {"weight_text", report.format(value.weight)},
                        {"percent", short_percentage(value.weight, key.total)}});
    }
    keys.push_back({{"key", key.key},
                    {"total_text", report.format(key.total)},
                    {"percent", short_percentage(key.total, report.total)},
                    {"values", std::move(values)}});
  }
  return Json{{"keys", std::move(keys)}};
}

Result<Json> build_peek_view(const ViewInput& input) {
  fill_legend(input);
  TRY_ASSIGN(const TreeReport report,
             build_peek(input.report, std::string(input.argument), ContextSums::No));
  CuttingWriter out;
  render_tree_text(report, out);
  return out.take_json();
}

Result<Json> build_traces_view(const ViewInput& input) {
  fill_legend(input);
  CuttingWriter out;
  render_traces_text(input.report, out);
  return out.take_json();
}

Result<Json> build_raw_view(const ViewInput& input) {
  CuttingWriter out;
  render_raw_text(input.report, out);
  return out.take_json();
}

}  // namespace plumb::web
