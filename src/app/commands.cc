// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"

#include <algorithm>
#include <array>

#include "app/completion.h"
#include "app/help.h"
#include "app/help_topics.h"
#include "app/man.h"
#include "app/reports.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/version.h"

namespace plumb::cli {
namespace {

constexpr OptionGroups kNoOptions;
constexpr OptionGroups kLeaksOptions(OptionGroup::Source, OptionGroup::Output, OptionGroup::Json,
                                     OptionGroup::Leaks, OptionGroup::LeakRun, OptionGroup::FailOn,
                                     OptionGroup::Watch, OptionGroup::Web);
constexpr OptionGroups kRecordOptions(OptionGroup::Source, OptionGroup::Output, OptionGroup::Watch,
                                      OptionGroup::Record);
constexpr OptionGroups kDiffOptions(OptionGroup::Source, OptionGroup::Collect, OptionGroup::Output,
                                    OptionGroup::Json, OptionGroup::Csv, OptionGroup::Diff,
                                    OptionGroup::FailOn, OptionGroup::Values, OptionGroup::Rows,
                                    OptionGroup::Frames, OptionGroup::Filters);
constexpr OptionGroups kDotOptions(OptionGroup::Source, OptionGroup::Collect, OptionGroup::Profiles,
                                   OptionGroup::Output, OptionGroup::Json, OptionGroup::Values,
                                   OptionGroup::Rows, OptionGroup::Nodes, OptionGroup::Graphs,
                                   OptionGroup::Frames, OptionGroup::Filters, OptionGroup::Code);
constexpr OptionGroups kTableOptions(OptionGroup::Source, OptionGroup::Collect,
                                     OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                     OptionGroup::Csv, OptionGroup::Values, OptionGroup::Rows,
                                     OptionGroup::Nodes, OptionGroup::Frames, OptionGroup::Filters,
                                     OptionGroup::Code);
constexpr OptionGroups kTagsOptions(OptionGroup::Source, OptionGroup::Collect,
                                    OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                    OptionGroup::Csv, OptionGroup::Values, OptionGroup::Filters);
constexpr OptionGroups kStackOptions(OptionGroup::Source, OptionGroup::Collect,
                                     OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                     OptionGroup::Values, OptionGroup::Frames,
                                     OptionGroup::Filters);
constexpr OptionGroups kFlameOptions(OptionGroup::Source, OptionGroup::Collect,
                                     OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                     OptionGroup::Flame, OptionGroup::Values, OptionGroup::Frames,
                                     OptionGroup::Filters);
constexpr OptionGroups kSampleOptions(OptionGroup::Source, OptionGroup::Collect,
                                      OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                      OptionGroup::Values, OptionGroup::Filters);
constexpr OptionGroups kListOptions(OptionGroup::Source, OptionGroup::Collect,
                                    OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                    OptionGroup::Values, OptionGroup::Filters, OptionGroup::Code);
constexpr OptionGroups kProtoOptions(OptionGroup::Source, OptionGroup::Collect,
                                     OptionGroup::Profiles, OptionGroup::Output,
                                     OptionGroup::Values, OptionGroup::Filters);
constexpr OptionGroups kPictureOptions(OptionGroup::Source, OptionGroup::Collect,
                                       OptionGroup::Profiles, OptionGroup::Output,
                                       OptionGroup::Values, OptionGroup::Rows, OptionGroup::Nodes,
                                       OptionGroup::Graphs, OptionGroup::Frames,
                                       OptionGroup::Filters, OptionGroup::Code);
constexpr OptionGroups kTopProtoOptions(OptionGroup::Source, OptionGroup::Collect,
                                        OptionGroup::Profiles, OptionGroup::Output,
                                        OptionGroup::Values, OptionGroup::Rows, OptionGroup::Nodes,
                                        OptionGroup::Frames, OptionGroup::Filters,
                                        OptionGroup::Code);
constexpr OptionGroups kShellOptions(OptionGroup::Source, OptionGroup::Collect,
                                     OptionGroup::Profiles, OptionGroup::Output, OptionGroup::Json,
                                     OptionGroup::Csv, OptionGroup::Leaks, OptionGroup::Flame,
                                     OptionGroup::Values, OptionGroup::Rows, OptionGroup::Nodes,
                                     OptionGroup::Graphs, OptionGroup::Frames, OptionGroup::Filters,
                                     OptionGroup::Code);
// pprof takes every option with every format.
constexpr OptionGroups kPprofOptions(OptionGroup::Values, OptionGroup::Rows, OptionGroup::Nodes,
                                     OptionGroup::Graphs, OptionGroup::Frames, OptionGroup::Filters,
                                     OptionGroup::Code);

constexpr OptionGroups kWebOptions(OptionGroup::Source, OptionGroup::Collect, OptionGroup::Profiles,
                                   OptionGroup::Values, OptionGroup::Rows, OptionGroup::Nodes,
                                   OptionGroup::Graphs, OptionGroup::Frames, OptionGroup::Filters,
                                   OptionGroup::Code, OptionGroup::Web);

constexpr std::string_view kProfilePath = "/debug/pprof/profile";  // As go tool pprof: CPU.
constexpr std::string_view kDumpPath = "/debug/pprof/goroutine?debug=2";

constexpr std::array kLeaksExamples = {
    Example{"leaks localhost:6060", "watch a server for a while"},
    Example{"leaks dumps/", "a series of dumps, in order of their names"},
    Example{"leaks -min_age=10 dump.txt", "only what has waited for ten minutes"},
    Example{"leaks -state='chan send' crash.log", "blocked senders, in what a crash printed"},
    Example{"leaks -http=: first.txt second.txt", "the verdict as pages in a browser"},
    Example{"leaks -html=leak.html dumps/", "the same pages as one file"},
    Example{"leaks -before=v1/ v2/", "which leaks are new in a build"},
    Example{"leaks -fail_on=likely dumps/", "exit 1 if it is likely to leak"},
};
constexpr std::array kRecordExamples = {
    Example{"record -every=1m localhost:6060", "a snapshot a minute"},
    Example{"record -until='goroutines > 10000' localhost:6060", "until there are many"},
};
constexpr std::array kDiffExamples = {
    Example{"diff before.txt after.txt", "which goroutines came, ended, grew"},
    Example{"diff -fail_on=grew a.txt b.txt", "exit 1 if more wait somewhere"},
    Example{"diff -cum old.pb.gz new.pb.gz", "which functions cost more, with callees"},
};
constexpr std::array kTopExamples = {
    Example{"top heap.pb.gz", "the functions that hold the memory"},
    Example{"top -cum -nodecount=20 cpu.pb.gz", "by the time in them and all they call"},
    Example{"top localhost:6060/debug/pprof/allocs", "of a server"},
};
constexpr std::array kTextExamples = {
    Example{"text heap.pb.gz", "the same as plumb top"},
};
constexpr std::array kTreeExamples = {
    Example{"tree cpu.pb.gz", "each function with its callers and callees"},
    Example{"tree -lines -nodecount=20 cpu.pb.gz", "the same of source lines"},
};
constexpr std::array kPeekExamples = {
    Example{"peek 'mallocgc$' heap.pb.gz", "what calls it and what it calls"},
    Example{"peek -json . cpu.pb.gz", "the whole graph, for programs"},
};
constexpr std::array kDotExamples = {
    Example{"dot -output=heap.dot heap.pb.gz", "for graphviz: dot -Tpdf heap.dot"},
    Example{"dot -call_tree -focus=serve cpu.pb.gz", "a box for each way to a function"},
};
constexpr std::array kCallgrindExamples = {
    Example{"callgrind -output=callgrind.out cpu.pb.gz", "for KCachegrind, by address"},
};
constexpr std::array kSvgExamples = {
    Example{"svg -output=heap.svg heap.pb.gz", "a picture for browsers"},
    Example{"svg -focus=serve -output=cpu.svg cpu.pb.gz", "only what passes through serve"},
};
constexpr std::array kPngExamples = {
    Example{"png -output=heap.png heap.pb.gz", "a picture for a document"},
};
constexpr std::array kGifExamples = {
    Example{"gif -output=heap.gif heap.pb.gz", "a picture for a document"},
};
constexpr std::array kPdfExamples = {
    Example{"pdf -output=heap.pdf heap.pb.gz", "a picture to print"},
};
constexpr std::array kPsExamples = {
    Example{"ps -output=heap.ps heap.pb.gz", "a picture to print"},
};
constexpr std::array kWebExamples = {
    Example{"web localhost:6060/debug/pprof/heap", "the memory of a server"},
    Example{"web -call_tree cpu.pb.gz", "a box for each way to a function"},
};
constexpr std::array kEogExamples = {
    Example{"eog heap.pb.gz", "the picture of plumb svg"},
};
constexpr std::array kEvinceExamples = {
    Example{"evince heap.pb.gz", "the picture of plumb pdf"},
};
constexpr std::array kGvExamples = {
    Example{"gv heap.pb.gz", "the picture of plumb ps"},
};
constexpr std::array kKcachegrindExamples = {
    Example{"kcachegrind cpu.pb.gz", "what plumb callgrind writes"},
};
constexpr std::array kTopProtoExamples = {
    Example{"topproto -output=top.pb.gz cpu.pb.gz", "the rows of top as a profile"},
};
constexpr std::array kListExamples = {
    Example{"list main.leak goroutine.pb.gz", "the lines of matching functions"},
    Example{"list -source_path=/src 'handle$' cpu.pb.gz", "sources from elsewhere"},
};
constexpr std::array kDisasmExamples = {
    Example{"disasm '^main.work$' ./server cpu.pb.gz", "the instructions of main.work"},
    Example{"disasm 0x4a1f20 cpu.pb.gz", "of the function that holds an address"},
};
constexpr std::array kWebListExamples = {
    Example{"weblist -output=work.html main.work cpu.pb.gz", "the page as a file, to share"},
};
constexpr std::array kTracesExamples = {
    Example{"traces goroutine.pb.gz", "each stack with its number of goroutines"},
};
constexpr std::array kTagsExamples = {
    Example{"tags goroutine.pb.gz", "which labels there are, and their values"},
    Example{"tags dump.txt", "the states of goroutines, and who made them"},
};
constexpr std::array kFlameExamples = {
    Example{"flamegraph cpu.pb.gz > cpu.svg", "from the roots down"},
    Example{"flamegraph -inverted heap.pb.gz > heap.svg", "from the leaves up"},
};
constexpr std::array kFoldedExamples = {
    Example{"folded cpu.pb.gz | flamegraph.pl > cpu.svg", "a picture by another program"},
    Example{"folded goroutine.pb.gz | sort -k2 -n", "stacks, the most frequent last"},
};
constexpr std::array kSpeedscopeExamples = {
    Example{"speedscope -output=cpu.json cpu.pb.gz", "then open cpu.json in www.speedscope.app"},
};
constexpr std::array kRawExamples = {
    Example{"raw cpu.pb.gz", "samples, locations and mappings, as they are"},
};
constexpr std::array kCommentsExamples = {
    Example{"comments crash.log", "why a program crashed"},
};
constexpr std::array kProtoExamples = {
    Example{"proto -output=dump.pb.gz dump.txt", "a goroutine dump for go tool pprof"},
};
constexpr std::array kServeExamples = {
    Example{"serve cpu.pb.gz", "open it in a browser"},
    Example{"-http=:8081 localhost:6060", "the same as pprof -http, on port 8081"},
    Example{"-html=cpu.html cpu.pb.gz", "all pages, as one file to share"},
    Example{"serve -no_browser -http=:8081 dump.txt", "say the address and wait"},
};
constexpr std::array kShellExamples = {
    Example{"shell heap.pb.gz", "many reports on one profile"},
    Example{"heap.pb.gz", "the same; start with top5, peek main, o, help"},
    Example{"-cum heap.pb.gz", "with options for all of them"},
};
constexpr std::array kHelpExamples = {
    Example{"help top", "what plumb top does and takes"},
    Example{"help filters", "about a topic, examples first"},
    Example{"help nodecount", "about an option"},
    Example{"help -flags", "all flags of all commands"},
};
constexpr std::array kCompletionExamples = {
    Example{"completion bash", "in ~/.bashrc: source <(plumb completion bash)"},
    Example{"completion zsh", "in ~/.zshrc behind compinit: source <(plumb completion zsh)"},
    Example{"completion fish", "in config.fish: plumb completion fish | source"},
};
constexpr std::array kManExamples = {
    Example{"man", "the page about plumb: plumb man | man -l -"},
    Example{"man top", "the page about a command"},
};

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

// Words that have a help text of their own.
std::vector<std::string_view> help_words() {
  std::vector<std::string_view> names = command_names();
  for (const HelpTopic& topic : help_topics()) names.push_back(topic.name);
  for (const Flag& flag : flags()) names.push_back(flag.name);
  return names;
}

// Of "nodecount", "fail-on", or "cum", which is a choice.
const Option* option_of_word(std::string_view word) {
  std::string name(word);
  std::ranges::replace(name, '-', '_');
  const Flag* const flag = find_flag(name);
  return flag == nullptr ? find_option(name) : flag->option;
}

// `what` there is not, for a word that may have been meant as one of `names`.
Error nothing_on(std::string_view what, const std::string& word,
                 const std::vector<std::string_view>& names) {
  std::string message = "there is no " + std::string(what) + " \"" + word + '"';
  if (const auto nearest = find_nearest(word, names)) {
    message += "\ndid you mean " + std::string(*nearest) + '?';
  }
  return {ErrorCode::Usage, std::move(message)};
}

// Only commands have pages.
Error no_page(const std::string& word) {
  if (find_help_topic(word) == nullptr && option_of_word(word) == nullptr) {
    return nothing_on("manual page on", word, command_names());
  }
  return {ErrorCode::Usage,
          "there is no manual page on \"" + word + "\"\nplumb help " + word + " explains it"};
}

Result<Exit> run_help(const Invocation& invocation, Environment& environment) {
  const auto operands = invocation.operands;
  if (operands.size() > 1)
    return Error(ErrorCode::Usage, "help takes one command, option or topic");
  if (operands.empty()) {
    environment.out << full_help();
    return Exit::Ok;
  }
  std::string_view word = operands[0];
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  if (word == kAllFlags) {
    environment.out << flags_help();
  } else if (const Command* const command = find_command(word)) {
    environment.out << command_help(*command);
  } else if (const HelpTopic* const topic = find_help_topic(word)) {
    environment.out << help_topic_text(*topic);
  } else if (const Option* const option = option_of_word(word)) {
    environment.out << option_help(*option);
  } else {
    return nothing_on("help on", std::string(word), help_words());
  }
  return Exit::Ok;
}

Result<Exit> run_man(const Invocation& invocation, Environment& environment) {
  const auto operands = invocation.operands;
  if (operands.size() > 1) return Error(ErrorCode::Usage, "man takes one command");
  if (operands.empty()) {
    environment.out << man_page();
    return Exit::Ok;
  }
  const Command* const command = find_command(operands[0]);
  if (command == nullptr) return no_page(operands[0]);
  environment.out << man_page(*command);
  return Exit::Ok;
}

Result<Exit> run_version(const Invocation& invocation, Environment& environment) {
  if (!invocation.operands.empty()) return Error(ErrorCode::Usage, "version takes no operands");
  environment.out << "plumb " << kVersion << "\n";
  return Exit::Ok;
}

Result<Exit> run_completion(const Invocation& invocation, Environment& environment) {
  if (invocation.operands.size() != 1) {
    return Error(ErrorCode::Usage, "completion takes one shell: bash, fish or zsh");
  }
  TRY_ASSIGN(const std::string script, completion_script(invocation.operands[0]));
  environment.out << script;
  return Exit::Ok;
}

constexpr std::array kCommands = {
    Command{"leaks", "<profile>...", "Say which goroutines leak: where, why, since when, how fast",
            CommandKind::Report, kLeaksOptions, kNoOptions, kLeaksExamples, run_leaks, kDumpPath},
    Command{"record", "<server>...", "Record a series of goroutine snapshots for plumb leaks",
            CommandKind::Report, kRecordOptions, kNoOptions, kRecordExamples, run_record,
            kDumpPath},
    Command{"diff", "<before> <after>", "Show what changed between two profiles or dumps",
            CommandKind::Report, kDiffOptions, kNoOptions, kDiffExamples, run_diff, kDumpPath},
    Command{"top", "<profile>...", "List functions by the value they account for",
            CommandKind::Report, kTableOptions, kPprofOptions, kTopExamples, run_report,
            kProfilePath, ReportKind::Top},
    Command{"text", "<profile>...", "The same as top", CommandKind::Report, kTableOptions,
            kPprofOptions, kTextExamples, run_report, kProfilePath, ReportKind::Top},
    Command{"tree", "<profile>...", "List functions with their callers and callees",
            CommandKind::Report, kTableOptions, kPprofOptions, kTreeExamples, run_report,
            kProfilePath, ReportKind::Tree},
    Command{"peek", "<regexp> <profile>...", "List callers and callees of matching functions",
            CommandKind::Report, kTableOptions, kPprofOptions, kPeekExamples, run_report,
            kProfilePath, ReportKind::Peek, "REGEXP"},
    Command{"dot", "<profile>...", "Write the call graph for graphviz", CommandKind::Report,
            kDotOptions, kPprofOptions, kDotExamples, run_report, kProfilePath, ReportKind::Dot},
    Command{"svg", "<profile>...", "Draw the call graph as SVG, with graphviz or without",
            CommandKind::Report, kPictureOptions, kPprofOptions, kSvgExamples, run_report,
            kProfilePath, ReportKind::Dot, "", ".svg", PictureFormat::Svg},
    Command{"png", "<profile>...", "Draw the call graph as PNG, with graphviz", CommandKind::Report,
            kPictureOptions, kPprofOptions, kPngExamples, run_report, kProfilePath, ReportKind::Dot,
            "", ".png", PictureFormat::Png},
    Command{"gif", "<profile>...", "Draw the call graph as GIF, with graphviz", CommandKind::Report,
            kPictureOptions, kPprofOptions, kGifExamples, run_report, kProfilePath, ReportKind::Dot,
            "", ".gif", PictureFormat::Gif},
    Command{"pdf", "<profile>...", "Draw the call graph as PDF, with graphviz", CommandKind::Report,
            kPictureOptions, kPprofOptions, kPdfExamples, run_report, kProfilePath, ReportKind::Dot,
            "", ".pdf", PictureFormat::Pdf},
    Command{"ps", "<profile>...", "Draw the call graph as PostScript, with graphviz",
            CommandKind::Report, kPictureOptions, kPprofOptions, kPsExamples, run_report,
            kProfilePath, ReportKind::Dot, "", ".ps", PictureFormat::Ps},
    Command{"web", "<profile>...", "Show the call graph in a browser", CommandKind::Report,
            kPictureOptions, kPprofOptions, kWebExamples, run_report, kProfilePath, ReportKind::Dot,
            "", ".svg", PictureFormat::Svg, Viewer::Browser},
    Command{"eog", "<profile>...", "Show the call graph in eog", CommandKind::Report,
            kPictureOptions, kPprofOptions, kEogExamples, run_report, kProfilePath, ReportKind::Dot,
            "", ".svg", PictureFormat::Svg, Viewer::Eog},
    Command{"evince", "<profile>...", "Show the call graph in evince", CommandKind::Report,
            kPictureOptions, kPprofOptions, kEvinceExamples, run_report, kProfilePath,
            ReportKind::Dot, "", ".pdf", PictureFormat::Pdf, Viewer::Evince},
    Command{"gv", "<profile>...", "Show the call graph in gv", CommandKind::Report, kPictureOptions,
            kPprofOptions, kGvExamples, run_report, kProfilePath, ReportKind::Dot, "", ".ps",
            PictureFormat::Ps, Viewer::Gv},
    Command{"callgrind", "<profile>...", "Write the call graph for KCachegrind",
            CommandKind::Report, kPictureOptions, kPprofOptions, kCallgrindExamples, run_report,
            kProfilePath, ReportKind::Callgrind, "", ".callgraph.out"},
    Command{"kcachegrind", "<profile>...", "Show the call graph in KCachegrind",
            CommandKind::Report, kPictureOptions, kPprofOptions, kKcachegrindExamples, run_report,
            kProfilePath, ReportKind::Callgrind, "", ".grind", PictureFormat::None,
            Viewer::Kcachegrind},
    Command{"list", "<regexp> <profile>...", "Show the source of functions with what lines cost",
            CommandKind::Report, kListOptions, kPprofOptions, kListExamples, run_report,
            kProfilePath, ReportKind::List, "REGEXP"},
    Command{"disasm", "<regexp> <profile>...",
            "Show the instructions of functions with what they cost", CommandKind::Report,
            kListOptions, kPprofOptions, kDisasmExamples, run_report, kProfilePath,
            ReportKind::Disasm, "REGEXP"},
    Command{"weblist", "<regexp> <profile>...", "Show source and instructions as a web page",
            CommandKind::Report, kListOptions, kPprofOptions, kWebListExamples, run_report,
            kProfilePath, ReportKind::WebList, "REGEXP", ".html", PictureFormat::None,
            Viewer::Browser},
    Command{"flamegraph", "<profile>...", "Draw a flame graph as a self-contained SVG picture",
            CommandKind::Report, kFlameOptions, kPprofOptions, kFlameExamples, run_report,
            kProfilePath, ReportKind::Flamegraph, "", ".svg"},
    Command{"folded", "<profile>...", "Write stacks as lines, for flamegraph.pl and others",
            CommandKind::Report, kStackOptions, kPprofOptions, kFoldedExamples, run_report,
            kProfilePath, ReportKind::Folded},
    Command{"speedscope", "<profile>...", "Write a file for www.speedscope.app",
            CommandKind::Report, kStackOptions, kPprofOptions, kSpeedscopeExamples, run_report,
            kProfilePath, ReportKind::Speedscope, "", ".speedscope.json"},
    Command{"traces", "<profile>...", "List every sample with its labels and stack",
            CommandKind::Report, kSampleOptions, kPprofOptions, kTracesExamples, run_report,
            kProfilePath, ReportKind::Traces},
    Command{"tags", "<profile>...", "List label keys and their values by weight",
            CommandKind::Report, kTagsOptions, kPprofOptions, kTagsExamples, run_report,
            kProfilePath, ReportKind::Tags},
    Command{"raw", "<profile>...", "Write all that a profile holds as text", CommandKind::Report,
            kSampleOptions, kPprofOptions, kRawExamples, run_report, kProfilePath, ReportKind::Raw},
    Command{"comments", "<profile>...", "Print the comments in a profile", CommandKind::Report,
            kSampleOptions, kPprofOptions, kCommentsExamples, run_report, kProfilePath,
            ReportKind::Comments},
    Command{"proto", "<profile>...", "Write the profile as profile.proto, compressed",
            CommandKind::Report, kProtoOptions, kPprofOptions, kProtoExamples, run_report,
            kProfilePath, ReportKind::Proto, "", ".pb.gz"},
    Command{"topproto", "<profile>...", "Write the rows of top as profile.proto, compressed",
            CommandKind::Report, kTopProtoOptions, kPprofOptions, kTopProtoExamples, run_report,
            kProfilePath, ReportKind::TopProto, "", ".pb.gz"},
    Command{"serve", "<profile>...", "Show profiles in a browser: top, graph, flame graph, source",
            CommandKind::Report, kWebOptions, kNoOptions, kServeExamples, run_web, kProfilePath},
    Command{"shell", "<profile>...", "Make many reports of one profile, line by line",
            CommandKind::Session, kShellOptions, kNoOptions, kShellExamples, run_shell,
            kProfilePath},
    Command{"help", "[command|option|topic]", "Explain plumb, a command, an option or a topic",
            CommandKind::Tool, kNoOptions, kNoOptions, kHelpExamples, run_help},
    Command{"man", "[command]", "Print a manual page", CommandKind::Tool, kNoOptions, kNoOptions,
            kManExamples, run_man},
    Command{"completion", "<shell>", "Print a completion script for bash, fish or zsh",
            CommandKind::Tool, kNoOptions, kNoOptions, kCompletionExamples, run_completion},
    Command{"version",
            "",
            "Print the version",
            CommandKind::Tool,
            kNoOptions,
            kNoOptions,
            {},
            run_version},
};

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

std::vector<std::string_view> reports_that_heed(OptionGroup group) {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) {
    if (command.kind == CommandKind::Report && command.groups.has(group)) {
      names.push_back(command.name);
    }
  }
  return names;
}

const Command* find_command(std::string_view name) {
  const auto* const row = std::ranges::find(kCommands, name, &Command::name);
  return row == kCommands.end() ? nullptr : row;
}

}  // namespace plumb::cli
