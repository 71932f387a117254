// SPDX-License-Identifier: Apache-2.0
#include "report/leaks.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <variant>

#include "base/checked.h"
#include "base/try.h"
#include "leak/memory.h"
#include "leak/stack_grouper.h"
#include "leak/stack_names.h"
#include "model/split_dump.h"
#include "report/leak_heap.h"

namespace plumb {
namespace {

// Go's profiles keep so many frames of a stack, by release, and do not say when there are more.
constexpr std::uint32_t kOldStackDepth = 32;
constexpr std::uint32_t kNewStackDepth = 128;

// Shown if nobody says how many.
constexpr std::size_t kMostLeaks = 10;
constexpr std::size_t kMostOthers = 20;

/// Asks a predicate once for each distinct text.
class TextFilter {
 public:
  TextFilter(const StackGroups& stacks, const TextPredicate& predicate)
      : stacks_(stacks), predicate_(predicate), answers_(stacks.strings.size(), kNotAsked) {}

  [[nodiscard]] bool is_active() const { return static_cast<bool>(predicate_); }

  bool operator()(StringId id) {
    std::uint8_t& answer = answers_[id.index];
    if (answer == kNotAsked) answer = predicate_(stacks_.text(id)) ? 1 : 0;
    return answer != 0;
  }

 private:
  static constexpr std::uint8_t kNotAsked = 2;
  const StackGroups& stacks_;
  const TextPredicate& predicate_;
  std::vector<std::uint8_t> answers_;
};

/// Says which groups the options keep.
class GroupFilter {
 public:
  GroupFilter(const StackGroups& stacks, const LeaksOptions& options)
      : stacks_(stacks),
        options_(options),
        function_(stacks, options.filter.function),
        file_(stacks, options.filter.file),
        exclude_(stacks, options.filter.exclude) {}

  bool operator()(const StackGroup& group) {
    if (group.count == 0) return false;
    if (options_.min_count > 1 && group.count < options_.min_count) return false;
    if (options_.filter.state && !is_state_wanted(state_text(stacks_, group))) return false;
    if (function_.is_active() && !has_frame(group, function_, &StackFrame::function)) return false;
    if (file_.is_active() && !has_frame(group, file_, &StackFrame::file)) return false;
    return !exclude_.is_active() || (!has_frame(group, exclude_, &StackFrame::function) &&
                                     !has_frame(group, exclude_, &StackFrame::file));
  }

 private:
  bool is_state_wanted(std::string_view state) {
    const auto [at, is_new] = states_.try_emplace(state, false);
    if (is_new) at->second = options_.filter.state(state);
    return at->second;
  }

  bool has_frame(const StackGroup& group, TextFilter& filter, StringId StackFrame::*name) const {
    const auto matches = [&](StackFrameId id) { return filter(stacks_.frame(id).*name); };
    if (group.creator.index != kNone && matches(group.creator)) return true;
    return std::ranges::any_of(stacks_.stack(group), matches);
  }

  const StackGroups& stacks_;
  const LeaksOptions& options_;
  TextFilter function_;
  TextFilter file_;
  TextFilter exclude_;
  std::map<std::string_view, bool> states_;
};

// < 0, 0 or > 0.
int compare_frames(const StackGroups& stacks, const StackFrame& a, const StackFrame& b) {
  if (const int order = stacks.text(a.function).compare(stacks.text(b.function))) return order;
  if (const int order = stacks.text(a.file).compare(stacks.text(b.file))) return order;
  const auto a_rest = std::tie(a.line, a.address, a.is_elided, a.elided);
  const auto b_rest = std::tie(b.line, b.address, b.is_elided, b.elided);
  return a_rest < b_rest ? -1 : (b_rest < a_rest ? 1 : 0);
}

int compare_stacks(const StackGroups& stacks, const StackGroup& a, const StackGroup& b) {
  const auto a_stack = stacks.stack(a);
  const auto b_stack = stacks.stack(b);
  const std::size_t shared = std::min(a_stack.size(), b_stack.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (a_stack[i] == b_stack[i]) continue;
    return compare_frames(stacks, stacks.frame(a_stack[i]), stacks.frame(b_stack[i]));
  }
  if (a_stack.size() != b_stack.size()) return a_stack.size() < b_stack.size() ? -1 : 1;
  if (a.creator == b.creator) return 0;
  if (a.creator.index == kNone || b.creator.index == kNone)
    return a.creator.index == kNone ? -1 : 1;
  return compare_frames(stacks, stacks.frame(a.creator), stacks.frame(b.creator));
}

// Largest first. The rest makes the order, and so the output, the same for the same goroutines.
bool comes_first(const StackGroups& stacks, const StackGroup& a, const StackGroup& b) {
  if (a.count != b.count) return a.count > b.count;
  if (a.state != b.state || a.is_range != b.is_range) {
    if (const int order = state_text(stacks, a).compare(state_text(stacks, b))) return order < 0;
  }
  if (const int order = blocked_function(stacks, a).compare(blocked_function(stacks, b))) {
    return order < 0;
  }
  if (const int order = compare_stacks(stacks, a, b)) return order < 0;
  return a.state_source < b.state_source;
}

bool is_probably_cut(const StackGroups& stacks, const StackGroup& group) {
  const std::uint32_t depth = group.frame_count + group.skipped_frames;
  if (depth != kOldStackDepth && depth != kNewStackDepth) return false;
  if (group.state_source == StateSource::Read || group.frame_count == 0) return false;
  return stacks.text(stacks.frame(stacks.stack(group).back()).function) != "runtime.main";
}

void total_states(LeaksReport& report, std::span<const std::uint32_t> kept) {
  std::map<std::string_view, StateTotal> totals;
  std::pair last(std::string_view(), &totals[""]);
  for (const std::uint32_t index : kept) {
    const StackGroup& group = report.stacks.groups[index];
    const std::string_view state = state_text(report.stacks, group);
    if (state != last.first) last = {state, &totals[state]};
    StateTotal& total = *last.second;
    total.count = add_saturating(total.count, group.count);
    ++total.groups;
  }
  for (auto& [state, total] : totals) {
    if (total.groups == 0) continue;
    total.state = state;
    report.states.push_back(std::move(total));
  }
  std::ranges::stable_sort(report.states, std::ranges::greater{}, &StateTotal::count);
}

void total_groups(LeaksReport& report, std::span<const std::uint32_t> kept) {
  report.group_count = kept.size();
  const auto& groups = report.stacks.groups;
  report.counts_goroutines =
      groups.empty() || std::ranges::any_of(groups, &StackGroup::counts_goroutines);
  for (const std::uint32_t index : kept) {
    const StackGroup& group = report.stacks.groups[index];
    report.matched = add_saturating(report.matched, group.count);
    report.largest = std::max(report.largest, group.count);
    if (group.state_source == StateSource::Inferred && group.state.index != 0) {
      report.inferred = add_saturating(report.inferred, group.count);
    }
    if (__builtin_add_overflow(report.memory_bytes, memory_at_least(report.stacks, group),
                               &report.memory_bytes)) {
      report.memory_bytes = std::numeric_limits<std::uint64_t>::max();
    }
    if (is_probably_cut(report.stacks, group)) ++report.cut_groups;
  }
}

// How many of `kept` to show, which are in order.
std::size_t count_shown(const LeaksReport& report, std::span<const std::uint32_t> kept,
                        std::int64_t limit) {
  if (limit == 0) return kept.size();
  if (limit > 0) return std::min(static_cast<std::size_t>(limit), kept.size());
  const auto may_leak = [&](std::uint32_t group) {
    const Finding* const finding = report.finding(group);
    return finding != nullptr && finding->is_new_leak();
  };
  const auto leaks = static_cast<std::size_t>(std::ranges::count_if(kept, may_leak));
  return leaks > 0 ? std::min(leaks, kMostLeaks) : std::min(kept.size(), kMostOthers);
}

// What leaks for certain and what is likely to is as urgent as it is large.
int tier_of(Level level) {
  return std::min(static_cast<int>(level), static_cast<int>(Level::Likely));
}

// Surest first; of a family its leader.
bool is_more_urgent(const LeaksReport& report, std::uint32_t a, std::uint32_t b) {
  const Finding* const left = report.finding(a);
  const Finding* const right = report.finding(b);
  if (left == nullptr || right == nullptr) {
    if ((left == nullptr) != (right == nullptr)) return right == nullptr;
    return comes_first(report.stacks, report.stacks.groups[a], report.stacks.groups[b]);
  }
  const auto urgency = [](const Finding& finding) {
    const bool follows = finding.family != 0 && !finding.leads_family;
    return std::tuple(!finding.is_known, tier_of(finding.level), !follows);
  };
  if (urgency(*left) != urgency(*right)) return urgency(*left) > urgency(*right);
  return comes_first(report.stacks, report.stacks.groups[a], report.stacks.groups[b]);
}

void choose_shown(LeaksReport& report, std::vector<std::uint32_t> kept, std::int64_t limit) {
  const std::size_t count = count_shown(report, kept, limit);
  const auto end = kept.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(
      kept, end, [&](std::uint32_t a, std::uint32_t b) { return is_more_urgent(report, a, b); });
  kept.resize(count);
  report.shown = std::move(kept);
  report.hidden_goroutines = report.matched;
  for (const std::uint32_t index : report.shown) {
    report.hidden_goroutines =
        add_wrapping(report.hidden_goroutines, -report.stacks.groups[index].count);
  }
}

constexpr std::int64_t kLinesAround = 2;

void add_excerpt(LeaksReport& report, const SourceLines& source, SourceExcerpt excerpt,
                 const StackFrame& frame) {
  if (frame.owner != FrameOwner::User || frame.line <= 0) return;
  const std::string_view file = report.stacks.text(frame.file);
  excerpt.marked_line = frame.line;
  excerpt.first_line = std::max<std::int64_t>(frame.line - kLinesAround, 1);
  for (std::int64_t line = excerpt.first_line; line <= frame.line + kLinesAround; ++line) {
    excerpt.lines.push_back(source(file, line));
  }
  const bool is_empty = std::ranges::all_of(excerpt.lines, &std::string::empty);
  if (!is_empty) report.excerpts.push_back(std::move(excerpt));
}

// The lines around where the leaks wait and around the `go` statements that made them.
void add_excerpts(LeaksReport& report, const SourceLines& source) {
  if (!source) return;
  for (const std::uint32_t index : report.shown) {
    const Finding* const finding = report.finding(index);
    const StackGroup& group = report.stacks.groups[index];
    if (finding == nullptr || !finding->may_leak() || group.blocked == kNone) continue;
    const StackFrame& blocked = report.stacks.frame(group, group.blocked);
    add_excerpt(report, source, {index, false, 0, 0, {}}, blocked);
    if (group.creator.index == kNone) continue;
    const StackFrame& creator = report.stacks.frame(group.creator);
    const bool is_near = creator.file == blocked.file &&
                         creator.line <= blocked.line + kLinesAround &&
                         creator.line >= blocked.line - kLinesAround;
    if (!is_near) add_excerpt(report, source, {index, true, 0, 0, {}}, creator);
  }
}

// The findings on groups that are kept.
void keep_findings(LeaksReport& report, std::span<const std::uint32_t> kept) {
  std::vector<std::uint8_t> is_kept(report.stacks.groups.size(), 0);
  for (const std::uint32_t group : kept) is_kept[group] = 1;
  std::erase_if(report.findings.all,
                [&](const Finding& finding) { return is_kept[finding.group] == 0; });
  report.finding_of.assign(report.stacks.groups.size(), kNone);
  report.findings.worst = Level::Benign;
  for (std::uint32_t i = 0; i < report.findings.all.size(); ++i) {
    const Finding& finding = report.findings.all[i];
    report.finding_of[finding.group] = i;
    if (!finding.is_known) report.findings.worst = std::max(report.findings.worst, finding.level);
  }
}

struct Earlier {
  EarlierFinding finding;
  std::string place;
};

// The places of the earlier series, by a key that outlives a rebuild.
std::map<std::string, Earlier> find_places(const SnapshotSeries& series, const Findings& findings) {
  std::map<std::string, Earlier> places;
  for (const Finding& finding : findings.all) {
    const StackGroup& group = series.stacks.groups[finding.group];
    Earlier& place = places[coarse_key(series.stacks, group)];
    place.finding.count = add_saturating(place.finding.count, group.count);
    place.finding.level = std::max(place.finding.level, finding.level);
    if (place.place.empty()) place.place = blocked_function(series.stacks, group);
  }
  return places;
}

// What is new since the earlier series, and what is gone.
void compare_with(const SnapshotSeries& before, const LeaksOptions& options, LeaksReport& report) {
  report.has_before = true;
  const auto places = find_places(before, judge(before, options.source));
  std::map<std::string, bool> leaks_now;
  for (Finding& finding : report.findings.all) {
    const std::string key = coarse_key(report.stacks, report.stacks.groups[finding.group]);
    const auto at = places.find(key);
    finding.before = at == places.end() ? EarlierFinding{} : at->second.finding;
    leaks_now[key] |= finding.may_leak();
  }
  for (const auto& [key, place] : places) {
    const auto at = leaks_now.find(key);
    if (place.finding.level < Level::Possible || (at != leaks_now.end() && at->second)) continue;
    report.gone.push_back({place.place, place.finding.count, place.finding.level});
  }
  std::ranges::stable_sort(report.gone, [](const GoneLeak& a, const GoneLeak& b) {
    return std::tuple(-static_cast<int>(a.level), -a.count) <
           std::tuple(-static_cast<int>(b.level), -b.count);
  });
}

void add_heap_shares(const HeapByFunction& heap, LeaksReport& report) {
  if (heap.is_empty()) return;
  report.has_heap = true;
  report.heap_bytes = heap.total();
  for (Finding& finding : report.findings.all) {
    if (!finding.may_leak()) continue;
    finding.heap = heap.share_of(report.stacks, report.stacks.groups[finding.group]);
  }
}

// When a snapshot was taken: what a profile says goes before the time of its file.
std::int64_t time_of(const LeaksInput& input, const Content& content) {
  const auto* const profile = std::get_if<Profile>(&content);
  return profile != nullptr && profile->time_nanos > 0 ? profile->time_nanos : input.time_ns;
}

bool is_filter_set(const LeaksOptions& options) {
  const GoroutineFilter& filter = options.filter;
  return filter.state || filter.function || filter.file || filter.exclude || filter.label ||
         filter.min_wait_minutes > 0 || options.min_count > 1;
}

}  // namespace

struct LeaksBuilder::State {
  explicit State(LeaksOptions leaks_options)
      : options(std::move(leaks_options)),
        series(options.filter.label, options.filter.min_wait_minutes),
        before(options.filter.label, options.filter.min_wait_minutes) {}

  LeaksOptions options;
  SeriesBuilder series;
  SeriesBuilder before;  // Of another build.
  std::int64_t snapshots_before = 0;
  HeapByFunction heap;
  std::int64_t snapshots = 0;
  bool has_clock = false;       // Of the last snapshot.
  bool has_file_times = false;  // Of some snapshot.
  std::vector<LeaksSource> sources;
  std::vector<std::string> notes;
};

LeaksBuilder::LeaksBuilder(LeaksOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
LeaksBuilder::LeaksBuilder(LeaksBuilder&&) noexcept = default;
LeaksBuilder& LeaksBuilder::operator=(LeaksBuilder&&) noexcept = default;
LeaksBuilder::~LeaksBuilder() = default;

// Begins a snapshot, unless the one at hand goes on. False: `content` had several, which are taken.
Result<bool> LeaksBuilder::begin(const LeaksInput& input, const Content& content) {
  if (const auto* dump = std::get_if<GoroutineDump>(&content)) {
    TRY_ASSIGN(const bool is_taken, take_parts(input, *dump));
    if (is_taken) return false;
  }
  State& state = *state_;
  const auto* const profile = std::get_if<Profile>(&content);
  if (profile != nullptr) TRY(check_goroutines(*profile));
  if (state.snapshots == 0 || !input.joins_last) {
    const std::int64_t said = state.options.interval_ns * (state.snapshots + 1);
    const bool is_dated = profile != nullptr && profile->time_nanos > 0;
    const std::int64_t read = time_of(input, content);
    state.series.start_snapshot(input.name, said > 0 ? said : read);
    state.has_clock = said == 0 && (is_dated || input.is_live);
    if (said == 0 && read != 0 && !state.has_clock) state.has_file_times = true;
    ++state.snapshots;
  }
  return true;
}

// Each of several dumps of one text is a snapshot, with those that other processes made at the
// time. False if there is one.
Result<bool> LeaksBuilder::take_parts(const LeaksInput& input, const GoroutineDump& dump) {
  std::vector<DumpPart> parts = split_dump(dump);
  if (parts.empty()) return false;
  const std::size_t processes = std::max<std::size_t>(dump.processes.size(), 1);
  add_note(input.name + " holds " + std::to_string(parts.size()) + " dumps" +
           (processes == 1 ? ": each is a snapshot."
                           : " of " + std::to_string(processes) +
                                 " processes, told apart by what the log says of their lines."));
  const bool has_rounds = parts.back().round > 0;
  std::size_t number = 0;
  std::uint32_t round = kNone;
  for (DumpPart& part : parts) {
    LeaksInput of_part = input;
    ++number;
    std::string name = processes == 1 ? std::string() : dump.processes[part.process].name;
    if (name.empty()) {
      name = std::to_string(number);
    } else if (has_rounds) {
      name += ", " + std::to_string(part.round + 1);
    }
    of_part.name += " (" + name + ")";
    of_part.process = part.process;
    of_part.joins_last = std::exchange(round, part.round) == part.round;
    Content content(std::move(part.dump));
    TRY(take(std::move(of_part), content));
  }
  return true;
}

Result<void> LeaksBuilder::add(LeaksInput input, const Content& content) {
  State& state = *state_;
  TRY_ASSIGN(const bool is_one, begin(input, content));
  if (!is_one) return {};
  LeaksSource source{std::move(input.name), {}, input.places, {}};
  if (const auto* dump = std::get_if<GoroutineDump>(&content)) {
    state.series.add(*dump, input.process);
    source.losses = dump->losses;
    source.crash_text = dump->crash_text;
  } else {
    const auto& profile = std::get<Profile>(content);
    TRY(state.series.add(profile, input.process));
    source.losses = profile.losses;
  }
  state.sources.push_back(std::move(source));
  return {};
}

Result<void> LeaksBuilder::take(LeaksInput input, Content& content) {
  auto* const dump = std::get_if<GoroutineDump>(&content);
  if (dump == nullptr) return add(std::move(input), content);
  TRY_ASSIGN(const bool is_one, begin(input, content));
  if (!is_one) return {};
  state_->series.take(*dump, input.process);
  state_->sources.push_back(
      {std::move(input.name), std::move(dump->losses), input.places, std::move(dump->crash_text)});
  return {};
}

Result<void> LeaksBuilder::add_before(const LeaksInput& input, const Content& content) {
  State& state = *state_;
  const auto* const profile = std::get_if<Profile>(&content);
  if (profile != nullptr) TRY(check_goroutines(*profile));
  const std::int64_t said = state.options.interval_ns * (state.snapshots_before + 1);
  if (state.snapshots_before == 0 || !input.joins_last) {
    state.before.start_snapshot(input.name, said > 0 ? said : time_of(input, content));
    ++state.snapshots_before;
  }
  if (profile != nullptr) return state.before.add(*profile, input.process);
  state.before.add(std::get<GoroutineDump>(content), input.process);
  return {};
}

Result<void> LeaksBuilder::add_heap(const Content& content) {
  const auto* const profile = std::get_if<Profile>(&content);
  if (profile == nullptr) return Error(ErrorCode::Usage, "no profile");
  return state_->heap.read(*profile);
}

void LeaksBuilder::add_note(std::string note) {
  state_->notes.push_back(std::move(note));
}

Result<void> LeaksBuilder::add_hint(const Content& content) {
  const auto* const profile = std::get_if<Profile>(&content);
  if (profile == nullptr) return Error(ErrorCode::Usage, "no profile");
  return state_->series.add_hint(*profile);
}

Result<LeaksReport> LeaksBuilder::finish() && {
  LeaksReport report;
  const LeaksOptions& options = state_->options;
  report.sources = std::move(state_->sources);
  if (state_->snapshots == 0) state_->series.start_snapshot("", 0);
  report.series = std::move(state_->series).finish();
  report.findings = judge(report.series,
                          options.keep_goroutines ? GoroutineIndex(report.series)
                                                  : GoroutineIndex::freeing_rows(report.series),
                          options.source);
  report.memory_limit = options.memory_limit;
  report.memory_limit_of = options.memory_limit_of;
  report.root = options.root;
  report.baseline = std::move(state_->options.baseline);
  report.has_clock = state_->has_clock;
  std::ranges::move(state_->notes, std::back_inserter(report.findings.notes));
  if (state_->has_file_times && report.series.has_times) {
    report.findings.notes.push_back(
        "Times are those at which the files were written; -every=30s says them otherwise.");
  }
  report.stacks = std::move(report.series.stacks);
  report.total = report.stacks.goroutine_count;
  report.is_filtered = is_filter_set(options);
  if (options.filter.min_wait_minutes > 0 && !report.stacks.has_wait_times) {
    return Error(ErrorCode::Usage,
                 "a minimum age was asked for, but only dumps (goroutine?debug=2) say how long "
                 "goroutines have waited");
  }
  if (options.filter.label && report.total > 0 && !report.stacks.tells_labels) {
    return Error(ErrorCode::Usage,
                 "a label was asked for, but these dumps tell none: Go prints labels in them from "
                 "1.27 on, and before with GODEBUG=tracebacklabels=1; profiles (goroutine?debug=1) "
                 "always have them");
  }
  GroupFilter is_kept(report.stacks, options);
  std::vector<std::uint32_t> kept;
  for (std::uint32_t i = 0; i < report.stacks.groups.size(); ++i) {
    if (is_kept(report.stacks.groups[i])) kept.push_back(i);
  }
  mark_known(report.baseline, report.stacks, report.findings.all);
  if (state_->snapshots_before > 0) {
    compare_with(std::move(state_->before).finish(), options, report);
  }
  add_heap_shares(state_->heap, report);
  keep_findings(report, kept);
  total_states(report, kept);
  total_groups(report, kept);
  choose_shown(report, std::move(kept), options.limit);
  add_excerpts(report, options.source);
  return report;
}

std::string_view state_text(const StackGroups& stacks, const StackGroup& group) {
  if (group.state.index == 0) return "unknown";
  const std::string_view state = stacks.text(group.state);
  return group.is_range.value_or(false) && state == "chan receive" ? "chan receive (range)" : state;
}

}  // namespace plumb
