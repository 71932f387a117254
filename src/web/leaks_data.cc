// SPDX-License-Identifier: Apache-2.0
#include "web/leaks_data.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/hash.h"
#include "base/paths.h"
#include "base/strings.h"
#include "web/age_bounds.h"

namespace plumb::web {
namespace {

constexpr std::int64_t kSourceLines = 6;  // Before and behind the blocked line.

void add_frame(std::string& text, const Json& frame) {
  if (!frame.is_object()) return;
  for (const char* const field : {"function", "file", "line", "address"}) {
    if (frame.contains(field)) text += frame[field].dump() + ';';
  }
  text += '|';
}

// What makes a group the same one elsewhere: its state, stack and creator.
std::string key_of(const Json& group) {
  std::string text = group["state"].dump() + '|';
  for (const Json& frame : group["frames"]) add_frame(text, frame);
  add_frame(text, group["created_by"]);
  return to_hex(hash_bytes(text, 0), 16);
}

Json counts_of(const SnapshotSeries& series, std::uint32_t group) {
  std::vector<std::int64_t> counts(series.snapshots.size(), 0);
  if (group < series.counts.size()) {
    for (const CountAt& at : series.counts[group]) counts[at.snapshot] = at.count;
  }
  return counts;
}

Json series_json(const SnapshotSeries& series) {
  Json list = Json::array();
  for (std::size_t i = 0; i < series.snapshots.size(); ++i) {
    const Snapshot& snapshot = series.snapshots[i];
    list.push_back({{"name", snapshot.name},
                    {"seconds", series.time_of(i)},
                    {"time_ms", snapshot.time_ns / 1'000'000},
                    {"total", snapshot.total},
                    {"has_ids", snapshot.has_ids}});
  }
  return list;
}

Json ages_json(const std::vector<SeenGoroutine>& goroutines) {
  std::array<std::int64_t, kAgeBounds.size()> counts{};
  for (const SeenGoroutine& one : goroutines) {
    ++counts[age_class(one.row.wait_minutes)];
  }
  Json list = Json::array();
  for (std::size_t i = 0; i < kAgeBounds.size(); ++i) {
    const bool is_open = i + 1 == kAgeBounds.size();
    list.push_back(
        {{"below", is_open ? Json(nullptr) : Json(kAgeBounds[i])}, {"count", counts[i]}});
  }
  return list;
}

Json source_json(const Json& blocked, SourceFiles* sources) {
  if (!blocked.is_object() || sources == nullptr) return nullptr;
  const std::string file = blocked.value("file", "");
  const std::int64_t line = blocked.value("line", std::int64_t{0});
  if (file.empty() || line <= 0 || !sources->line(file, line)) return nullptr;
  const std::int64_t first = std::max<std::int64_t>(1, line - kSourceLines);
  Json shown = Json::array();
  for (std::int64_t i = first; i <= line + kSourceLines; ++i) {
    const auto text = sources->line(file, i);
    if (!text) break;
    shown.push_back(*text);
  }
  return {{"first", first}, {"lines", std::move(shown)}};
}

// Where a goroutine was before it came to its group.
Json earlier_json(const LeaksReport& report, const SeenGoroutine& goroutine) {
  const auto key = [](const EarlierPlace& place) { return std::pair(place.process, place.id); };
  Json list = Json::array();
  for (const EarlierPlace& place : std::ranges::equal_range(
           report.series.earlier, std::pair(goroutine.process, goroutine.row.id), {}, key)) {
    if (place.group >= report.stacks.groups.size()) continue;
    const StackGroup& group = report.stacks.groups[place.group];
    list.push_back({{"since", place.since},
                    {"state", valid_utf8(state_text(report.stacks, group))},
                    {"place", valid_utf8(place_text(report.stacks, group))}});
  }
  return list;
}

// What the page of a group shows besides.
class GroupPages {
 public:
  GroupPages(const LeaksReport& report, const LeaksDataOptions& options)
      : report_(report), options_(options) {
    of_group_.resize(report.stacks.groups.size());
    for (const SeenGoroutine& one : report.series.goroutines) {
      if (one.row.group < of_group_.size()) of_group_[one.row.group].push_back(one);
    }
  }

  // Goroutines by age, the bounds being those of a page's ages.
  [[nodiscard]] Json ages(std::uint32_t group) const {
    Json counts = Json::array();
    for (const Json& row : ages_json(of_group_[group])) counts.push_back(row["count"]);
    return counts;
  }

  [[nodiscard]] Json page(std::uint32_t group, const Json& shown) const {
    const std::vector<SeenGoroutine>& goroutines = of_group_[group];
    Json list = Json::array();
    for (const SeenGoroutine& one : goroutines) {
      if (list.size() == options_.most_ids) break;
      list.push_back({{"id", one.row.id},
                      {"minutes", one.row.wait_minutes},
                      {"since", one.since},
                      {"creator", one.row.creator_id}});
      Json earlier = earlier_json(report_, one);
      if (!earlier.empty()) list.back()["earlier"] = std::move(earlier);
    }
    const std::size_t more = goroutines.size() - list.size();
    return {{"key", shown["key"]},
            {"ages", ages_json(goroutines)},
            {"goroutines", std::move(list)},
            {"more_goroutines", more},
            {"lacks_earlier", report_.series.lacks_earlier},
            {"source", source_json(shown["blocked"], options_.sources)}};
  }

 private:
  const LeaksReport& report_;
  const LeaksDataOptions& options_;
  std::vector<std::vector<SeenGoroutine>> of_group_;
};

}  // namespace

std::string place_text(const StackGroups& stacks, const StackGroup& group) {
  if (group.frame_count == 0) return "unknown";
  const StackFrame& frame = stacks.frame(group, group.blocked == kNone ? 0 : group.blocked);
  if (frame.function.index == 0) return address_text(frame);
  std::string text(stacks.text(frame.function));
  if (frame.file.index == 0) return text;
  text += ' ' + std::string(path_base(stacks.text(frame.file)));
  return frame.line > 0 ? text + ':' + std::to_string(frame.line) : text;
}

Json build_leaks_data(const LeaksReport& report, const LeaksDataOptions& options) {
  StringWriter text;
  render_leaks_json(report, text);
  Json data;
  data["report"] = Json::parse(text.text());
  data["group"] = nullptr;
  data["pages"] = Json::object();
  const GroupPages pages(report, options);
  Json& groups = data["report"]["groups"];
  // Written in the order of report.shown.
  for (std::size_t i = 0; i < groups.size() && i < report.shown.size(); ++i) {
    groups[i]["key"] = key_of(groups[i]);
    groups[i]["counts"] = counts_of(report.series, report.shown[i]);
    groups[i]["ages"] = pages.ages(report.shown[i]);
    const auto& key = groups[i]["key"].get_ref<const std::string&>();
    const bool is_asked = !options.key.empty() && key == options.key;
    if (is_asked) data["group"] = pages.page(report.shown[i], groups[i]);
    if (options.all_groups) data["pages"][key] = pages.page(report.shown[i], groups[i]);
  }
  data["age_bounds"] = Json::array();
  for (const std::uint64_t bound : kAgeBounds) {
    if (bound != kAgeBounds.back()) data["age_bounds"].push_back(bound);
  }
  data["series"] = series_json(report.series);
  data["has_times"] = report.series.has_times;
  data["has_clock"] = report.has_clock;
  data["has_waits"] = report.stacks.has_wait_times;
  data["memory_bytes"] = report.memory_bytes;
  data["hidden_groups"] = report.group_count - report.shown.size();
  data["hidden_goroutines"] = report.hidden_goroutines;
  return data;
}

}  // namespace plumb::web
