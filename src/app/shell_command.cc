// SPDX-License-Identifier: Apache-2.0
#include "app/shell_command.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "app/option_values.h"
#include "app/usage_error.h"
#include "base/ascii.h"
#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kListOptionsHelp = "List options and their current values";
constexpr std::string_view kLeave = "Leave the shell; so does the end of the input";
constexpr std::array kBuiltins = {
    ShellBuiltin{"o", "", kListOptionsHelp},
    ShellBuiltin{"options", "", kListOptionsHelp},
    ShellBuiltin{"help", "[command|option|topic]", "Explain the shell or one of its words"},
    ShellBuiltin{"q", "", kLeave},
    ShellBuiltin{"quit", "", kLeave},
    ShellBuiltin{"exit", "", kLeave},
    ShellBuiltin{"source", "FILE", "Run the lines of a file", true},
    ShellBuiltin{"undo", "", "Take back the last change of filters", true},
};

// Go's strconv.ParseInt(word, 10, 32).
std::optional<std::int32_t> parse_count(std::string_view word) {
  if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);
  return parse_int<std::int32_t>(word);
}

void append_alternative(std::string& regexp, std::string_view more) {
  if (!regexp.empty() && !more.empty()) regexp += '|';
  regexp += more;
}

// Reads one line; see parse_shell_command().
class ShellParser {
 public:
  ShellParser(const ShellLine& line, const Settings& current, const SampleTypes& types)
      : words_(line.words), types_(types) {
    parsed_.settings = current;
    parsed_.pipe = line.pipe;
  }

  Result<ShellCommand> parse() {
    TRY(take_command());
    while (next_ < words_.size()) TRY(take_word());
    TRY(check_argument());
    TRY(apply_regexps());
    if (parsed_.command->report == ReportKind::Top && parsed_.settings.report.nodecount == -1) {
      constexpr std::int64_t kUsualCount = 10;
      parsed_.settings.report.nodecount = kUsualCount;
    }
    return std::move(parsed_);
  }

 private:
  Result<void> take_command();
  Result<void> take_word();
  Result<void> take_file(const ShellWord& word);
  Result<bool> take_flag(const ShellWord& word);
  Result<void> apply_flag(const Flag& flag, std::string_view value);
  Result<void> note_choice(const Flag& flag);
  void take_count(std::int32_t count);
  [[nodiscard]] Result<void> check_argument() const;
  Result<void> apply_regexps();
  [[nodiscard]] Error unknown_command(std::string_view name, std::string_view digits) const;
  [[nodiscard]] Error not_of_shell(std::string_view text, std::string_view name) const;
  [[nodiscard]] Error unknown_leaks_option(std::string_view word) const;
  [[nodiscard]] bool is_leaks() const { return !parsed_.command->report.has_value(); }

  std::vector<ShellWord> words_;
  const SampleTypes& types_;
  ShellCommand parsed_;
  std::size_t next_ = 0;
  bool has_argument_ = false;
  std::vector<Flag> choices_;  // That the line made.
  std::string focus_;
  std::string ignore_;
};

Result<void> ShellParser::take_command() {
  const std::string_view name = words_[next_++].text;
  parsed_.command = find_shell_command(name);
  if (parsed_.command != nullptr) return {};
  // top10 is top 10.
  std::size_t digits = name.size();
  while (digits > 0 && is_digit(name[digits - 1])) --digits;
  if (digits == 0 || digits == name.size()) return unknown_command(name, {});
  parsed_.command = find_shell_command(name.substr(0, digits));
  if (parsed_.command == nullptr) {
    return unknown_command(name.substr(0, digits), name.substr(digits));
  }
  ShellWord count{std::string(name.substr(digits)), name.size() - digits};
  words_.insert(words_.begin() + static_cast<std::ptrdiff_t>(next_), std::move(count));
  return {};
}

Error ShellParser::unknown_command(std::string_view name, std::string_view digits) const {
  const auto variable = find_variable(name);
  std::string message = "unrecognized command: " + go_quoted(name);
  if (variable) {
    const std::string value = !digits.empty()         ? std::string(digits)
                              : next_ < words_.size() ? words_[next_].text
                                                      : "<val>";
    const std::string meant = "did you mean: " + std::string(name) + '=' + value;
    const Option& option = *variable->option;
    // pprof does not know the names of groups here.
    const bool is_group = !option.choices.empty() && variable->choice.empty();
    return usage(is_pprof_option(option) && !is_group ? meant : message + '\n' + meant);
  }
  const std::size_t equals = words_[0].text.find('=');
  const std::string_view word = std::string_view(words_[0].text).substr(0, equals);
  const Option* const option = find_option(word);
  if (option != nullptr && equals != std::string::npos && is_for_command_line(*option)) {
    return usage(std::string(word) + " is a flag of the command line, not of the shell");
  }
  if (const auto nearest = find_nearest(word, shell_words())) {
    message += "\ndid you mean " + std::string(*nearest);
    message += equals == std::string::npos ? "?" : "=?";
  }
  return usage(std::move(message));
}

Result<void> ShellParser::take_word() {
  const ShellWord& word = words_[next_++];
  // A flag may stand before the argument; anything else is the argument, whatever it looks like.
  if (word.begins_with('-')) {
    TRY_ASSIGN(const bool is_taken, take_flag(word));
    if (is_taken) return {};
  }
  if (!parsed_.command->argument.empty() && !has_argument_) {
    parsed_.argument = word.text;
    has_argument_ = true;
    return {};
  }
  const auto count = parse_count(word.text);
  if (count && word.plain == word.text.size()) {
    take_count(*count);
  } else if (word.begins_with('>')) {
    return take_file(word);
  } else if (word.begins_with('-') && is_leaks()) {
    return unknown_leaks_option(word.text);
  } else if (word.begins_with('-')) {
    append_alternative(ignore_, std::string_view(word.text).substr(1));
  } else {
    append_alternative(focus_, word.text);
  }
  return {};
}

void ShellParser::take_count(std::int32_t count) {
  (is_leaks() ? parsed_.settings.leaks.group_count : parsed_.settings.report.nodecount) = count;
}

Result<void> ShellParser::take_file(const ShellWord& word) {
  if (word.plain > 1 && word.text[1] == '>') {
    return usage("there is no >>: a report starts its file anew\nto append it: | cat >> FILE");
  }
  if (word.text.size() > 1) {
    parsed_.settings.output = word.text.substr(1);
    return {};
  }
  if (next_ == words_.size()) return usage("unexpected end of line after >");
  parsed_.settings.output = words_[next_++].text;
  return {};
}

// False if the word is no flag of this command, so that it is a regular expression.
Result<bool> ShellParser::take_flag(const ShellWord& word) {
  const std::string_view text = word.text;
  const std::size_t dashes = text.starts_with("--") ? 2 : 1;
  const std::size_t equals = text.find('=');
  const std::size_t name_end = std::min(equals, text.size());
  if (word.plain < name_end) return false;
  const std::string_view name = text.substr(dashes, name_end - dashes);
  const Flag* const flag = find_flag(name);
  const Option* const option = flag != nullptr ? flag->option : find_option(name);
  if (option == nullptr) return false;
  if (is_for_command_line(*option)) {
    // No regular expression has "base=old.pb.gz" in mind.
    if (equals == std::string_view::npos) return false;
    return not_of_shell(text.substr(dashes), name);
  }
  if (!parsed_.command->takes(option->group)) return false;
  std::string_view value;
  if (equals != std::string_view::npos) {
    value = text.substr(equals + 1);
  } else if (flag == nullptr) {
    return false;  // -sort alone: no flag of the command line.
  } else if (flag->is_switch()) {
    value = "true";
  } else if (next_ < words_.size()) {
    value = words_[next_++].text;
  } else {
    return usage("flag needs an argument: -" + std::string(name) + "\nto ignore what matches " +
                 std::string(name) + ": -'" + std::string(name) + '\'');
  }
  TRY(apply_flag(flag != nullptr ? *flag : Flag{name, option, {}, {}, {}}, value));
  return true;
}

// `text` has no dashes.
Error ShellParser::not_of_shell(std::string_view text, std::string_view name) const {
  std::string message =
      '-' + std::string(name) + " is a flag of the command line, not of the shell";
  if (!is_leaks()) {
    message += "\nto ignore what matches " + std::string(text) + ": -'" + std::string(text) + '\'';
  }
  return usage(std::move(message));
}

Error ShellParser::unknown_leaks_option(std::string_view word) const {
  std::string_view name = word.substr(0, word.find('='));
  while (name.starts_with('-')) name.remove_prefix(1);
  std::vector<std::string_view> names;
  for (const Flag& flag : flags()) {
    const OptionGroup group = flag.option->group;
    if (parsed_.command->takes(group) && !is_for_command_line(*flag.option))
      names.push_back(flag.name);
  }
  std::string message =
      "leaks has no option " + std::string(word) + "; what to leave out is -exclude=REGEXP";
  if (const auto nearest = find_nearest(name, names)) {
    message += "\ndid you mean -" + std::string(*nearest) + '?';
  }
  return usage(std::move(message));
}

Result<void> ShellParser::apply_flag(const Flag& flag, std::string_view value) {
  Settings& settings = parsed_.settings;
  const auto* const shortcut = std::ranges::find(kValueShortcuts, flag.name, &ValueShortcut::flag);
  if (shortcut == kValueShortcuts.end()) {
    const auto is_on = parse_go_bool(value);
    // As on the command line: -cum=false chooses nothing.
    if (!flag.choice.empty() && is_on && !*is_on) return {};
    if (!flag.choice.empty()) TRY(note_choice(flag));
    return assign(settings, {flag.option, flag.choice}, value, types_);
  }
  if (shortcut->mean) settings.report.mean = true;
  const auto variable = find_variable("sample_index");
  return assign(settings, *variable, shortcut->sample_index, types_);
}

// At most one choice of each option, as on the command line.
Result<void> ShellParser::note_choice(const Flag& flag) {
  for (const Flag& other : choices_) {
    if (other.option != flag.option || other.choice == flag.choice) continue;
    return conflicting_choices(*flag.option, std::array{other.choice, flag.choice});
  }
  choices_.push_back(flag);
  return {};
}

Result<void> ShellParser::check_argument() const {
  if (parsed_.command->argument.empty() || has_argument_) return {};
  return usage("command " + std::string(parsed_.command->name) + " requires an argument");
}

Result<void> ShellParser::apply_regexps() {
  Settings& settings = parsed_.settings;
  if (is_leaks()) {
    if (!focus_.empty()) settings.leaks.function = focus_;
    return {};
  }
  FilterOptions& filters = settings.report.filters;
  const bool is_tags = parsed_.command->report == ReportKind::Tags;
  if (!focus_.empty()) (is_tags ? filters.tagfocus : filters.focus) = focus_;
  if (!ignore_.empty()) (is_tags ? filters.tagignore : filters.ignore) = ignore_;
  return {};
}

}  // namespace

std::span<const ShellBuiltin> shell_builtins() {
  return kBuiltins;
}

bool is_for_command_line(const Option& option) {
  constexpr OptionGroups kGroups(OptionGroup::Source, OptionGroup::Collect, OptionGroup::Profiles,
                                 OptionGroup::Watch, OptionGroup::Record, OptionGroup::Diff,
                                 OptionGroup::FailOn, OptionGroup::LeakRun, OptionGroup::Web);
  return kGroups.has(option.group);
}

const Command* find_shell_command(std::string_view name) {
  const Command* const command = find_command(name);
  const bool is_report = command != nullptr && command->kind == CommandKind::Report;
  return is_report && (command->report || name == "leaks") ? command : nullptr;
}

std::vector<std::string_view> shell_words() {
  std::vector<std::string_view> words;
  for (const Command& command : commands()) {
    if (find_shell_command(command.name) != nullptr) words.push_back(command.name);
  }
  for (const ShellBuiltin& builtin : kBuiltins) words.push_back(builtin.name);
  for (const Option& option : options()) {
    if (!is_variable(option)) continue;
    words.push_back(option.name);
    words.insert(words.end(), option.choices.begin(), option.choices.end());
  }
  return words;
}

Result<ShellCommand> parse_shell_command(const ShellLine& line, const Settings& current,
                                         const SampleTypes& types) {
  return ShellParser(line, current, types).parse();
}

}  // namespace plumb::cli
