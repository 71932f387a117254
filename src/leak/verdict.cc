// SPDX-License-Identifier: Apache-2.0
#include "leak/verdict.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/strings.h"
#include "base/units.h"
#include "leak/benign_rules.h"
#include "leak/cxx_words.h"
#include "leak/families.h"
#include "leak/group_study.h"
#include "leak/memory.h"
#include "leak/pattern_cases.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::int64_t kCrowd = 10'000;  // One snapshot with so many at one place.
constexpr std::int64_t kSenders = 100;   // The same of senders and of those who want a lock.
constexpr std::int64_t kWatched = 100;
constexpr std::uint64_t kLongWait = 10;  // Minutes.

/// A level and why.
struct Ruling {
  Level level = Level::Watch;
  std::string reason;
};

std::string counter_reason(const GroupStudy& group) {
  if (group.turns_over) return "they come and go";
  if (group.is_plateau) return "the number has stopped growing";
  if (group.is_startup) return "made at the start, and no more since";
  if (group.is_woken) return "they run now and then";
  if (group.scatters) return "their number rises, but some leave";
  if (group.has_workers) return "whom they may wait for is not stuck";
  return {};
}

bool is_contradicted(const GroupStudy& group) {
  return group.turns_over || group.is_plateau || group.is_woken || group.follows_load ||
         group.is_being_read || group.has_workers;
}

bool speaks_against(const GroupStudy& group) {
  return is_contradicted(group) || group.scatters;
}

std::optional<Ruling> rule_certain(const GroupStudy& group) {
  if (!group.is_certain) return std::nullopt;
  return Ruling{Level::Confirmed, "they can never go on"};
}

// A file that can be waited for is one side of a pipe, or a terminal.
std::string_view awaited_by(const StackGroups& stacks, const GroupStudy& group) {
  if (group.is_being_read) return describe(WaitKind::IoWait);
  if (group.kind == WaitKind::SystemCall && waits_for_process(stacks, *group.group, group.kind)) {
    return "a process to end";
  }
  const bool is_file =
      group.kind == WaitKind::IoWait && (has_function(stacks, *group.group, "os.(*File).Read") ||
                                         has_function(stacks, *group.group, "os.(*File).Write"));
  return is_file ? "a pipe or a file" : describe(group.kind);
}

constexpr std::string_view kSlowLock =
    "nobody got the lock so far, but it may only be held for long";

// What grows and never shrinks.
std::optional<Ruling> rule_growth(const StackGroups& stacks, const GroupStudy& group) {
  if (!group.has_grown() || group.turns_over || group.is_plateau) return std::nullopt;
  const bool needs_other = needs_another_goroutine(group.kind);
  if (needs_other && group.may_be_slow) return Ruling{Level::Possible, std::string(kSlowLock)};
  if (needs_other && group.has_clients && !speaks_against(group)) {
    return Ruling{Level::Possible, "their number only grows, but their clients may still be there"};
  }
  if (needs_other && !speaks_against(group)) {
    if (group.accumulates) return Ruling{Level::Likely, "they come and none leaves"};
    if (group.spreads)
      return Ruling{Level::Likely, "made all along, and the old ones are still here"};
    return Ruling{Level::Likely, "their number only grows"};
  }
  // Connections that are used are traffic, whatever their number.
  if (group.is_woken && group.kind == WaitKind::IoWait) return std::nullopt;
  if (group.is_woken) {
    return Ruling{Level::Possible, "their number only grows, but they run now and then"};
  }
  return Ruling{Level::Possible, "their number only grows, but they wait for " +
                                     std::string(awaited_by(stacks, group))};
}

// Who is stuck where nobody idles is, whether others still come or not.
std::optional<Ruling> rule_stuck(const GroupStudy& group) {
  const bool is_moving = group.turns_over || group.is_woken || group.scatters || group.has_workers;
  if (is_moving || !group.stays || group.residence.stayed == 0) return std::nullopt;
  if (!is_rarely_idle(group.kind)) return std::nullopt;
  return Ruling{Level::Possible, "they do not move"};
}

// What stands still, where standing still is no usual thing.
std::optional<Ruling> rule_standstill(const SeriesStudy& all, const GroupStudy& group) {
  if (speaks_against(group) || !needs_another_goroutine(group.kind)) return rule_stuck(group);
  const bool has_no_partner =
      group.creator == CreatorState::Gone || group.creator == CreatorState::Stuck;
  if (group.is_in_lock_cycle && group.stays) {
    return Ruling{Level::Likely, "they wait for each other's locks"};
  }
  if (group.may_be_slow) return Ruling{Level::Possible, std::string(kSlowLock)};
  if (group.is_deadlocked) return Ruling{Level::Likely, "nobody gets the lock"};
  if (group.holds_lock) return Ruling{Level::Likely, "it holds a lock that nobody gets"};
  if (group.stays && group.residence.residents > 0) {
    if (is_rarely_idle(group.kind)) return rule_stuck(group);
    if (has_no_partner && !group.is_startup) {
      return Ruling{Level::Possible, "they do not move, and who started them is gone or stuck"};
    }
    return std::nullopt;
  }
  if (all.series.id_snapshots > 1) return std::nullopt;
  if (is_rarely_idle(group.kind) && group.waiting_minutes >= 1) {
    return Ruling{Level::Possible,
                  "they have waited for " + plural(group.waiting_minutes, "minute") + " and more"};
  }
  if (has_no_partner && !group.is_startup && group.waiting_minutes >= kLongWait) {
    return Ruling{Level::Possible, "they have waited for " +
                                       plural(group.waiting_minutes, "minute") +
                                       " and more, and who started them is gone or stuck"};
  }
  return std::nullopt;
}

// One weak sign.
std::optional<Ruling> rule_hint(const GroupStudy& group) {
  if (is_contradicted(group) || !needs_another_goroutine(group.kind)) return std::nullopt;
  const std::int64_t count = group.group->count;
  if (group.scatters && count < kCrowd) return std::nullopt;
  if (group.kind == WaitKind::NoCases) return Ruling{Level::Possible, "it can never go on"};
  if (group.may_grow) return Ruling{Level::Possible, "their number has only grown so far"};
  if (group.spreads_by_id && group.creator == CreatorState::Gone && !group.is_startup) {
    return Ruling{Level::Possible, "made all along by a function that has returned"};
  }
  if (group.is_constant && is_rarely_idle(group.kind)) {
    return Ruling{Level::Possible, "as many in every snapshot, in a state that is seldom idle"};
  }
  if (count >= kCrowd) return Ruling{Level::Possible, "a crowd at one place"};
  if (count >= kSenders && is_rarely_idle(group.kind)) {
    return Ruling{Level::Possible, "a crowd in a state that is seldom idle"};
  }
  return std::nullopt;
}

Ruling rule_rest(const GroupStudy& group) {
  if (group.kind == WaitKind::Running) return {Level::Benign, "they run"};
  if (group.turns_over) return {Level::Benign, counter_reason(group)};
  const std::string counter = counter_reason(group);
  if (!counter.empty()) return {Level::Watch, counter};
  if (group.may_grow) return {Level::Watch, "their number has grown, but that is all"};
  if (group.group->count >= kWatched)
    return {Level::Watch, "many, but nothing says that they stay"};
  return {Level::Watch, "nothing speaks for a leak"};
}

Ruling rule(const SeriesStudy& all, const GroupStudy& group,
            const std::optional<BenignMatch>& benign) {
  if (auto ruling = rule_certain(group)) return *std::move(ruling);
  if (benign && benign->holds) return {Level::Benign, std::string(benign->name)};
  std::optional<Ruling> ruling = rule_growth(all.series.stacks, group);
  if (!ruling) ruling = rule_standstill(all, group);
  if (!ruling) ruling = rule_hint(group);
  if (!ruling) ruling = rule_rest(group);
  if (benign && ruling->level >= Level::Possible) {
    ruling->reason += "; usual is: " + std::string(benign->name) + ", " + benign->condition;
  }
  return *std::move(ruling);
}

// Go's own proof is of those that nothing can wake: not of who waits for time to pass, or for what
// comes from outside.
bool may_be_proved(const StackGroups& stacks, const GroupStudy& group, std::string_view pattern) {
  return pattern != "L21" && pattern != "L25" &&
         !awaits_http_answer(stacks, *group.group, group.kind);
}

std::string advise(const SeriesStudy& all, const GroupStudy& group, const Finding& finding) {
  const Level level = finding.level;
  if (level == Level::Confirmed || level == Level::Benign) return {};
  const SnapshotSeries& series = all.series;
  if (series.id_snapshots == 0) {
    return "two dumps with ids a minute apart: goroutine?debug=2";
  }
  if (series.id_snapshots < 2) return "a second dump a minute later: who is still there, who came?";
  if (level == Level::Likely && is_cxx(series.stacks, *group.group)) {
    return {};  // plumb::rt always has the profile that proves it.
  }
  if (level == Level::Likely && may_be_proved(series.stacks, group, finding.pattern)) {
    if (series.has_leak_profile) {
      return "a longer series: plumb record; the goroutineleak profile has none of them, for "
             "something in the program still refers to what they wait for";
    }
    return "the goroutineleak profile (Go 1.27, or GOEXPERIMENT=goroutineleakprofile), which "
           "proves it unless something in the program still refers to what they wait for";
  }
  if (group.residence.arrived == 0) return "a dump after more requests: does the number grow?";
  return "a longer series: plumb record";
}

// Waits and who was there are as of the last dump: what went by between it and the last snapshot.
double seconds_since_ids(const SnapshotSeries& series, const GroupStudy& group) {
  if (!series.has_times || series.id_snapshots == 0) return 0;
  return std::max(0.0, group.times.back() - series.time_of(series.last_id_snapshot));
}

std::optional<Beginning> find_bound(const SeriesStudy& all, const GroupStudy& group) {
  const SnapshotSeries& series = all.series;
  const std::uint64_t oldest = group.longest_wait;
  const double last = group.times.back();
  const double gap = seconds_since_ids(series, group);
  // A last snapshot that tells waits and no ids has its own.
  const double waited =
      static_cast<double>(oldest) * kSecondsPerMinute + (group.group->waits.empty() ? gap : 0);
  if (series.has_times && group.counts.size() > 2) {
    const std::size_t start = growth_start(group.counts);
    const double seconds = last - group.times[start];
    if (start > 0 && (oldest == 0 || seconds > waited)) {
      return Beginning{seconds, false, "where the counts begin to rise"};
    }
  }
  if (oldest > 0) {
    return Beginning{waited, true, "the longest wait"};
  }
  if (series.has_times && group.residence.residents > 0) {
    return Beginning{series.id_window() + gap, true, "who was there in the first snapshot"};
  }
  return std::nullopt;
}

// A number that grows steadily began as long ago as its rate takes to reach it.
std::optional<Beginning> find_beginning(const SeriesStudy& all, const GroupStudy& group) {
  std::optional<Beginning> since = find_bound(all, group);
  if (!since || !since->is_at_least || !group.accumulates || !group.rate) return since;
  if (!group.rate->is_per_second || group.rate->per_second.value <= 0) return since;
  const double seconds = static_cast<double>(group.group->count) / group.rate->per_second.value;
  if (seconds > since->seconds_ago) since->seconds_ago_by_rate = seconds;
  return since;
}

void study(const SeriesStudy& all, GroupStudy& group) {
  study_certain(all, group);
  study_wakes(all, group);
  study_residence(all, group);
  study_ages(all, group);
  study_counts(all, group);
  study_locks(all, group);
  study_creator(all, group);
  study_stack(all, group);
  study_fleet(all, group);
}

Finding find(const SeriesStudy& all, GroupStudy& group, const SourceLines& source) {
  const std::optional<BenignMatch> benign = find_benign_rule(all, group);
  Ruling ruling = rule(all, group, benign);
  Finding finding;
  finding.group = group.index;
  finding.kind = group.kind;
  finding.level = ruling.level;
  finding.reason = std::move(ruling.reason);
  if (benign) finding.benign_rule = benign->name;
  if (finding.level >= Level::Possible) {
    explain(all, group, source, benign ? benign->pattern : std::string_view(), finding);
    finding.since = find_beginning(all, group);
  }
  finding.next = advise(all, group, finding);
  finding.evidence = std::move(group.evidence);
  finding.against = std::move(group.against);
  finding.rate = group.rate;
  finding.memory_bytes = memory_at_least(all.series.stacks, *group.group);
  return finding;
}

// Findings are large: their places are sorted, and each is moved once.
void sort_findings(const StackGroups& stacks, std::vector<Finding>& findings) {
  std::vector<std::uint32_t> order(findings.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t left, std::uint32_t right) {
    const Finding& a = findings[left];
    const Finding& b = findings[right];
    const auto key = [&](const Finding& finding) {
      return std::tuple(finding.level, finding.memory_bytes, stacks.groups[finding.group].count);
    };
    return key(a) == key(b) ? left < right : key(a) > key(b);
  });
  std::vector<Finding> sorted;
  sorted.reserve(findings.size());
  for (const std::uint32_t at : order) sorted.push_back(std::move(findings[at]));
  findings = std::move(sorted);
}

// "a1b2c3d4e5f6" of an id with forty digits.
std::string_view short_build(std::string_view build) {
  constexpr std::size_t kShown = 12;
  return build.substr(0, kShown);
}

// Ids only grow, and where the newest goroutines have ended the next ones are seldom far behind.
bool goes_backwards(const SeriesStudy& all) {
  constexpr std::uint64_t kOutOfOrder = 64;
  const SnapshotSeries& series = all.series;
  const bool is_known = series.has_times || series.snapshots.back().processes > 1;
  return !is_known && series.id_snapshots > 1 &&
         all.newest_id + kOutOfOrder < series.first_newest_id;
}

void add_notes(const SeriesStudy& all, Findings& findings) {
  const SnapshotSeries& series = all.series;
  if (goes_backwards(all)) {
    findings.notes.push_back(
        "The first dump has newer goroutines than the last: if they were taken in another order, "
        "name them in that.");
  }
  if (series.builds.size() > 1) {
    findings.notes.push_back(
        "The series has " + plural(series.builds.size(), "build") +
        "; what the last one brought: -since=" + printable(short_build(series.builds.back())));
  }
  if (series.restarts > 0) {
    findings.notes.push_back("The program was started anew " + plural(series.restarts, "time") +
                             " within the series; what came before the last start does not count.");
  }
  const auto cut =
      static_cast<std::size_t>(std::ranges::count_if(series.snapshots, &Snapshot::is_cut));
  if (cut > 0 && series.snapshots.size() > 1) {
    findings.notes.push_back(plural(cut, "snapshot") + (cut == 1 ? " is" : " are") +
                             " cut; goroutines that are missing there have neither come nor left.");
  }
  if (series.snapshots.size() > 1 && !series.has_times) {
    findings.notes.push_back(
        "When the snapshots were taken is not known, so rates are by snapshot; -every=30s says "
        "it.");
  }
}

bool is_judged(const StackGroup& group) {
  return group.count > 0 && group.counts_goroutines;
}

}  // namespace

Findings judge(const SnapshotSeries& series, const SourceLines& source) {
  return judge(series, GoroutineIndex(series), source);
}

Findings judge(const SnapshotSeries& series, GoroutineIndex goroutines, const SourceLines& source) {
  const SeriesStudy all = study_series(series, std::move(goroutines));
  std::vector<GroupStudy> studies;
  studies.reserve(series.stacks.groups.size());
  Findings findings;
  for (std::uint32_t i = 0; i < series.stacks.groups.size(); ++i) {
    studies.push_back(study_group(all, i));
    if (is_judged(series.stacks.groups[i])) study(all, studies.back());
  }
  find_siblings(all, studies);
  find_lock_holders(all, studies);
  find_workers(all, studies);
  find_connections(all, studies);
  findings.all.reserve(studies.size());
  for (GroupStudy& group : studies) {
    if (!is_judged(*group.group)) continue;
    findings.all.push_back(find(all, group, source));
    findings.worst = std::max(findings.worst, findings.all.back().level);
  }
  sort_findings(series.stacks, findings.all);
  find_families(all, studies, findings.all);
  add_notes(all, findings);
  return findings;
}

}  // namespace plumb
