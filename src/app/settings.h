// SPDX-License-Identifier: Apache-2.0
// Settings: what the options of one command line say. Filled through the table in options.h.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/fetch.h"
#include "report/report_options.h"

namespace plumb::cli {

/// An age given as "10" (minutes) or as a duration of Go ("90s", "1h30m"), rounded up.
struct Age {
  std::uint64_t minutes = 0;
};

/// A duration given as "5" (seconds) or as one of Go ("90s", "1h30m").
struct Duration {
  std::int64_t ns = 0;  ///< Empty or not given: 0.
};

/// pprof's flags that are short for a sample index, in the order in which pprof applies them.
struct ValueShortcut {
  std::string_view flag;
  std::string_view sample_index;
  bool mean = false;
};
inline constexpr std::array kValueShortcuts = {
    ValueShortcut{"total_delay", "delay"},           ValueShortcut{"mean_delay", "delay", true},
    ValueShortcut{"contentions", "contentions"},     ValueShortcut{"inuse_space", "inuse_space"},
    ValueShortcut{"inuse_objects", "inuse_objects"}, ValueShortcut{"alloc_space", "alloc_space"},
    ValueShortcut{"alloc_objects", "alloc_objects"},
};

/// The names of all values of Granularity, in their order.
inline constexpr std::array<std::string_view, 5> kGranularityNames = {
    "functions", "filefunctions", "files", "lines", "addresses"};

/// In which `plumb leaks` writes.
inline constexpr std::array<std::string_view, 6> kLeakFormats = {"github",   "json",  "junit",
                                                                 "markdown", "sarif", "text"};

/// What -fail_on takes, of `plumb leaks` and of `plumb diff`.
inline constexpr std::array<std::string_view, 3> kLeaksFailures = {"possible", "likely",
                                                                   "confirmed"};
inline constexpr std::array<std::string_view, 3> kDiffFailures = {"grew", "shrank", "changed"};

/// What `plumb leaks` is asked for beyond the source.
struct LeakSettings {
  std::int64_t group_count = -1;  ///< Groups shown; 0: all; -1: those that may leak.
  std::string state;              ///< Regular expressions; empty: everything.
  std::string function;
  std::string file;
  std::string exclude;  ///< On functions and files; empty: nothing.
  std::string label;    ///< key=regexp, or a regular expression on "key:value".
  Age min_age;
  std::int64_t min_count = 1;
  Duration every;              ///< Between two snapshots.
  Duration watch_for;          ///< How long to watch servers.
  std::string baseline;        ///< A file of what is known; empty: none.
  std::string write_baseline;  ///< A file to write what was found to; empty: none.
  std::string format;          ///< One of kLeakFormats; empty: text, or JSON if asked for.
  std::string memory_limit;    ///< Bytes with a unit: what the program may use.
  std::string before;          ///< A source of an earlier series to compare with; empty: none.
  std::string since;           ///< The build at which the series begins; empty: none.
  std::int64_t fail_at = 0;    ///< Exit 1 if a group shown has so many goroutines; 0: never.
};

/// What `plumb record` is asked for.
struct RecordSettings {
  std::string until;         ///< "goroutines > N"; empty: never.
  std::int64_t keep = 1000;  ///< Files at most; the oldest make place.
};

/// How several sources become one profile.
struct SourceSettings {
  std::string base;         ///< A source whose values are subtracted; empty: none.
  std::string diff_base;    ///< The same, its samples kept apart.
  bool normalize = false;   ///< Scale the sources to the totals of the base.
  std::string add_comment;  ///< Becomes part of the profile.
  bool all_frames = false;  ///< Prune nothing that the profile itself asks to prune.
};

/// What `plumb diff` is asked for beyond the sources.
struct DiffSettings {
  std::string min_change = "1";  ///< See parse_least_change().
};

/// Where the web UI is, and who shows it.
struct WebSettings {
  std::string http;              ///< "host:port" as given; empty: no web UI was asked for.
  bool no_browser = false;       ///< Nobody opens a browser on it.
  std::string html;              ///< A file that the pages are written to; "-": standard output.
  std::string redact;            ///< What the file keeps back: words of web::parse_redaction().
  std::int64_t most_ids = 1000;  ///< Goroutines that the file lists, of each group.
  bool no_script = false;        ///< Tables and pictures alone.
};

struct Settings {
  SourceSettings sources;
  ReportOptions report;  ///< Completed by report_options() from the fields below.
  std::string sort = "flat";
  std::string granularity;  ///< One of kGranularityNames; empty: what the report has by default.
  std::array<bool, kValueShortcuts.size()> value_shortcuts{};
  LeakSettings leaks;
  DiffSettings diff;
  std::string fail_on;  ///< What makes the exit status 1, as the command takes it; empty: nothing.
  WebSettings web;
  RecordSettings record;
  std::string output;  ///< A file; empty: standard output.
  bool json = false;
  bool csv = false;
  std::int64_t seconds = -1;
  std::int64_t timeout_seconds = -1;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_ca;
  std::string symbolize;  ///< As parse_symbolize_mode() takes it.
  std::string build_id;   ///< Of the first mapping if the profile does not say.
  std::string tools;      ///< pprof's paths of programs, none of which plumb needs.
};

/// The report options that `settings` add up to. What is contradictory but harmless is said to
/// `notice`, in pprof's words. Errors: Usage.
Result<ReportOptions> report_options(const Settings& settings, const Notice& notice);

/// How sources are to be fetched. `bare_host_path` is what a server named without a path is asked
/// for. Errors: Usage.
Result<FetchOptions> fetch_options(const Settings& settings, std::string_view bare_host_path);

}  // namespace plumb::cli
