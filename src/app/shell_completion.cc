// SPDX-License-Identifier: Apache-2.0
#include "app/shell_completion.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_set>

#include "app/help_topics.h"
#include "app/shell_command.h"
#include "app/shell_line.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

constexpr std::size_t kMostWords = 2000;
constexpr std::size_t kMostValues = 500;  // Of one label.

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 2> kBools = {"false", "true"};

void add_matching(Words& out, std::string_view begun, std::string_view word) {
  if (word.starts_with(begun)) out.emplace_back(word);
}

// A regular expression that matches `name` and reads like it: dots stay.
std::string as_regexp(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::string_view("\\+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

Words complete_function(std::string_view begun, ProfileWords& words) {
  Words inside;
  Words front;
  for (const std::string_view name : words.functions()) {
    const std::string regexp = as_regexp(name);
    if (name.starts_with(begun) || regexp.starts_with(begun)) {
      front.push_back(regexp);
    } else if (name.find(begun) != std::string_view::npos ||
               regexp.find(begun) != std::string::npos) {
      inside.push_back(regexp);
    }
    if (front.size() == kMostWords) break;
  }
  return front.empty() ? inside : front;
}

Words complete_label_key(std::string_view begun, ProfileWords& words) {
  Words out;
  for (const auto& [key, values] : words.labels()) add_matching(out, begun, key);
  return out;
}

// The last of keys between commas.
Words complete_label_keys(std::string_view begun, ProfileWords& words) {
  const std::size_t comma = begun.rfind(',');
  const std::size_t start = comma == std::string_view::npos ? 0 : comma + 1;
  Words out;
  for (const std::string& key : complete_label_key(begun.substr(start), words)) {
    out.push_back(std::string(begun.substr(0, start)) + key);
  }
  return out;
}

Words complete_label_value(std::string_view key, std::string_view begun, ProfileWords& words) {
  Words out;
  const auto found = words.labels().find(key);
  if (found == words.labels().end()) return out;
  for (const std::string_view value : found->second) {
    const std::string regexp = as_regexp(value);
    if (value.starts_with(begun) || regexp.starts_with(begun)) out.push_back(regexp);
  }
  return out;
}

// [KEY=]REGEXP
Words complete_label(std::string_view begun, ProfileWords& words) {
  const std::size_t equals = begun.find('=');
  Words out;
  if (equals == std::string_view::npos) {
    for (const std::string& key : complete_label_key(begun, words)) out.push_back(key + '=');
    return out;
  }
  const std::string_view key = begun.substr(0, equals);
  for (const std::string& value : complete_label_value(key, begun.substr(equals + 1), words)) {
    out.push_back(std::string(key) + '=' + value);
  }
  return out;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Words complete_file(std::string_view begun) {
  const std::size_t slash = begun.rfind('/');
  const std::string folder(begun.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
  const std::string_view name = begun.substr(folder.size());
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.empty() ? "." : folder.c_str()));
  Words out;
  if (!open) return out;
  while (const dirent* const entry = ::readdir(open.get())) {
    const std::string_view found = entry->d_name;
    const bool is_hidden = found.starts_with('.') && !name.starts_with('.');
    if (is_hidden || found == "." || found == ".." || !found.starts_with(name)) continue;
    std::string path = folder + std::string(found);
    if (is_folder(path)) path += '/';
    out.push_back(std::move(path));
    if (out.size() == kMostWords) break;
  }
  return out;
}

// Values that can follow "option=": what the table says they are decides.
Words complete_value(const Option& option, std::string_view begun, ProfileWords& words,
                     const SampleTypes& types) {
  Words out;
  const auto add_all = [&](const auto& candidates) {
    for (const auto& word : candidates) add_matching(out, begun, word);
  };
  if (option.is_switch()) {
    add_all(kBools);
  } else if (!option.choices.empty()) {
    add_all(option.choices);
  } else if (option.value_name == "TYPE") {
    add_all(types.names);
  } else if (!option.suggestions.empty()) {
    add_all(option.suggestions);
  } else if (option.value_name == "FILE" || option.value_name == "DIRS") {
    out = complete_file(begun);
  } else if (option.value_name == "KEY,...") {
    out = complete_label_keys(begun, words);
  } else if (option.value_name.find("KEY") != std::string_view::npos) {
    out = complete_label(begun, words);
  } else if (option.name == "state") {
    out = complete_label_value("state", begun, words);
  } else if (option.name.starts_with("tag")) {
    out = complete_label_key(begun, words);
  } else if (option.value_name == "REGEXP") {
    out = complete_function(begun, words);
  }
  return out;
}

// The first word of a line.
Words complete_start(std::string_view begun, const SampleTypes& types) {
  Words out;
  const std::string lower = to_lower(begun);
  for (const std::string_view word : shell_words()) add_matching(out, lower, word);
  for (const std::string& type : types.names) {
    add_matching(out, begun, type);
    add_matching(out, begun, "mean_" + type);
    add_matching(out, begun, "total_" + type);
  }
  return out;
}

std::string suffix_of_start(std::string_view word) {
  if (find_shell_command(word) != nullptr || word == "help" || word == "source") return " ";
  const auto variable = find_variable(word);
  const bool takes_value =
      variable && (!variable->choice.empty() || !variable->option->is_switch());
  return takes_value ? "=" : "";
}

Words complete_help(std::string_view begun) {
  Words out;
  for (const std::string_view word : shell_words()) add_matching(out, begun, word);
  for (const HelpTopic& topic : help_topics()) add_matching(out, begun, topic.name);
  return out;
}

// Flags of a command: -cum, -focus=. `begun` has no dash.
Words complete_flag(const Command& command, std::string_view begun) {
  Words out;
  for (const Flag& flag : flags()) {
    const Option& option = *flag.option;
    if (is_for_command_line(option) || !command.groups.has(option.group)) continue;
    if (!flag.name.starts_with(begun)) continue;
    out.push_back('-' + std::string(flag.name) + (flag.is_switch() ? "" : "="));
  }
  return out;
}

Words with_front(std::string_view front, Words words) {
  for (std::string& word : words) word.insert(0, front);
  return words;
}

// A word behind a command that starts with a dash: a flag, its value, or what to ignore.
Words complete_dashed(const Command& command, std::string_view begun, ProfileWords& words,
                      const SampleTypes& types) {
  const std::size_t dashes = begun.starts_with("--") ? 2 : 1;
  const std::string_view name = begun.substr(dashes);
  const std::size_t equals = name.find('=');
  if (equals != std::string_view::npos) {
    const Option* const option = find_option(name.substr(0, equals));
    if (option == nullptr) return {};
    return with_front(begun.substr(0, dashes + equals + 1),
                      complete_value(*option, name.substr(equals + 1), words, types));
  }
  Words out = complete_flag(command, name);
  if (!out.empty()) return out;
  return with_front("-", complete_function(begun.substr(1), words));
}

Words complete_command_word(const UnfinishedWord& typed, ProfileWords& words,
                            const SampleTypes& types) {
  const std::string& begun = typed.word.text;
  const std::string& first = typed.before[0].text;
  if (first == "help") return typed.before.size() == 1 ? complete_help(begun) : Words();
  if (first == "source") return typed.before.size() == 1 ? complete_file(begun) : Words();
  std::string_view name = first;
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  const Command* const command = find_shell_command(name);
  if (command == nullptr) return {};
  if (typed.before.back().text == ">" && typed.before.back().plain == 1) {
    return complete_file(begun);
  }
  if (typed.word.begins_with('>')) return with_front(">", complete_file(begun.substr(1)));
  if (typed.word.begins_with('-')) return complete_dashed(*command, begun, words, types);
  if (command->report == ReportKind::Tags) return complete_label(begun, words);
  return complete_function(begun, words);
}

// Quotes what needs it, but leaves a leading - or > in front of the quotes.
std::string quote_completion(const std::string& word) {
  const std::size_t front = word.starts_with('-') || word.starts_with('>') ? 1 : 0;
  return word.substr(0, front) + quote_shell_word(std::string_view(word).substr(front));
}

// What the value of an assignment says that is typed so far: state="chan s is state=chan s. What
// takes its place needs no quotes, for blanks belong to a value.
std::string unfinished_value(std::string_view value) {
  for (const std::string_view closing : {"", "\"", "'"}) {
    auto whole = unquote_value(std::string(value) + std::string(closing));
    if (whole) return *std::move(whole);
  }
  return std::string(value);
}

void finish(LineCompletions& found) {
  std::ranges::sort(found.words);
  found.words.erase(std::unique(found.words.begin(), found.words.end()), found.words.end());
}

}  // namespace

const std::vector<std::string_view>& ProfileWords::functions() {
  if (has_functions_) return functions_;
  has_functions_ = true;
  for (const Function& function : profile_.functions) {
    if (function.name.index != 0) functions_.push_back(profile_.text(function.name));
  }
  std::ranges::sort(functions_);
  functions_.erase(std::unique(functions_.begin(), functions_.end()), functions_.end());
  return functions_;
}

const std::map<std::string_view, std::set<std::string_view>>& ProfileWords::labels() {
  if (has_labels_) return labels_;
  has_labels_ = true;
  std::unordered_set<std::uint64_t> seen;
  for (std::size_t i = 0; i < profile_.sample_count(); ++i) {
    for (const Label& label : profile_.labels(i)) {
      constexpr int kBits = 32;
      const std::uint64_t text = label.is_string() ? label.str.index : 0;
      if (!seen.insert(std::uint64_t{label.key.index} << kBits | text).second) continue;
      auto& values = labels_[profile_.text(label.key)];
      if (label.is_string() && values.size() < kMostValues) {
        values.insert(profile_.text(label.str));
      }
    }
  }
  return labels_;
}

LineCompletions complete_shell_line(std::string_view line, ProfileWords& words,
                                    const SampleTypes& types) {
  LineCompletions found;
  const std::size_t equals = line.find('=');
  if (equals != std::string_view::npos) {
    const auto variable = find_variable(trim(line.substr(0, equals)));
    if (variable && variable->choice.empty()) {
      const std::string_view value = line.substr(equals + 1);
      const std::size_t blanks = std::min(value.find_first_not_of(' '), value.size());
      found.start = equals + 1 + blanks;
      found.words =
          complete_value(*variable->option, unfinished_value(value.substr(blanks)), words, types);
      finish(found);
      return found;
    }
  }
  const UnfinishedWord typed = find_unfinished_word(line);
  found.start = typed.start;
  if (typed.is_piped) return found;
  if (typed.before.empty()) {
    found.words = complete_start(typed.word.text, types);
    finish(found);
    if (found.words.size() == 1) found.suffix = suffix_of_start(found.words[0]);
    return found;
  }
  for (const std::string& word : complete_command_word(typed, words, types)) {
    found.words.push_back(quote_completion(word));
  }
  finish(found);
  if (found.words.size() == 1 && !found.words[0].ends_with('=') && !found.words[0].ends_with('/')) {
    found.suffix = " ";
  }
  return found;
}

}  // namespace plumb::cli
