// SPDX-License-Identifier: Apache-2.0
// Names, meanings and defaults are pprof's where pprof has the option.

#include "app/options.h"

#include <algorithm>
#include <array>

#include "app/option_values.h"
#include "base/try.h"
#include "base/units.h"

namespace plumb::cli {
namespace {

// The address of a member of Settings, as a slot. The type of the member is the option's kind.
#define PLUMB_SLOT(member) +[](Settings& settings) { return &settings.member; }

constexpr std::array<std::string_view, 2> kSortChoices = {"cum", "flat"};
constexpr std::array<std::string_view, 2> kSortHelp = {
    "sort by the value of functions and all they call",
    "sort by the value of functions themselves",
};
constexpr std::array<std::string_view, 12> kUnits = {"minimum", "auto", "ns", "us", "ms", "s",
                                                     "hr",      "B",    "kB", "MB", "GB", "TB"};
constexpr std::array<std::string_view, 9> kSampleTypes = {
    "alloc_objects", "alloc_space",   "contentions", "cpu",    "delay",
    "goroutine",     "inuse_objects", "inuse_space", "samples"};
constexpr std::array<std::string_view, 10> kSymbolizeModes = {
    "demangle=full", "demangle=none", "demangle=templates", "fastlocal",
    "force",         "force:local",   "force:remote",       "local",
    "none",          "remote"};
constexpr std::array kGranularityHelp = {
    std::string_view("an entry is a function"),
    std::string_view("an entry is a function in a file"),
    std::string_view("an entry is a file"),
    std::string_view("an entry is a source line"),
    std::string_view("an entry is an address"),
};

template <std::size_t kIndex>
constexpr Option value_shortcut(std::string_view help) {
  return {kValueShortcuts[kIndex].flag, PLUMB_SLOT(value_shortcuts[kIndex]), "", help,
          OptionGroup::Values};
}

constexpr Option at_least(std::int64_t least, Option option) {
  option.least = least;
  return option;
}

constexpr std::array<std::string_view, 4> kRedactions = {"paths", "labels", "sources",
                                                         "paths,labels,sources"};

constexpr std::array kOptions = {
    Option{"seconds", PLUMB_SLOT(seconds), "N", "ask the server to collect for N seconds",
           OptionGroup::Collect},
    Option{"timeout", PLUMB_SLOT(timeout_seconds), "N",
           "give up on a server after N seconds (usually 60)", OptionGroup::Source},
    Option{"tls_cert", PLUMB_SLOT(tls_cert), "FILE", "show this TLS certificate to the server",
           OptionGroup::Source},
    Option{"tls_key", PLUMB_SLOT(tls_key), "FILE", "the private key of -tls_cert",
           OptionGroup::Source},
    Option{"tls_ca", PLUMB_SLOT(tls_ca), "FILE", "trust only these TLS authorities",
           OptionGroup::Source},

    Option{"base", PLUMB_SLOT(sources.base), "SOURCE", "subtract this profile",
           OptionGroup::Profiles},
    Option{"diff_base", PLUMB_SLOT(sources.diff_base), "SOURCE",
           "subtract this profile; percentages are of it", OptionGroup::Profiles},
    Option{"normalize", PLUMB_SLOT(sources.normalize), "",
           "first scale the profile to the total of the base", OptionGroup::Profiles},
    Option{"add_comment", PLUMB_SLOT(sources.add_comment), "TEXT", "add a comment to the profile",
           OptionGroup::Profiles},
    Option{"all_frames", PLUMB_SLOT(sources.all_frames), "",
           "keep the frames that the profile says to drop", OptionGroup::Profiles},
    Option{"symbolize",
           PLUMB_SLOT(symbolize),
           "MODE",
           "where names come from, see plumb help symbols",
           OptionGroup::Profiles,
           {},
           {},
           false,
           kSymbolizeModes},
    Option{"buildid", PLUMB_SLOT(build_id), "ID",
           "build id of the program, if the profile has none", OptionGroup::Profiles},
    Option{"tools", PLUMB_SLOT(tools), "PATHS", "ignored: no other programs are needed",
           OptionGroup::Profiles},

    Option{"output", PLUMB_SLOT(output), "FILE", "write the report to FILE", OptionGroup::Output},
    Option{"json", PLUMB_SLOT(json), "", "write the report as JSON", OptionGroup::Json},

    Option{"csv", PLUMB_SLOT(csv), "", "write the report as comma-separated values",
           OptionGroup::Csv},

    at_least(-1, {"n", PLUMB_SLOT(leaks.group_count), "N",
                  "show N groups; 0 shows all, -1 those that may leak", OptionGroup::Leaks}),
    Option{"state", PLUMB_SLOT(leaks.state), "REGEXP", "keep goroutines in these states",
           OptionGroup::Leaks},
    Option{"function", PLUMB_SLOT(leaks.function), "REGEXP",
           "keep goroutines with a matching function on the stack", OptionGroup::Leaks},
    Option{"file", PLUMB_SLOT(leaks.file), "REGEXP",
           "keep goroutines with a matching file on the stack", OptionGroup::Leaks},
    Option{"exclude", PLUMB_SLOT(leaks.exclude), "REGEXP",
           "drop goroutines with a matching function or file on the stack", OptionGroup::Leaks},
    Option{"label", PLUMB_SLOT(leaks.label), "KEY=REGEXP",
           "keep goroutines by label; REGEXP alone is for key:value", OptionGroup::Leaks},
    Option{"min_age", PLUMB_SLOT(leaks.min_age), "AGE",
           "keep what waits this long: minutes, or 90s, 2h", OptionGroup::Leaks},
    at_least(0, {"min_count", PLUMB_SLOT(leaks.min_count), "N",
                 "keep groups of at least N goroutines", OptionGroup::Leaks}),
    Option{"limit", PLUMB_SLOT(leaks.memory_limit), "BYTES",
           "say when the leak will have used this much memory: 4GiB", OptionGroup::Leaks},
    Option{"before", PLUMB_SLOT(leaks.before), "SOURCE",
           "compare with the series in this file or folder", OptionGroup::LeakRun},
    Option{"since", PLUMB_SLOT(leaks.since), "BUILD",
           "compare the series from this build on with what was before", OptionGroup::LeakRun},
    Option{"format",
           PLUMB_SLOT(leaks.format),
           "FORMAT",
           "write text, json, sarif, junit, github or markdown",
           OptionGroup::Leaks,
           {},
           {},
           false,
           kLeakFormats},
    Option{"baseline", PLUMB_SLOT(leaks.baseline), "FILE",
           "groups that this file lists are known, no findings", OptionGroup::Leaks},
    Option{"write_baseline", PLUMB_SLOT(leaks.write_baseline), "FILE",
           "write what was found to this file", OptionGroup::LeakRun},
    at_least(0, {"fail_at", PLUMB_SLOT(leaks.fail_at), "N",
                 "exit 1 if a group is left with at least N goroutines; 0: never",
                 OptionGroup::LeakRun}),

    Option{"fail_on", PLUMB_SLOT(fail_on), "WHAT",
           "exit 1 from this level on: possible, likely, confirmed", OptionGroup::FailOn},

    Option{"for", PLUMB_SLOT(leaks.watch_for), "DURATION", "watch servers for so long: 30s, 5m",
           OptionGroup::Watch},
    Option{"every", PLUMB_SLOT(leaks.every), "DURATION",
           "the time between two snapshots, of servers or files", OptionGroup::Watch},
    Option{"until", PLUMB_SLOT(record.until), "CONDITION", "stop at 'goroutines > 10000'",
           OptionGroup::Record},
    at_least(0, {"keep", PLUMB_SLOT(record.keep), "N", "keep the last N of a server; 0 keeps all",
                 OptionGroup::Record}),

    Option{"min_change", PLUMB_SLOT(diff.min_change), "X",
           "leave out changes below X: 100, 5MB, 2%", OptionGroup::Diff},

    Option{"inverted", PLUMB_SLOT(report.is_inverted), "",
           "start with the functions at the leaves, then their callers", OptionGroup::Flame},

    Option{"sample_index",
           PLUMB_SLOT(report.sample_index),
           "TYPE",
           "the sample type to report, by name or index",
           OptionGroup::Values,
           {},
           {},
           false,
           kSampleTypes},
    value_shortcut<3>("same as -sample_index=inuse_space"),
    value_shortcut<4>("same as -sample_index=inuse_objects"),
    value_shortcut<5>("same as -sample_index=alloc_space"),
    value_shortcut<6>("same as -sample_index=alloc_objects"),
    value_shortcut<0>("same as -sample_index=delay"),
    value_shortcut<2>("same as -sample_index=contentions"),
    value_shortcut<1>("same as -sample_index=delay -mean"),
    Option{"mean", PLUMB_SLOT(report.mean), "", "divide each value by the first of its sample",
           OptionGroup::Values},
    Option{"divide_by", PLUMB_SLOT(report.divide_by), "X", "divide all values by X",
           OptionGroup::Values},
    Option{"unit",
           PLUMB_SLOT(report.unit),
           "UNIT",
           "show values in ms, MB...; auto: as fits each",
           OptionGroup::Values,
           {},
           {},
           false,
           kUnits},

    Option{"sort", PLUMB_SLOT(sort), "ORDER", "the order of rows", OptionGroup::Rows, kSortChoices,
           kSortHelp},
    Option{"nodecount", PLUMB_SLOT(report.nodecount), "N",
           "show at most N functions; 0 shows all, -1 what is usual", OptionGroup::Rows},
    Option{"nodefraction", PLUMB_SLOT(report.nodefraction), "X",
           "hide functions below X times the total", OptionGroup::Nodes},
    Option{"edgefraction", PLUMB_SLOT(report.edgefraction), "X",
           "hide calls below X times the total", OptionGroup::Nodes},
    Option{"trim", PLUMB_SLOT(report.trim), "", "heed nodecount, nodefraction and edgefraction",
           OptionGroup::Nodes},
    Option{"compact_labels", PLUMB_SLOT(report.compact_labels), "",
           "leave out the header lines about the profile", OptionGroup::Nodes},
    Option{"call_tree", PLUMB_SLOT(report.call_tree), "",
           "in graphs, an entry for each way to a function", OptionGroup::Graphs},
    Option{"drop_negative", PLUMB_SLOT(report.drop_negative), "", "hide negative differences",
           OptionGroup::Frames},
    Option{"granularity", PLUMB_SLOT(granularity), "WHAT", "what one entry stands for",
           OptionGroup::Frames, kGranularityNames, kGranularityHelp},
    Option{"noinlines", PLUMB_SLOT(report.aggregate.no_inlines), "",
           "count inlined functions as the function they are in", OptionGroup::Frames},
    Option{"showcolumns", PLUMB_SLOT(report.aggregate.with_columns), "",
           "tell columns of a line apart", OptionGroup::Frames},

    Option{"focus", PLUMB_SLOT(report.filters.focus), "REGEXP",
           "keep samples with a matching function or file", OptionGroup::Filters},
    Option{"ignore", PLUMB_SLOT(report.filters.ignore), "REGEXP",
           "drop samples with a matching function or file", OptionGroup::Filters},
    Option{"hide", PLUMB_SLOT(report.filters.hide), "REGEXP", "remove matching frames",
           OptionGroup::Filters},
    Option{"show", PLUMB_SLOT(report.filters.show), "REGEXP", "remove all but matching frames",
           OptionGroup::Filters},
    Option{"show_from", PLUMB_SLOT(report.filters.show_from), "REGEXP",
           "remove what calls the outermost matching frame", OptionGroup::Filters},
    Option{"prune_from", PLUMB_SLOT(report.filters.prune_from), "REGEXP",
           "remove what matching frames call", OptionGroup::Filters},
    Option{"tagfocus", PLUMB_SLOT(report.filters.tagfocus), "[KEY=]X",
           "keep samples by label: regexps or a range such as 4kb:1mb", OptionGroup::Filters},
    Option{"tagignore", PLUMB_SLOT(report.filters.tagignore), "[KEY=]X",
           "drop samples by label, likewise", OptionGroup::Filters},
    Option{"tagshow", PLUMB_SLOT(report.filters.tagshow), "REGEXP",
           "keep labels with a matching key", OptionGroup::Filters},
    Option{"taghide", PLUMB_SLOT(report.filters.taghide), "REGEXP",
           "remove labels with a matching key", OptionGroup::Filters},
    Option{"tagroot", PLUMB_SLOT(report.tagroot), "KEY,...",
           "add the values of these labels as frames at the root", OptionGroup::Filters},
    Option{"tagleaf", PLUMB_SLOT(report.tagleaf), "KEY,...",
           "add the values of these labels as frames at the leaf", OptionGroup::Filters},
    Option{"derive",
           PLUMB_SLOT(report.derive_labels),
           "",
           "infer states of goroutines as labels",
           OptionGroup::Filters,
           {},
           {},
           true},
    Option{"relative_percentages", PLUMB_SLOT(report.relative_percentages), "",
           "percentages of what the filters leave", OptionGroup::Filters},

    Option{"source_path", PLUMB_SLOT(report.source_path), "DIRS",
           "look for source files below these, separated by colons", OptionGroup::Code},
    Option{"trim_path", PLUMB_SLOT(report.trim_path), "PREFIXES",
           "cut these off the paths of source files", OptionGroup::Code},
    Option{"recursive_sums",
           PLUMB_SLOT(report.recursive_sums),
           "",
           "list, disasm, weblist: count each recursive call, as pprof",
           OptionGroup::Code,
           {},
           {},
           true},
    Option{"intel_syntax", PLUMB_SLOT(report.intel_syntax), "", "show assembly in Intel's syntax",
           OptionGroup::Code},

    Option{"http", PLUMB_SLOT(web.http), "HOST:PORT",
           "show the profile in a browser; a free port if none is given", OptionGroup::Web},
    Option{"no_browser", PLUMB_SLOT(web.no_browser), "", "do not open a browser on -http",
           OptionGroup::Web},
    Option{"html",
           PLUMB_SLOT(web.html),
           "FILE",
           "write the pages to one file that opens anywhere",
           OptionGroup::Web,
           {},
           {},
           true},
    Option{"redact",
           PLUMB_SLOT(web.redact),
           "LIST",
           "keep these out of -html's file: paths,labels,sources",
           OptionGroup::Web,
           {},
           {},
           true,
           kRedactions},
    at_least(0, {"max_ids",
                 PLUMB_SLOT(web.most_ids),
                 "N",
                 "list at most N goroutines of a group in -html",
                 OptionGroup::Web,
                 {},
                 {},
                 true}),
    Option{"no_script",
           PLUMB_SLOT(web.no_script),
           "",
           "in -html, write tables and pictures alone, for mail programs",
           OptionGroup::Web,
           {},
           {},
           true},
};

#undef PLUMB_SLOT

constexpr std::array kOtherMeanings = {
    OtherMeaning{"record", "output", "FOLDER",
                 "write the snapshots to FOLDER (usually plumb-record)"},
    OtherMeaning{"record", "for", "DURATION",
                 "record for so long: 30m, 24h (usually until Ctrl-C)"},
    OtherMeaning{"record", "every", "DURATION", "the time between two snapshots (usually 30s)"},
    OtherMeaning{"diff", "fail_on", "WHAT", "exit 1 on such a change: grew, shrank, changed"},
};

// What cannot be read as a value of plumb's own kinds: Go's words would not say what can.
Error not_read(std::string_view wanted) {
  return {ErrorCode::Usage, "must be " + std::string(wanted)};
}

Result<void> store(bool& slot, const Option&, std::string_view value) {
  TRY_ASSIGN(slot, parse_go_bool(value));
  return {};
}

Result<void> store(std::int64_t& slot, const Option& option, std::string_view value) {
  TRY_ASSIGN(const std::int64_t number, parse_go_int(value));
  if (number < option.least) return not_read(std::to_string(option.least) + " or more");
  slot = number;
  return {};
}

Result<void> store(double& slot, const Option&, std::string_view value) {
  TRY_ASSIGN(slot, parse_go_float(value));
  return {};
}

Result<void> store(std::string& slot, const Option&, std::string_view value) {
  slot = value;
  return {};
}

Result<void> store(Age& slot, const Option&, std::string_view value) {
  const auto age = parse_age(value);
  if (!age) return not_read("minutes or a duration such as 90s or 2h");
  slot = *age;
  return {};
}

Result<void> store(Duration& slot, const Option&, std::string_view value) {
  slot = {};
  if (value.empty()) return {};
  const auto ns = parse_duration_ns(value);
  if (!ns || *ns == 0) return not_read("a duration of more than 0, such as 30s or 5m");
  slot.ns = *ns;
  return {};
}

std::string text_of(bool value) {
  return value ? "true" : "";
}

std::string text_of(std::int64_t value) {
  return std::to_string(value);
}

std::string text_of(double value) {
  return to_text(value);
}

std::string text_of(const std::string& value) {
  return value;
}

std::string text_of(Age value) {
  return std::to_string(value.minutes);
}

std::string text_of(Duration value) {
  if (value.ns == 0) return {};
  if (value.ns % kNanosPerMilli != 0) return std::to_string(value.ns) + "ns";
  if (value.ns % kNanosPerSecond != 0) return std::to_string(value.ns / kNanosPerMilli) + "ms";
  return std::to_string(value.ns / kNanosPerSecond) + 's';
}

std::vector<Flag> make_flags() {
  std::vector<Flag> all;
  for (const Option& option : kOptions) {
    if (option.choices.empty())
      all.push_back({option.name, &option, {}, option.value_name, option.help});
    for (std::size_t i = 0; i < option.choices.size(); ++i) {
      all.push_back({option.choices[i], &option, option.choices[i], {}, option.choice_help[i]});
    }
  }
  return all;
}

}  // namespace

std::span<const Option> options() {
  return kOptions;
}

std::string_view group_title(OptionGroup group) {
  switch (group) {
    case OptionGroup::Source:
    case OptionGroup::Collect:
      return "Servers";
    case OptionGroup::Profiles:
      return "Profiles";
    case OptionGroup::Output:
    case OptionGroup::Json:
    case OptionGroup::Csv:
      return "Output";
    case OptionGroup::Leaks:
    case OptionGroup::LeakRun:
      return "Groups of goroutines";
    case OptionGroup::Watch:
      return "Series";
    case OptionGroup::Record:
      return "Recording";
    case OptionGroup::Diff:
      return "Changes";
    case OptionGroup::Flame:
      return "Flame graph";
    case OptionGroup::FailOn:
      return "Exit status";
    case OptionGroup::Values:
      return "Values";
    case OptionGroup::Rows:
    case OptionGroup::Nodes:
    case OptionGroup::Graphs:
    case OptionGroup::Frames:
      return "Functions";
    case OptionGroup::Filters:
      return "Filters";
    case OptionGroup::Code:
      return "Source and assembly";
    case OptionGroup::Web:
      return "Web UI";
  }
  return {};
}

std::string default_text(const Option& option) {
  Settings defaults;
  return std::visit([&defaults](auto slot) { return text_of(*slot(defaults)); }, option.slot);
}

std::string option_text(const Settings& settings, const Option& option) {
  // A slot is one function for reading and writing; here it only reads.
  auto& readable = const_cast<Settings&>(settings);
  if (const auto* const slot = std::get_if<bool* (*)(Settings&)>(&option.slot)) {
    return *(*slot)(readable) ? "true" : "false";
  }
  return std::visit([&readable](auto slot) { return text_of(*slot(readable)); }, option.slot);
}

const Option* find_option(std::string_view name) {
  const auto* const row = std::ranges::find(kOptions, name, &Option::name);
  return row == kOptions.end() ? nullptr : row;
}

bool is_variable(const Option& option) {
  if (option.name == "normalize") return true;  // pprof lists it, though it comes too late there.
  return option.group != OptionGroup::Source && option.group != OptionGroup::Collect &&
         option.group != OptionGroup::Profiles && option.group != OptionGroup::Diff &&
         option.group != OptionGroup::FailOn && option.group != OptionGroup::LeakRun &&
         option.group != OptionGroup::Watch && option.group != OptionGroup::Record &&
         option.group != OptionGroup::Web &&
         std::ranges::find(kValueShortcuts, option.name, &ValueShortcut::flag) ==
             kValueShortcuts.end();
}

bool is_pprof_option(const Option& option) {
  constexpr OptionGroups kOwn(OptionGroup::Json, OptionGroup::Csv, OptionGroup::Leaks,
                              OptionGroup::LeakRun, OptionGroup::Watch, OptionGroup::Record,
                              OptionGroup::Diff, OptionGroup::FailOn, OptionGroup::Flame);
  return !option.is_own && !kOwn.has(option.group);
}

Result<void> set_option(Settings& settings, const Option& option, std::string_view value) {
  return std::visit([&](auto slot) { return store(*slot(settings), option, value); }, option.slot);
}

const std::vector<Flag>& flags() {
  static const std::vector<Flag> all = make_flags();
  return all;
}

const Flag* find_flag(std::string_view name) {
  const auto& all = flags();
  const auto flag = std::ranges::find(all, name, &Flag::name);
  return flag == all.end() ? nullptr : &*flag;
}

std::span<const OtherMeaning> other_meanings() {
  return kOtherMeanings;
}

Flag flag_of_command(const Flag& flag, std::string_view command) {
  Flag own = flag;
  for (const OtherMeaning& meaning : kOtherMeanings) {
    if (meaning.command != command || meaning.option != flag.name) continue;
    own.value_name = meaning.value_name;
    own.help = meaning.help;
  }
  return own;
}

}  // namespace plumb::cli
