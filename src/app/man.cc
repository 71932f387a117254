// SPDX-License-Identifier: Apache-2.0
#include "app/man.h"

#include "app/help.h"
#include "app/help_topics.h"
#include "app/options.h"
#include "base/strings.h"
#include "base/version.h"

namespace plumb::cli {
namespace {

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// No date: equal sources make equal pages.
std::string title(std::string_view name) {
  return ".TH " + roff_text(to_upper(name)) + " 1 \"\" \"plumb " + std::string(kVersion) +
         "\" \"plumb\"\n";
}

std::string section(std::string_view name) {
  return ".SH " + roff_text(to_upper(name)) + '\n';
}

// A term with its meaning.
std::string item(std::string_view term, std::string_view meaning) {
  return ".TP\n.B " + roff_text(term) + '\n' + roff_text(meaning) + '\n';
}

// Lines that keep their breaks and columns.
std::string preformatted(std::string_view text) {
  return ".nf\n" + roff_text(text) + ".fi\n";
}

std::string examples_of(const Command& command) {
  std::string out;
  for (const Example& example : command.examples) {
    out += item("plumb " + std::string(example.words), example.meaning);
  }
  return out.empty() ? out : section("examples") + out;
}

std::string flags_of(const Command& command) {
  std::string out = section("options");
  std::string_view group;
  for (const Flag& flag : flags()) {
    if (!command.groups.has(flag.option->group)) continue;
    if (group_title(flag.option->group) != group) {
      group = group_title(flag.option->group);
      out += ".SS " + roff_text(group) + '\n';
    }
    const Flag own = flag_of_command(flag, command.name);
    out += item(flag_entry(own), flag_meaning(own));
  }
  return out;
}

std::string see_also(std::string_view but) {
  std::string out = section("see also");
  if (!but.empty()) out += ".BR plumb (1),\n";
  for (const Command& command : commands()) {
    if (command.name == but || !command.reads_profiles()) continue;
    out += ".BR plumb\\-" + roff_text(command.name) + " (1),\n";
  }
  return out + ".BR pprof (1)\n";
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  bool is_line_start = true;
  for (const char c : text) {
    if (is_line_start && (c == '.' || c == '\'')) out += "\\&";
    is_line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '"') {
      out += "\\(dq";
    } else {
      out += c;
    }
  }
  return out;
}

std::string man_page() {
  std::string out = title("plumb") + section("name") + "plumb \\- read profiles of Go programs\n";
  out += section("synopsis");
  out += ".B plumb\n.I command\n[flags]\n.IR profile ...\n.br\n";
  out += ".B plumb\n[flags]\n.IR profile ...\n";
  out += section("description") + roff_text(what_it_is());
  out += "Without a command, the shell is opened on the profile.\n";
  out += section("commands");
  for (const Command& command : commands()) out += item(command.name, command.summary);
  for (const HelpTopic& topic : help_topics()) {
    std::string name(topic.name);
    for (char& c : name) c = c == '-' ? ' ' : c;
    out += section(name);
    for (const TopicExample& example : topic.examples) out += item(example.line, example.meaning);
    out += ".PP\n" + preformatted(topic.text);
  }
  return out + see_also({});
}

std::string man_page(const Command& command) {
  const std::string name = "plumb-" + std::string(command.name);
  std::string out =
      title(name) + section("name") + roff_text(name) + " \\- " + roff_text(command.summary) + '\n';
  out += section("synopsis") + ".B plumb " + roff_text(command.name) + '\n';
  if (command.reads_profiles()) out += "[flags]\n";
  if (!command.operands.empty()) out += ".I " + roff_text(command.operands) + '\n';
  out += examples_of(command);
  if (command.reads_profiles()) out += flags_of(command);
  if (const HelpTopic* const topic = find_help_topic(command.name)) {
    out += section("description");
    for (const TopicExample& example : topic->examples) out += item(example.line, example.meaning);
    out += ".PP\n" + preformatted(topic->text);
  }
  return out + see_also(command.name);
}

}  // namespace plumb::cli
