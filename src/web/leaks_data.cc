// SPDX-License-Identifier: Apache-2.0
#include "web/leaks_data.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/equal_rows.h"
#include "base/hash.h"
#include "base/paths.h"
#include "base/strings.h"
#include "leak/memory.h"
#include "web/age_bounds.h"

namespace plumb::web {
namespace {

constexpr std::int64_t kSourceLines = 6;  // Before and behind the blocked line.

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

using AgeCounts = std::array<std::int64_t, kAgeBounds.size()>;

Json ages_json(const AgeCounts& counts) {
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
  const std::pair wanted(goroutine.process, goroutine.row.id);
  for (const EarlierPlace& place : equal_rows(report.series.earlier, wanted, key)) {
    if (place.group >= report.stacks.groups.size()) continue;
    const StackGroup& group = report.stacks.groups[place.group];
    list.push_back({{"since", place.since},
                    {"state", valid_utf8(state_text(report.stacks, group))},
                    {"place", valid_utf8(place_text(report.stacks, group))}});
  }
  return list;
}

// Texts that rows refer to, each once.
class Texts {
 public:
  explicit Texts(const StackGroups& stacks)
      : stacks_(stacks), index_of_(stacks.strings.size(), kNone) {}

  std::size_t index_of(StringId id) {
    std::uint32_t& index = index_of_[id.index];
    if (index == kNone) index = static_cast<std::uint32_t>(add(stacks_.text(id)));
    return index;
  }
  std::size_t index_of(const StackFrame& frame) {
    return frame.function.index == 0 ? add(address_text(frame)) : index_of(frame.function);
  }
  Json take() { return std::move(list_); }

 private:
  std::size_t add(std::string_view text) {
    list_.push_back(valid_utf8(text));
    return list_.size() - 1;
  }

  const StackGroups& stacks_;
  std::vector<std::uint32_t> index_of_;  // By StringId.
  Json list_ = Json::array();
};

Json rate_json(const Finding& finding) {
  if (!finding.rate) return nullptr;
  return {{"value", finding.rate->per_second.value},
          {"unit", finding.rate->is_per_second ? "1/s" : "1/interval"},
          {"method", finding.rate->method}};
}

Json since_json(const Finding& finding) {
  if (!finding.since) return nullptr;
  return {{"seconds_ago", finding.since->seconds_ago},
          {"is_at_least", finding.since->is_at_least},
          {"method", finding.since->method}};
}

// Makes the data of one report.
class LeaksData {
 public:
  LeaksData(const LeaksReport& report, const LeaksDataOptions& options)
      : report_(report), stacks_(report.stacks), options_(options), texts_(stacks_) {
    ages_.resize(stacks_.groups.size());
    for (const SeenGoroutine& one : report.series.goroutines) {
      if (one.row.group < ages_.size()) ++ages_[one.row.group][age_class(one.row.wait_minutes)];
    }
  }

  Json build() {
    Json groups = Json::array();
    for (const std::uint32_t group : report_.shown) groups.push_back(row(group));
    Json data;
    data["report"] = summary();
    data["group"] = asked_page(groups);
    data["pages"] = options_.all_groups ? all_pages(groups) : Json::object();
    data["report"]["groups"] = std::move(groups);
    data["texts"] = texts_.take();
    data["age_bounds"] = Json::array();
    for (const std::uint64_t bound : kAgeBounds) {
      if (bound != kAgeBounds.back()) data["age_bounds"].push_back(bound);
    }
    data["series"] = series_json(report_.series);
    const bool has_ids = report_.series.id_snapshots > 0;
    data["id_snapshot"] = has_ids ? Json(report_.series.last_id_snapshot) : Json(nullptr);
    data["has_times"] = report_.series.has_times;
    data["has_clock"] = report_.has_clock;
    data["has_waits"] = stacks_.has_wait_times;
    data["memory_bytes"] = report_.memory_bytes;
    data["hidden_groups"] = report_.group_count - report_.shown.size();
    data["hidden_goroutines"] = report_.hidden_goroutines;
    return data;
  }

 private:
  [[nodiscard]] Json summary() const {
    const SnapshotSeries& series = report_.series;
    Json states = Json::array();
    for (const StateTotal& state : report_.states) {
      states.push_back(
          {{"state", valid_utf8(state.state)}, {"count", state.count}, {"groups", state.groups}});
    }
    Json notes = Json::array();
    for (const std::string& note : report_.findings.notes) notes.push_back(valid_utf8(note));
    const bool has_times = series.has_times && !series.snapshots.empty();
    return {{"total", report_.total},
            {"matched", report_.is_filtered ? Json(report_.matched) : nullptr},
            {"verdict", to_string(report_.findings.worst)},
            {"snapshots", series.snapshots.size()},
            {"seconds", has_times ? Json(series.time_of(series.snapshots.size() - 1)) : nullptr},
            {"notes", std::move(notes)},
            {"states", std::move(states)},
            {"suspects", suspects()}};
  }

  // All that may leak, shown or not.
  [[nodiscard]] Json suspects() const {
    std::size_t groups = 0;
    std::int64_t goroutines = 0;
    std::uint64_t memory = 0;
    std::uint64_t oldest = 0;
    for (const Finding& finding : report_.findings.all) {
      if (!finding.is_new_leak()) continue;
      const StackGroup& group = stacks_.groups[finding.group];
      ++groups;
      goroutines = add_saturating(goroutines, group.count);
      memory += memory_at_least(stacks_, group);
      WaitTimes waits = group.waits;
      if (!waits.empty()) oldest = std::max(oldest, waits.oldest());
    }
    return {{"groups", groups},
            {"goroutines", goroutines},
            {"memory_bytes_at_least", memory},
            {"oldest_minutes", oldest}};
  }

  Json row(std::uint32_t index) {
    const StackGroup& group = stacks_.groups[index];
    const Finding none;
    const Finding* const found = report_.finding(index);
    const Finding& finding = found == nullptr ? none : *found;
    const bool is_read = group.state_source == StateSource::Read;
    return {{"key", group_key(stacks_, group)},
            {"count", group.count},
            {"counts", counts_of(report_.series, index)},
            {"ages", ages_[index]},
            {"state", state_of(group)},
            {"state_source", is_read ? "read" : "inferred"},
            {"wait_minutes", wait_json(group)},
            {"blocked", blocked_json(group)},
            {"created_by", group.creator.index == kNone ? Json(nullptr)
                                                        : place_json(stacks_.frame(group.creator))},
            {"frames", frames_json(group)},
            {"memory_bytes_at_least", memory_at_least(stacks_, group)},
            {"level", to_string(finding.level)},
            {"known", finding.is_known},
            {"reason", valid_utf8(finding.reason)},
            {"rate", rate_json(finding)},
            {"since", since_json(finding)},
            {"family", finding.family == 0 ? Json(nullptr) : Json(finding.family)},
            {"leads_family", finding.leads_family}};
  }

  [[nodiscard]] std::string state_of(const StackGroup& group) const {
    return group.state.index == 0 ? "unknown" : valid_utf8(stacks_.text(group.state));
  }

  static Json wait_json(const StackGroup& group) {
    if (group.waits.empty()) return nullptr;
    WaitTimes waits = group.waits;
    return {{"oldest", waits.oldest()}, {"median", waits.median()}};
  }

  Json place_json(const StackFrame& frame) {
    return {texts_.index_of(frame), texts_.index_of(frame.file), frame.line};
  }

  Json blocked_json(const StackGroup& group) {
    if (group.frame_count == 0) return nullptr;
    return place_json(stacks_.frame(group, group.blocked == kNone ? 0 : group.blocked));
  }

  // What a search looks at.
  Json frames_json(const StackGroup& group) {
    std::vector<std::size_t> list;
    for (const StackFrameId id : stacks_.stack(group)) {
      const StackFrame& frame = stacks_.frame(id);
      if (frame.is_elided) continue;
      list.push_back(texts_.index_of(frame));
      if (frame.file.index != 0) list.push_back(texts_.index_of(frame.file));
    }
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  Json asked_page(const Json& rows) {
    if (options_.key.empty()) return nullptr;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t group = report_.shown[i];
      if (rows[i]["key"].get_ref<const std::string&>() != options_.key) continue;
      StringWriter text;
      render_leak_group_json(report_, group, text);
      std::vector<SeenGoroutine> goroutines;
      for (const SeenGoroutine& one : report_.series.goroutines) {
        if (one.row.group == group) goroutines.push_back(one);
      }
      return page(group, std::string(options_.key), Json::parse(text.text()), goroutines);
    }
    return nullptr;
  }

  Json all_pages(const Json& rows) {
    StringWriter text;
    render_leaks_json(report_, text);
    Json details = std::move(Json::parse(text.text())["groups"]);
    std::vector<std::vector<SeenGoroutine>> of_group(stacks_.groups.size());
    for (const SeenGoroutine& one : report_.series.goroutines) {
      if (one.row.group < of_group.size()) of_group[one.row.group].push_back(one);
    }
    Json pages = Json::object();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t group = report_.shown[i];
      const auto& key = rows[i]["key"].get_ref<const std::string&>();
      pages[key] = page(group, key, std::move(details[i]), of_group[group]);
    }
    return pages;
  }

  [[nodiscard]] Json page(std::uint32_t group, const std::string& key, Json detail,
                          const std::vector<SeenGoroutine>& goroutines) const {
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
    Json source = source_json(detail["blocked"], options_.sources);
    return {{"key", key},
            {"detail", std::move(detail)},
            {"ages", ages_json(ages_[group])},
            {"goroutines", std::move(list)},
            {"more_goroutines", more},
            {"lacks_earlier", report_.series.lacks_earlier},
            {"source", std::move(source)}};
  }

  const LeaksReport& report_;
  const StackGroups& stacks_;
  const LeaksDataOptions& options_;
  Texts texts_;
  std::vector<AgeCounts> ages_;  // By group.
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

std::string group_key(const StackGroups& stacks, const StackGroup& group) {
  std::string text(stacks.text(group.state));
  const auto add = [&](const StackFrame& frame) {
    text += '|';
    text += stacks.text(frame.function);
    text += ';';
    text += stacks.text(frame.file);
    text += ';' + std::to_string(frame.line);
    if (frame.function.index == 0 && !frame.is_elided) text += address_text(frame);
  };
  for (const StackFrameId id : stacks.stack(group)) add(stacks.frame(id));
  text += '>';
  if (group.creator.index != kNone) add(stacks.frame(group.creator));
  return to_hex(hash_bytes(text, 0), 16);
}

Json build_leaks_data(const LeaksReport& report, const LeaksDataOptions& options) {
  return LeaksData(report, options).build();
}

}  // namespace plumb::web
