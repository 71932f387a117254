// SPDX-License-Identifier: Apache-2.0
// The `leaks` report: which goroutines are stuck, where, since when, and who made them.
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
#include "leak/stack_groups.h"

namespace plumb {

struct LeaksOptions {
  GoroutineFilter filter;
  std::int64_t min_count = 0;  ///< Groups with fewer goroutines are left out; 1 or less: none.
  std::size_t limit = 0;       ///< Show at most so many groups; 0: all.
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

struct LeaksReport {
  std::vector<LeaksSource> sources;
  StackGroups stacks;                  ///< Every group, and the names of all of them.
  std::vector<std::uint32_t> shown;    ///< Groups to show, in order: indices in `stacks.groups`.
  std::vector<StateTotal> states;      ///< Most goroutines first, then by name.
  std::int64_t total = 0;              ///< Goroutines in all sources.
  std::int64_t matched = 0;            ///< Goroutines in the groups kept, shown or not.
  std::int64_t inferred = 0;           ///< Of them, those whose state is known by inference.
  bool counts_goroutines = true;       ///< False: threads, or stacks of a program's own profile.
  std::size_t group_count = 0;         ///< Groups kept, shown or not.
  std::int64_t hidden_goroutines = 0;  ///< In the groups kept but not shown.
  std::int64_t largest = 0;            ///< Goroutines of the largest group kept; 0 without one.
  std::uint64_t memory_bytes = 0;      ///< At least, of the groups kept.
  std::size_t cut_groups = 0;          ///< Groups kept whose stacks probably miss their roots.
  bool is_filtered = false;            ///< The options leave something out.
};

/// Sums inputs into one report. An input may be freed once it was added. Not thread-safe.
class LeaksBuilder {
 public:
  explicit LeaksBuilder(LeaksOptions options);
  LeaksBuilder(LeaksBuilder&&) noexcept;
  LeaksBuilder& operator=(LeaksBuilder&&) noexcept;
  ~LeaksBuilder();

  /// Adds the goroutines of `content`, a dump or a profile that counts goroutines.
  ///
  /// Errors: Usage for a profile that counts something else.
  Result<void> add(std::string name, const Content& content, PlaceUnit places);

  /// Errors: Usage if a minimum age is asked for and no input has wait times.
  Result<LeaksReport> finish() &&;

 private:
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

}  // namespace plumb
