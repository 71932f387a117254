// SPDX-License-Identifier: Apache-2.0
// What a report is asked for. Names and defaults are pprof's; the command line, the shell and the
// web fill this from the one options table in app/options.

#pragma once

#include <cstdint>
#include <string>

#include "model/aggregate.h"

namespace plumb {

/// The reports. Some options mean something else, or nothing, in some of them.
enum class ReportKind : std::uint8_t {
  Top,
  Tree,
  Peek,
  List,
  Disasm,
  WebList,
  Traces,
  Tags,
  Raw,
  Comments,
  Dot,  ///< And every picture made from it.
  Callgrind,
  Proto,
  TopProto,
  Folded,
  Speedscope,
  Flamegraph,
};

enum class SortOrder : std::uint8_t { Flat, Cum };

/// Which samples, frames and labels take part. Regular expressions; empty: no such filter.
struct FilterOptions {
  std::string focus = {};       ///< Keep samples with a matching function or file.
  std::string ignore = {};      ///< Drop samples with one.
  std::string hide = {};        ///< Remove matching frames.
  std::string show = {};        ///< Remove frames that do not match.
  std::string show_from = {};   ///< Remove what calls the outermost matching frame.
  std::string prune_from = {};  ///< Remove what the innermost matching frame calls.
  std::string tagfocus = {};    ///< Keep samples by label: [key=]regexp or range.
  std::string tagignore = {};   ///< Drop samples by label.
  std::string tagshow = {};     ///< Remove labels whose key does not match.
  std::string taghide = {};     ///< Remove labels whose key matches.

  [[nodiscard]] bool is_empty() const { return *this == FilterOptions{}; }
  friend bool operator==(const FilterOptions&, const FilterOptions&) = default;
};

struct ReportOptions {
  std::string sample_index = {};  ///< Index or name of a sample type; empty: the profile's default.
  SortOrder sort = SortOrder::Flat;
  std::int64_t nodecount = -1;   ///< At most so many nodes; -1: the command's default; 0: all.
  double nodefraction = 0.005;   ///< Hide nodes below this share of the total.
  double edgefraction = 0.001;   ///< Hide edges below this share of the total.
  bool trim = true;              ///< False: no limits, as if the three above were 0.
  std::string unit = "minimum";  ///< "minimum": one for the report; "auto": per value; or a name.
  double divide_by = 1;          ///< Values are divided by this for display.
  bool mean = false;             ///< Divide each value by the first value of its sample.
  bool compact_labels = false;   ///< Leave out the header lines about the profile.
  bool drop_negative = false;    ///< Leave out nodes whose value is negative (diffs).
  bool call_tree = false;        ///< A node for each way to a function (Dot and Callgrind only).
  bool relative_percentages = false;  ///< Filter before the total is taken.
  AggregateOptions aggregate = {};
  bool derive_labels = true;  ///< Infer states of goroutines, for `tags` and the options on labels.
  /// States are inferred for the report itself, which shows them beside stacks.
  bool shows_states = false;
  /// Frames that are taken out stay in the stacks, and ReportInput::hidden names their locations.
  bool keeps_stacks = false;
  std::string tagroot = {};  ///< Comma list of label keys: their values become frames at the root.
  std::string tagleaf = {};  ///< The same at the leaf.
  std::string source_path = {};  ///< Colon list of directories to look for sources in.
  std::string trim_path = {};    ///< Colon list of prefixes cut off source paths.
  bool recursive_sums = false;   ///< In listings, count a function once for each call in a stack.
  bool intel_syntax = false;     ///< Of disassembly.
  bool is_inverted = false;      ///< Flamegraph: leaves at the root.
  FilterOptions filters = {};
};

/// The options as they hold in a report of that kind: pprof's defaults and overrides.
ReportOptions effective_options(ReportKind kind, ReportOptions options);

}  // namespace plumb
