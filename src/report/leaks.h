// SPDX-License-Identifier: Apache-2.0
// The `leaks` report: does it leak, where, since when, how fast, what does it cost, why, and how is
// it fixed. Below that, which goroutines there are, where they wait, and who made them.
//
// Two steps, so that every output agrees: a LeaksBuilder computes, render_leaks_*() only lay out.
// The text is made for the first screen of somebody with an incident at hand; leaks_json.cc
// documents the JSON.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "formats/detect.h"
#include "formats/read_options.h"
#include "leak/goroutine_filter.h"
#include "leak/snapshot_series.h"
#include "leak/stack_groups.h"
#include "leak/verdict.h"
#include "report/leak_baseline.h"

namespace plumb {

struct LeaksOptions {
  GoroutineFilter filter;
  std::int64_t min_count = 0;  ///< Groups with fewer goroutines are left out; 1 or less: none.
  /// Show at most so many groups; 0: all; negative: those that may leak, or, if none does, as many
  /// as fit a screen.
  std::int64_t limit = 0;
  SourceLines source;              ///< Lines of source files that are at hand; may be empty.
  std::int64_t interval_ns = 0;    ///< Between two snapshots, where it was said; 0: read it.
  LeakBaseline baseline;           ///< What is known.
  std::uint64_t memory_limit = 0;  ///< Bytes that the program may use; 0: not known.
  std::string memory_limit_of;     ///< Whose limit it is, if nobody asked for one; else empty.
  std::string
      root;  ///< Files below this folder are named from there on for CI; empty: as they are.
  bool keep_goroutines = true;  ///< In LeaksReport::series, one by one.
};

/// Where an input of the report stands in the series.
struct LeaksInput {
  std::string name;
  PlaceUnit places = PlaceUnit::Byte;
  std::int64_t time_ns = 0;   ///< When it was taken, since 1970; 0: not known.
  std::uint32_t process = 0;  ///< Which of several processes gave it.
  bool joins_last = false;    ///< Was taken at the time of the input before.
  bool is_live = false;       ///< `time_ns` is the time of a clock, not that of a file.
};

/// One input of the report.
struct LeaksSource {
  std::string name;  ///< As people should see it.
  std::vector<Loss> losses;
  PlaceUnit places = PlaceUnit::Byte;   ///< What Loss::first_place counts.
  std::vector<std::string> crash_text;  ///< "panic: ...", of a crashed program.
};

/// Goroutines that pass the filter, by state as shown.
struct StateTotal {
  std::string state;
  std::int64_t count = 0;
  std::size_t groups = 0;
};

/// What may have leaked in the earlier series and is not in this one.
struct GoneLeak {
  std::string place;  ///< The function where it waited.
  std::int64_t count = 0;
  Level level = Level::Possible;
};

/// Lines of a source file around one that matters.
struct SourceExcerpt {
  std::uint32_t group = 0;
  bool is_creator = false;  ///< Around the `go` statement; else around where it waits.
  std::int64_t first_line = 0;
  std::int64_t marked_line = 0;
  std::vector<std::string> lines;
};

struct LeaksReport {
  std::vector<LeaksSource> sources;
  SnapshotSeries series;                  ///< Without its groups, which are in `stacks`.
  StackGroups stacks;                     ///< Every group, and the names of all of them.
  Findings findings;                      ///< The verdict, of the groups kept.
  std::vector<std::uint32_t> finding_of;  ///< By group: index in findings.all, or kNone.
  std::uint64_t memory_limit = 0;         ///< As asked for, or as found.
  std::string memory_limit_of;            ///< As in the options.
  std::string root;                       ///< As in the options.
  std::vector<GoneLeak> gone;             ///< What leaked in it, and is not here.
  std::int64_t heap_bytes = 0;            ///< In use by it.
  std::vector<std::uint32_t> shown;       ///< Groups to show, in order: indices in `stacks.groups`.
  std::vector<StateTotal> states;         ///< Most goroutines first, then by name.
  std::int64_t total = 0;                 ///< Goroutines in all sources.
  std::int64_t matched = 0;               ///< Goroutines in the groups kept, shown or not.
  std::int64_t inferred = 0;              ///< Of them, those whose state is known by inference.
  std::size_t group_count = 0;            ///< Groups kept, shown or not.
  std::int64_t hidden_goroutines = 0;     ///< In the groups kept but not shown.
  std::int64_t largest = 0;               ///< Goroutines of the largest group kept; 0 without one.
  std::uint64_t memory_bytes = 0;         ///< At least, of the groups kept.
  std::size_t cut_groups = 0;             ///< Groups kept whose stacks probably miss their roots.
  std::vector<SourceExcerpt> excerpts;  ///< Of shown groups that may leak, where files are at hand.
  LeakBaseline baseline;                ///< As given.
  bool has_before = false;              ///< There is an earlier series to compare with.
  bool has_heap = false;                ///< There is a heap profile.
  bool has_clock = false;               ///< Times of snapshots are times of the day.
  bool counts_goroutines = true;        ///< False: threads, or stacks of a program's own profile.
  bool is_filtered = false;             ///< The options leave something out.

  /// The finding on a group; null if there is none.
  [[nodiscard]] const Finding* finding(std::uint32_t group) const {
    const std::uint32_t at = group < finding_of.size() ? finding_of[group] : kNone;
    return at == kNone ? nullptr : &findings.all[at];
  }
};

/// Makes one report of a series of inputs, in the order of time. An input may be freed once it was
/// added. Not thread-safe.
class LeaksBuilder {
 public:
  explicit LeaksBuilder(LeaksOptions options);
  LeaksBuilder(LeaksBuilder&&) noexcept;
  LeaksBuilder& operator=(LeaksBuilder&&) noexcept;
  ~LeaksBuilder();

  /// Adds the goroutines of `content`, a dump or a profile that counts goroutines, as the next
  /// snapshot.
  ///
  /// Errors: Usage for a profile that counts something else.
  Result<void> add(LeaksInput input, const Content& content);
  /// The same, and frees on the way what memory a dump has for its goroutines.
  Result<void> take(LeaksInput input, Content& content);
  Result<void> add(std::string name, const Content& content, PlaceUnit places) {
    return add({std::move(name), places, 0, 0, false, false}, content);
  }

  /// Learns from a profile taken beside the series: SeriesBuilder::add_hint().
  Result<void> add_hint(const Content& content);

  /// Adds a snapshot of an earlier series, of another build, that this one is compared with.
  ///
  /// Errors: as add().
  Result<void> add_before(const LeaksInput& input, const Content& content);

  /// Learns from a heap profile what the goroutines retain; the last one counts.
  ///
  /// Errors: Usage for anything else.
  Result<void> add_heap(const Content& content);

  /// Says with the verdict what limits it: a sentence.
  void add_note(std::string note);

  /// Errors: Usage if a minimum age is asked for and no input has wait times.
  Result<LeaksReport> finish() &&;

 private:
  Result<bool> begin(const LeaksInput& input, const Content& content);
  Result<bool> take_parts(const LeaksInput& input, const GoroutineDump& dump);
  struct State;
  std::unique_ptr<State> state_;
};

/// The state as people read it: "chan receive (range)", "unknown"; views `report` or a constant.
std::string_view state_text(const StackGroups& stacks, const StackGroup& group);

/// Appends the report as text. Lines are broken at `width` columns where that is possible; 0:
/// never.
void render_leaks_text(const LeaksReport& report, std::size_t width, Writer& out);

/// Appends the report as JSON, one group a line; valid UTF-8 whatever the names hold.
void render_leaks_json(const LeaksReport& report, Writer& out);

/// Appends one of its groups as it stands there; `group`: index in report.stacks.groups.
void render_leak_group_json(const LeaksReport& report, std::uint32_t group, Writer& out);

}  // namespace plumb
