// SPDX-License-Identifier: Apache-2.0
#include "app/help.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/help_topics.h"
#include "app/options.h"
#include "base/strings.h"
#include "base/version.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kWhatItIs =
    "plumb finds the goroutines that Go programs leak, and reads every Go profile.\n";

// The first things to try.
constexpr std::array kFirstSteps = {
    Example{"leaks localhost:6060", "what is stuck in a server, where and since when"},
    Example{"leaks dump.txt", "the same for a goroutine dump or a crash log"},
    Example{"top heap.pb.gz", "the functions that hold the memory"},
};

constexpr std::string_view kSources =
    "Profiles:\n"
    "  A file, a directory, a glob, - for standard input, or a server: localhost:6060,\n"
    "  host:6060/debug/pprof/goroutine?debug=2, https://..., https+insecure://...\n"
    "  The format is told from the content: profile.proto, goroutine profiles as text\n"
    "  (debug=1), goroutine dumps (debug=2) and crash logs, gzip or not.\n";

// Appends `left`, then `right` in its own column or, if `left` is too wide, on its own line.
void add_entry(std::string& out, std::string_view left, std::string_view right,
               std::size_t column) {
  out += "  ";
  out += left;
  if (left.size() + 2 > column) {
    out += '\n';
    out.append(column + 2, ' ');
  } else {
    out.append(column - left.size(), ' ');
  }
  out += right;
  out += '\n';
}

template <typename Examples>
void add_examples(std::string& out, const Examples& examples) {
  std::size_t column = 0;
  for (const Example& example : examples) column = std::max(column, example.words.size());
  for (const Example& example : examples) {
    add_entry(out, "plumb " + std::string(example.words), example.meaning, column + 8);
  }
}

constexpr std::size_t kFlagColumn = 24;

void add_flag(std::string& out, const Flag& flag) {
  add_entry(out, flag_entry(flag), flag_meaning(flag), kFlagColumn);
}

// A flag with what it is to commands for which it is something else.
void add_meanings(std::string& out, const Flag& flag) {
  add_flag(out, flag);
  for (const OtherMeaning& meaning : other_meanings()) {
    if (meaning.option != flag.name) continue;
    const Flag own = flag_of_command(flag, meaning.command);
    add_entry(out, flag_entry(own),
              "plumb " + std::string(meaning.command) + ": " + flag_meaning(own), kFlagColumn);
  }
}

void add_flags(std::string& out, const Command& command) {
  std::string_view title;
  for (const Flag& flag : flags()) {
    const OptionGroup group = flag.option->group;
    if (!command.groups.has(group)) continue;
    if (group_title(group) != title) {
      title = group_title(group);
      out += '\n' + std::string(title) + ":\n";
    }
    add_flag(out, flag_of_command(flag, command.name));
  }
}

std::string exit_text(bool may_find) {
  std::string text = "\nExit status:\n  0 nothing wrong";
  if (may_find) text += ", 1 found what it was asked to fail on";
  return text + ", 2 an error\n";
}

// Words on lines of their own, in brackets, as wide as the screen.
std::string wrapped(std::string_view words) {
  constexpr std::size_t kColumns = 78;
  std::string out = "  (";
  std::size_t column = out.size();
  for (const std::string_view word : split(words, ' ')) {
    if (column + 1 + word.size() > kColumns) {
      out += "\n   ";
      column = 3;
    } else if (column > 3) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + ")\n";
}

// "leaks", "top, text", "all reports": who heeds a group.
std::string takers_of(OptionGroup group) {
  std::string names;
  for (const std::string_view name : reports_that_heed(group)) {
    names.append(names.empty() ? "" : " ").append(name);
  }
  return names;
}

}  // namespace

std::string flag_entry(const Flag& flag) {
  std::string text = '-' + std::string(flag.name);
  if (!flag.is_switch()) text += '=' + std::string(flag.value_name);
  return text;
}

// The default is said where it is something to know: not for "", and not for what is unset.
std::string flag_meaning(const Flag& flag) {
  std::string text(flag.help);
  const Option& option = *flag.option;
  const std::string value = default_text(option);
  if (!flag.choice.empty()) {
    const bool is_default = flag.choice == (value.empty() ? option.choices[0] : value);
    return is_default ? text + " (default)" : text;
  }
  if (value.empty() || value == "-1" || value == "0") return text;
  return text + " (default " + value + ')';
}

std::string_view what_it_is() {
  return kWhatItIs;
}

std::string short_help() {
  std::string out(kWhatItIs);
  out += '\n';
  add_examples(out, kFirstSteps);
  out += "\nplumb help lists all commands; plumb help leaks explains one.\n";
  return out;
}

std::string full_help() {
  constexpr std::size_t kColumn = 13;
  std::string out(kWhatItIs);
  out +=
      "\nUsage:\n"
      "  plumb <command> [flags] <profile>...\n"
      "  plumb [flags] <profile>...            opens the shell\n"
      "\nExamples:\n";
  add_examples(out, kFirstSteps);
  for (const bool is_report : {true, false}) {
    out += is_report ? "\nReports (also as flags: plumb -top FILE):\n" : "\nOther commands:\n";
    for (const Command& command : commands()) {
      const bool is_shown = (command.kind == CommandKind::Report) == is_report;
      if (is_shown) add_entry(out, command.name, command.summary, kColumn);
    }
  }
  out += "\nTopics:\n";
  for (const HelpTopic& topic : help_topics()) add_entry(out, topic.name, topic.summary, kColumn);
  out += '\n';
  out += kSources;
  out += exit_text(true);
  out +=
      "\nplumb help COMMAND shows the flags of a command, plumb help -flags those of all.\n"
      "Version " +
      std::string(kVersion) + ".\n";
  return out;
}

std::string command_help(const Command& command) {
  std::string out(command.summary);
  out += "\n\nUsage:\n  plumb " + std::string(command.name);
  if (command.reads_profiles()) out += " [flags]";
  if (!command.operands.empty()) out += ' ' + std::string(command.operands);
  out += '\n';
  if (!command.examples.empty()) {
    out += "\nExamples:\n";
    add_examples(out, command.examples);
  }
  if (const HelpTopic* const topic = find_help_topic(command.name)) {
    out += '\n' + std::string(topic->summary) + ":\n" + help_topic_body(*topic);
  }
  if (!command.reads_profiles()) return out;
  add_flags(out, command);
  out += "\nFlags are written -x or --x, values -x=v or -x v; they may stand behind profiles.\n";
  out += exit_text(command.groups.has(OptionGroup::FailOn));
  return out;
}

std::string flags_help() {
  std::string out = "Every flag, and the reports that heed it\n";
  std::string_view title;
  std::string takers;
  for (const Flag& flag : flags()) {
    const OptionGroup group = flag.option->group;
    if (group_title(group) != title || takers_of(group) != takers) {
      title = group_title(group);
      takers = takers_of(group);
      out += '\n' + std::string(title) + ":\n" + wrapped(takers);
    }
    add_meanings(out, flag);
  }
  return out;
}

std::string option_help(const Option& option) {
  std::string out;
  for (const Flag& flag : flags()) {
    if (flag.option == &option) add_meanings(out, flag);
  }
  return out + '\n' + std::string(group_title(option.group)) + ":\n" +
         wrapped(takers_of(option.group));
}

}  // namespace plumb::cli
