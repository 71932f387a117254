// SPDX-License-Identifier: Apache-2.0
#include "web/documents.h"

#include <algorithm>
#include <utility>

#include "base/paths.h"
#include "base/try.h"
#include "report/flamegraph.h"
#include "report/json_text.h"
#include "report/leaks_formats.h"
#include "web/flame_data.h"
#include "web/leaks_data.h"
#include "web/moves_data.h"

namespace plumb::web {
namespace {

// "server cpu": what the tab and the head of the page say.
std::string title_of(const Profile& profile, std::string_view what) {
  const std::string_view file = header_of(profile).file;
  return (file.empty() ? "" : std::string(path_base(file)) + ' ') + std::string(what);
}

bool reads_files(const View& view) {
  return view.kind == ReportKind::WebList || view.kind == ReportKind::Disasm;
}

// Of "tagfocus=customer=acme" and "tagfocus:Interpreted '12kb' as range, not regexp".
void hide_labels(std::vector<std::string>& filters, std::vector<std::string>& notices) {
  for (std::string& filter : filters) {
    const std::string name = filter.substr(0, filter.find('='));
    if (tells_label_values(name)) filter = name + '=' + std::string(kHiddenValue);
  }
  std::erase_if(notices, [](const std::string& line) {
    return tells_label_values(line.substr(0, line.find(':')));
  });
}

void hide_labels(Json& leaks) {
  const auto hide = [](Json& page) {
    if (!page.is_object()) return;
    for (Json& label : page["detail"]["labels"]) label["value"] = kHiddenValue;
  };
  hide(leaks["group"]);
  for (Json& page : leaks["pages"]) hide(page);
}

// Takes out of the options what would show values of labels.
void keep_back(const Redaction& redaction, ReportOptions& options, const Notice& notice) {
  if (!redaction.labels) return;
  options.filters.taghide = ".";
  if (options.tagroot.empty() && options.tagleaf.empty()) return;
  options.tagroot.clear();
  options.tagleaf.clear();
  notice("The values of labels are kept back: there are no frames of them.");
}

}  // namespace

std::string Document::text() const {
  std::string text = to_json_text(json);
  return is_binary ? join_flame_data(text, columns) : text;
}

Result<Document> Documents::make(const View& view, const Query& query,
                                 const Redaction& redaction) const {
  if (!has_view(view)) {
    return Error(ErrorCode::Usage,
                 "for a profile that a browser brought no files are read; in a terminal: " +
                     hooks_.command(view.command, query, content_, redaction));
  }
  TRY_ASSIGN(ReportOptions options, hooks_.options(query));
  view.adjust(options);
  std::vector<std::string> notices;
  const Notice notice = [&notices](std::string_view line) { notices.emplace_back(line); };
  keep_back(redaction, options, notice);
  Profile profile = content_.profile.copy();
  const SortedStacks* const sorted = view.build == nullptr ? sorted_stacks() : nullptr;
  // Stacks that stay what they are need not be sorted anew.
  options.keeps_stacks = sorted != nullptr;
  TRY_ASSIGN(ReportInput report, make_report_input(profile, view.kind, options, notice));
  if (redaction.labels) hide_labels(report.active_filters, notices);
  report.memo = &memo_;
  std::vector<std::string> legend;
  const ViewInput input{report, query.get("f"), notice, legend, sorted};
  Document document;
  Json& json = document.json;
  json["title"] = title_of(profile, report.samples.type);
  json["sample_type"] = report.samples.type;
  json["unit"] = report.samples.format.sample_unit;
  json["output_unit"] = report.samples.format.output_unit;
  json["ratio"] = report.samples.format.ratio;
  json["total"] = report.samples.total;
  json["total_text"] = report.samples.format(report.samples.total);
  json["command"] = hooks_.command(view.command, query, content_, redaction);
  Json content;
  document.is_binary = view.build == nullptr;
  if (document.is_binary) {
    TRY_ASSIGN(document.columns, build_flame_data(input, query, content));
  } else {
    TRY_ASSIGN(content, view.build(input));
  }
  json["legend"] = legend;
  json["notices"] = notices;
  json["data"] = std::move(content);
  redact(json, redaction);
  return document;
}

// Null where it is not worth the while.
const SortedStacks* Documents::sorted_stacks() const {
  constexpr std::size_t kManySamples = 20'000;
  const std::size_t count = content_.profile.sample_count();
  if (count < kManySamples || count > kMostTrieSamples) return nullptr;
  std::call_once(sorts_once_, [this] {
    sorted_.emplace(SortedStacks{content_.profile, build_stack_trie(content_.profile)});
  });
  return &*sorted_;
}

Result<ReportInput> Documents::flamegraph_input(const Query& query, const Redaction& redaction,
                                                Profile& profile) const {
  const View& view = *find_view("flamegraph");
  TRY_ASSIGN(ReportOptions options, hooks_.options(query));
  view.adjust(options);
  keep_back(redaction, options, [](std::string_view) {});
  return make_report_input(profile, view.kind, options, [](std::string_view) {});
}

Result<Document> Documents::make_matched(const Query& query) const {
  Profile profile = content_.profile.copy();
  TRY_ASSIGN(const ReportInput report, flamegraph_input(query, {}, profile));
  Document document;
  TRY_ASSIGN(document.json, build_matched(report, query));
  return document;
}

Result<std::string> Documents::make_picture(const Query& query, const Redaction& redaction) const {
  Profile profile = content_.profile.copy();
  TRY_ASSIGN(const ReportInput report, flamegraph_input(query, redaction, profile));
  StringWriter text;
  render_flamegraph_figure(report, text);
  return redaction.paths ? path_cutter().cut(text.text()) : std::string(text.text());
}

Document Documents::make_leaks(const Query& query, const Redaction& redaction,
                               bool all_groups) const {
  Document document;
  Json& json = document.json;
  json["title"] = title_of(content_.profile, "goroutines");
  json["sample_type"] = "goroutine";
  json["unit"] = "count";
  json["output_unit"] = "minimum";
  json["ratio"] = 1;
  json["total"] = content_.leaks->total;
  json["total_text"] = std::to_string(content_.leaks->total);
  json["command"] = hooks_.command(kLeaksView, Query(), content_, redaction);
  json["legend"] = Json::array();
  json["notices"] = Json::array();
  SourceFiles sources(hooks_.source_path, hooks_.trim_path);
  LeaksDataOptions options;
  options.key = query.get("group");
  options.all_groups = all_groups;
  options.most_ids = redaction.most_ids;
  const bool shows_sources = !redaction.sources && !content_.is_foreign;
  options.sources = shows_sources ? &sources : nullptr;
  json["data"] = build_leaks_data(*content_.leaks, options);
  json["data"]["report"]["filters"] = Json::array();
  if (content_.leaks->is_filtered) {
    json["data"]["report"]["filters"] = hooks_.leak_filters(redaction);
  }
  if (redaction.labels) hide_labels(json["data"]);
  redact(json, redaction);
  return document;
}

Result<Document> Documents::make_moves(const Query& query, const Redaction& redaction) const {
  const LeaksReport& report = *content_.leaks;
  TRY_ASSIGN(const SnapshotPair pair, read_snapshot_pair(report.series, query));
  const std::size_t most = std::min(redaction.most_ids, kMostMoveRows);
  Document document;
  TRY_ASSIGN(document.json, build_moves_data(report, pair, query, most));
  // Of files, the two of them.
  WebContent files;
  const std::vector<std::string>& names = content_.snapshots;
  const bool are_files = !content_.is_live && names.size() == report.series.snapshots.size();
  if (are_files) files.operands = {names[pair.from], names[pair.to]};
  document.json["command"] = are_files ? hooks_.command("diff", Query(), files, redaction)
                                       : hooks_.command(kLeaksView, Query(), content_, redaction);
  redact(document.json, redaction);
  return document;
}

std::string Documents::make_summary(const Redaction& redaction) const {
  StringWriter text;
  render_leaks_markdown(*content_.leaks, text);
  return redaction.paths ? path_cutter().cut(text.text()) : std::string(text.text());
}

Json Documents::info(std::string_view view_name) const {
  const Profile& profile = content_.profile;
  Json info;
  info["view"] = view_name;
  info["version"] = hooks_.version;
  info["sources"] = content_.sources;
  info["notices"] = content_.notices;
  info["doc_url"] = header_of(profile).doc_url;
  info["is_empty"] = profile.sample_count() == 0;
  info["views"] = Json::array();
  if (content_.leaks) {
    info["views"].push_back({{"name", kLeaksView},
                             {"title", "Leaks"},
                             {"help", "Does it leak, where, since when, how fast, why"}});
  }
  for (const View& row : views()) {
    if (!has_view(row)) continue;
    info["views"].push_back({{"name", row.name}, {"title", row.title}, {"help", row.help}});
  }
  info["sample_types"] = Json::array();
  for (const ValueType& type : profile.sample_types) {
    info["sample_types"].push_back(profile.text(type.type));
  }
  return info;
}

bool Documents::has_view(const View& view) const {
  return !content_.is_foreign || !reads_files(view);
}

PathCutter Documents::path_cutter() const {
  std::vector<std::string> names = content_.sources;
  names.insert(names.end(), content_.operands.begin(), content_.operands.end());
  names.insert(names.end(), content_.snapshots.begin(), content_.snapshots.end());
  return {names, content_.profile, content_.leaks ? &*content_.leaks : nullptr};
}

void Documents::redact(Json& json, const Redaction& redaction) const {
  if (redaction.paths) path_cutter().cut_all(json);
}

}  // namespace plumb::web
