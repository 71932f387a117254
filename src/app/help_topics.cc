// SPDX-License-Identifier: Apache-2.0
#include "app/help_topics.h"

#include <algorithm>
#include <array>

namespace plumb::cli {
namespace {

constexpr std::array kFilterExamples = {
    TopicExample{"plumb top -focus=net/http cpu.pb.gz", "only what runs below net/http"},
    TopicExample{"plumb top -ignore='runtime\\.gcBgMarkWorker' cpu.pb.gz", "all but the collector"},
    TopicExample{"plumb tree -hide='^runtime\\.' heap.pb.gz", "without the frames of the runtime"},
    TopicExample{"plumb traces -tagfocus='state=chan send' dump.txt", "blocked senders"},
    TopicExample{"plumb top -tagfocus=64kb: heap.pb.gz", "allocations of 64 kB and more"},
};
constexpr std::string_view kFilterText =
    "Regular expressions are RE2's, as in Go: unanchored, case-sensitive. A frame matches by\n"
    "the name of its function, its file, or its binary.\n"
    "\n"
    "  focus       keep samples with a matching frame\n"
    "  ignore      drop samples with one\n"
    "  hide        take matching frames out of the stacks\n"
    "  show        take all others out\n"
    "  show_from   take out what calls the outermost matching frame\n"
    "  prune_from  take out what the innermost matching frame calls\n"
    "  tagfocus    keep samples by label, tagignore: drop them; see plumb help labels\n"
    "  tagshow     keep labels by key, taghide: take them off; samples stay\n"
    "\n"
    "They are applied in this order: focus, ignore, hide and show at once; show_from; tagfocus\n"
    "and tagignore; tagshow and taghide; prune_from. Percentages are of the whole profile,\n"
    "unless -relative_percentages asks for those of what is left. That a filter matches\n"
    "nothing is said on standard error.\n";

constexpr std::array kLabelExamples = {
    TopicExample{"plumb tags goroutine.pb.gz", "which labels there are, with their values"},
    TopicExample{"plumb top -tagfocus=handler=/login cpu.pb.gz", "one value of one label"},
    TopicExample{"plumb top -tagfocus=handler:/h1,tenant:b cpu.pb.gz", "both must be there"},
    TopicExample{"plumb tree -tagroot=handler cpu.pb.gz", "a frame per value at the root"},
    TopicExample{"plumb tags -tagshow='state|wait' dump.txt", "states and waits of goroutines"},
    TopicExample{"plumb top -tagfocus=wait_minutes=2h: dump.txt", "what has waited for two hours"},
};
constexpr std::string_view kLabelText =
    "A program gives labels to its samples (pprof.Do in Go). A dump of goroutines becomes a\n"
    "profile whose labels are state, wait_minutes, created_by (the function), created_at\n"
    "(file:line), creator_goid, leaked, locked, and goid where a group is a single goroutine.\n"
    "\n"
    "tagfocus and tagignore take one of these:\n"
    "  REGEXP[,REGEXP]...      each must match some key:value of the sample\n"
    "  KEY=REGEXP[,REGEXP]...  one must match a value of the label KEY\n"
    "  RANGE, KEY=RANGE        numbers: 16kb, 16kb:, :1mb, 16kb:1mb; both ends belong to it\n"
    "                          of wait_minutes: 5:, 90s:, 10m:2h\n"
    "\n"
    "tagroot and tagleaf take label keys, separated by commas: each becomes a frame whose\n"
    "name is the value of the label.\n";

constexpr std::array kUnitExamples = {
    TopicExample{"plumb top -unit=ms cpu.pb.gz", "all values in milliseconds"},
    TopicExample{"plumb top -unit=auto heap.pb.gz", "each in the unit that fits it"},
    TopicExample{"plumb top -divide_by=8 cpu.pb.gz", "per processor of eight"},
    TopicExample{"plumb top -sample_index=alloc_objects heap.pb.gz", "another sample type"},
};
constexpr std::string_view kUnitText =
    "  time     ns us ms s hr\n"
    "  memory   B kB MB GB TB PB, each 1024 of the one before\n"
    "  work     n*GCU u*GCU m*GCU GCU k*GCU M*GCU G*GCU T*GCU P*GCU\n"
    "  others   values stay as they are; the name is put behind them\n"
    "\n"
    "minimum, the default, is one unit for the whole report: that of the smallest value\n"
    "shown, or of 100 times it where values lie far apart.\n";

constexpr std::array kFormatExamples = {
    TopicExample{"plumb top heap.pb.gz", "profile.proto, gzip or not"},
    TopicExample{"plumb leaks dump.txt", "a goroutine dump (debug=2) or the log of a crash"},
    TopicExample{"plumb top -json heap.pb.gz", "the report for a program"},
    TopicExample{"plumb proto -output=dump.pb.gz dump.txt",
                 "a dump for every tool that reads pprof's"},
};
constexpr std::string_view kFormatText =
    "What a file is, is told from its content; its name and ending do not matter. Read are\n"
    "profile.proto, the text of profiles of Go (debug=1), goroutine dumps (debug=2), crash\n"
    "logs with or without log prefixes, and pprof's older formats. docs/FORMATS.md has the list.\n"
    "\n"
    "Reports are text by default. -json writes objects whose key \"schema\" names their form.\n"
    "What could not be read is counted and said on standard error.\n";

constexpr std::array kSourceExamples = {
    TopicExample{"plumb leaks localhost:6060", "a server; watches its goroutines"},
    TopicExample{"plumb top -seconds=5 localhost:6060", "5 seconds of CPU profile"},
    TopicExample{"plumb top https://host/debug/pprof/heap", "any URL"},
    TopicExample{"plumb leaks dumps/ 'more/*.gz'", "the files of a folder, and of a glob"},
    TopicExample{"kubectl exec pod -- wget -qO- :6060/debug/pprof/heap | plumb top -", "a pipe"},
};
constexpr std::string_view kSourceText =
    "What exists as a file is a file, whatever it looks like. Otherwise a word with a host is\n"
    "a URL, and http:// is added where the scheme is missing. https+insecure:// skips the check\n"
    "of the certificate. A server named without a path is asked for /debug/pprof/profile; leaks\n"
    "watches its goroutines for a while, or beside files asks for goroutine?debug=2 once.\n"
    "\n"
    "The first of several words may be the program that was profiled. Nothing is ever sent but\n"
    "the request for the profile.\n";

constexpr std::array kShellTopicExamples = {
    TopicExample{"plumb heap.pb.gz", "opens the shell, as plumb shell does"},
    TopicExample{"top5 -cum", "five functions, by cumulative value"},
    TopicExample{"top net/http -runtime", "focus on one, ignore the other, this time"},
    TopicExample{"peek 'func1$' | less", "a report into a line of sh"},
    TopicExample{"top -focus=main -nodecount=20 > top.txt", "flags for this line; into a file"},
    TopicExample{"focus=net/http", "for all lines that follow"},
    TopicExample{"tagfocus=state=\"chan send\"", "quotes keep blanks together"},
    TopicExample{"undo", "the filters as they were before"},
    TopicExample{":", "no filters"},
    TopicExample{"alloc_objects", "selects that sample type"},
    TopicExample{"plumb heap.pb.gz < script", "runs a script; no prompt is shown"},
};
constexpr std::string_view kShellText =
    "A line is an assignment, a command or one of the words of the shell. A line that starts\n"
    "with # is a comment, and so is what stands behind //: in an assignment.\n"
    "\n"
    "  NAME=VALUE  sets an option; blanks and | belong to the value; a switch alone is on\n"
    "  COMMAND[N] [ARGUMENT] [N] [FOCUS]... [-IGNORE]... [-OPTION[=VALUE]]...\n"
    "      [> FILE] [| LINE]\n"
    "\n"
    "What a command line sets holds for it alone. A number is the count of entries; other\n"
    "words are regular expressions, those of tags about labels. A word that is a flag of the\n"
    "command line is that flag, unless it is quoted: top -'sort' ignores what matches sort.\n"
    "\n"
    "Quotes, ' or \", open at the start of a word (behind a leading - or >) and behind =;\n"
    "inside a word they are ordinary characters. Between them all is literal but \\\" inside\n"
    "\"...\". A backslash before a blank or a quote makes that ordinary; before anything else\n"
    "it stays, for the regular expression. A | with blanks around it starts the pipe.\n"
    "\n"
    "o lists the options, help explains commands and options, Tab completes, Ctrl-C stops a\n"
    "report, and source FILE runs the lines of a file. Lines are kept in\n"
    "$XDG_STATE_HOME/plumb/history, or ~/.local/state/plumb/history.\n";

constexpr std::array kDiffTopicExamples = {
    TopicExample{"plumb top -base=before.pb.gz after.pb.gz", "what came on top"},
    TopicExample{"plumb top -diff_base=before.pb.gz after.pb.gz", "changes, as shares of before"},
    TopicExample{"plumb top -base=a.pb.gz -normalize b.pb.gz", "as if both had the same total"},
    TopicExample{"plumb top a.pb.gz b.pb.gz", "several profiles add up"},
};
constexpr std::string_view kDiffText =
    "-base and -diff_base are flags of top and of all other reports that read profiles, not\n"
    "of plumb diff, which takes two of them.\n"
    "\n"
    "-base subtracts a profile, stack by stack; percentages are of what is left. Use it for\n"
    "profiles that only grow, such as two heap profiles of one program.\n"
    "\n"
    "-diff_base compares: percentages are of the total of the base. -drop_negative leaves out\n"
    "what became less. -normalize scales the profile to the total of the base first.\n";

constexpr std::array kSymbolExamples = {
    TopicExample{"plumb top ./server cpu.pb.gz", "names from this binary"},
    TopicExample{"plumb top -symbolize=none cpu.pb.gz", "only the names in the profile"},
    TopicExample{"plumb top -symbolize=demangle=full cpu.pb.gz", "C++ names with all parameters"},
    TopicExample{"PPROF_BINARY_PATH=/srv/bin plumb top cpu.pb.gz", "binaries from elsewhere"},
};
constexpr std::string_view kSymbolText =
    "Go programs put names into their profiles. Others leave addresses, for which names and\n"
    "lines are found afterwards: in the binaries that the profile names, if they are here with\n"
    "the same build id, and in their separate debug files; then from the server that the\n"
    "profile came from. -symbolize takes words separated by colons:\n"
    "\n"
    "  none             leave addresses and names as they are\n"
    "  local            ask binaries only\n"
    "  fastlocal        the same, and names only where lines take long\n"
    "  remote           ask the server only\n"
    "  force            also where there are names already\n"
    "  demangle=MODE    C++ and Rust names: none (as in the binary), full, templates (without\n"
    "                   parameters), default (without parameters and templates)\n"
    "\n"
    "Binaries are looked for below the directories of PPROF_BINARY_PATH, or ~/pprof/binaries,\n"
    "by build id and by name, and then where the profile says. -buildid is for a program whose\n"
    "build id the profile does not tell.\n";

constexpr std::array kExitExamples = {
    TopicExample{"plumb leaks -fail_at=1000 localhost:6060", "exit 1 if 1000 wait at one place"},
    TopicExample{"plumb diff -fail_on=grew a.txt b.txt", "exit 1 if more wait somewhere"},
};
constexpr std::string_view kExitText =
    "  0  nothing wrong; also if what reads the pipe ends early\n"
    "  1  found what it was asked to fail on, by -fail_on or -fail_at\n"
    "  2  an error: a wrong flag, nothing to read, a full disk\n"
    "\n"
    "The shell ends with 0, whatever became of its lines.\n";

constexpr std::array kEnvironmentExamples = {
    TopicExample{"HTTPS_PROXY=proxy:3128 plumb top https://host/debug/pprof/heap", "by a proxy"},
    TopicExample{"TZ=UTC plumb top heap.pb.gz", "the Time line in another zone"},
};
constexpr std::string_view kEnvironmentText =
    "  HTTP_PROXY, HTTPS_PROXY, NO_PROXY  as in Go programs\n"
    "  SSL_CERT_FILE, SSL_CERT_DIR        authorities to trust instead of the system's\n"
    "  TMPDIR                             for answers of more than 64 MB, and for viewers\n"
    "  PPROF_BINARY_PATH                  directories with binaries, separated by colons\n"
    "  PPROF_TMPDIR                       where fetched profiles are saved; else ~/pprof\n"
    "  PLUMB_NAMES                        a folder for names found in binaries; off: none is kept\n"
    "  XDG_CACHE_HOME                     else in plumb/names below this, or else below ~/.cache\n"
    "  XDG_CONFIG_HOME                    where the web UI keeps configurations; else ~/.config\n"
    "  TZ                                 the zone of times in reports\n"
    "  BROWSER                            the first browser to try\n"
    "  XDG_STATE_HOME                     where the shell keeps its history; else ~/.local/state\n"
    "  TERM                               dumb or empty: the shell does not edit lines\n"
    "  NO_COLOR                           the shell does not show errors in red\n"
    "  PLUMB_ISA                          plain, avx2 or avx512: at most these instructions\n";

constexpr std::array kTopics = {
    HelpTopic{"filters", "Keep and drop samples and frames", kFilterExamples, kFilterText},
    HelpTopic{"labels", "Filter by labels, and show them", kLabelExamples, kLabelText},
    HelpTopic{"units", "The units of values", kUnitExamples, kUnitText},
    HelpTopic{"formats", "What is read and what is written", kFormatExamples, kFormatText},
    HelpTopic{"sources", "Files, globs, pipes, servers", kSourceExamples, kSourceText},
    HelpTopic{"shell", "Many reports on one profile", kShellTopicExamples, kShellText},
    HelpTopic{"diff", "Subtract and compare profiles, or add them up", kDiffTopicExamples,
              kDiffText},
    HelpTopic{"symbols", "Where names and lines come from", kSymbolExamples, kSymbolText},
    HelpTopic{"exit-status", "What scripts can rely on", kExitExamples, kExitText},
    HelpTopic{"environment", "Variables that are heeded", kEnvironmentExamples, kEnvironmentText},
};

}  // namespace

std::span<const HelpTopic> help_topics() {
  return kTopics;
}

const HelpTopic* find_help_topic(std::string_view name) {
  const auto* const row = std::ranges::find(kTopics, name, &HelpTopic::name);
  return row == kTopics.end() ? nullptr : row;
}

std::string help_topic_text(const HelpTopic& topic) {
  return std::string(topic.summary) + "\n\nExamples:\n" + help_topic_body(topic);
}

std::string help_topic_body(const HelpTopic& topic) {
  constexpr std::size_t kWidest = 48;  // Longer lines have their meaning below.
  std::string out;
  std::size_t column = 0;
  for (const TopicExample& example : topic.examples) {
    if (example.line.size() <= kWidest) column = std::max(column, example.line.size());
  }
  for (const TopicExample& example : topic.examples) {
    out += "  " + std::string(example.line);
    if (example.line.size() > kWidest) {
      out += '\n' + std::string(column + 4, ' ');
    } else {
      out.append(column + 2 - example.line.size(), ' ');
    }
    out += std::string(example.meaning) + '\n';
  }
  return out + '\n' + std::string(topic.text);
}

}  // namespace plumb::cli
