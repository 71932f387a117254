// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "app/option_values.h"
#include "app/options.h"
#include "app/usage_error.h"
#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::string not_defined(std::string_view name) {
  return "flag provided but not defined: -" + std::string(name);
}

// One flag as it stands on the command line.
struct FlagWord {
  std::string_view name;
  std::optional<std::string_view> value;  // Behind "=".
};

Error bad_bool(const FlagWord& word, const Error& reason) {
  return usage("invalid boolean value " + quoted(*word.value) + " for -" + std::string(word.name) +
               ": " + reason.message());
}

bool is_flag(std::string_view word) {
  return word.size() > 1 && word[0] == '-';  // "-" alone is standard input.
}

Result<FlagWord> split_flag(std::string_view word) {
  std::string_view name = word.substr(word.starts_with("--") ? 2 : 1);
  if (name.empty() || name[0] == '-' || name[0] == '=') {
    return usage("bad flag syntax: " + std::string(word));
  }
  const std::size_t equals = name.find('=');
  if (equals == std::string_view::npos) return FlagWord{name, std::nullopt};
  return FlagWord{name.substr(0, equals), name.substr(equals + 1)};
}

std::string with_underscores(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '-', '_');
  return text;
}

// Many know flags of several words with dashes: --fail-on.
const Flag* find_any_flag(std::string_view name) {
  const Flag* const flag = find_flag(name);
  return flag != nullptr ? flag : find_flag(with_underscores(name));
}

const Command* find_report(std::string_view name) {
  const Command* const command = find_command(name);
  return command != nullptr && command->kind == CommandKind::Report ? command : nullptr;
}

bool asks_for_help(std::string_view name) {
  return name == "h" || name == "help";
}

bool asks_for_version(std::string_view name) {
  return name == "version";
}

// The name of the flag, or of the command in pprof's form, that `word` is; empty: none.
std::string_view known_flag(std::string_view word) {
  if (!is_flag(word)) return {};
  const auto flag = split_flag(word);
  if (!flag) return {};
  const std::string_view name = flag->name;
  const bool is_known = find_any_flag(name) != nullptr || find_report(name) != nullptr ||
                        asks_for_help(name) || asks_for_version(name);
  return is_known ? name : std::string_view();
}

// "plumb leaks, plumb record": who heeds a group; of many the first.
std::string first_takers(OptionGroup group) {
  constexpr std::size_t kMostNamed = 5;
  const std::vector<std::string_view> names = reports_that_heed(group);
  std::string takers;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    takers.append(i == 0 ? "plumb " : ", plumb ").append(names[i]);
  }
  return names.size() > kMostNamed ? takers + " and others" : takers;
}

// Whether a first word that is no command is what the shell is to be opened on: a file or folder
// that is there, standard input, or what can only be meant as a file, a glob or a URL.
bool may_be_source(std::string_view word) {
  if (word == "-" || word.find_first_of("./:*?[") != std::string_view::npos) return true;
  return ::access(std::string(word).c_str(), F_OK) == 0;
}

Error unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  std::string message = "unknown command " + quoted(name);
  if (const auto nearest = find_nearest(name, names)) {
    message += "\ndid you mean " + std::string(*nearest) + '?';
  } else {
    message += "\nthere is no file of that name either";
  }
  return usage(std::move(message));
}

// Reads one command line; see parse_command_line().
class Parser {
 public:
  Parser(std::span<const std::string_view> words, CommandLine& line) : words_(words), line_(line) {}

  Result<void> parse() {
    TRY(take_command());
    while (next_ < words_.size()) TRY(take_word());
    forget_empty_address();
    TRY(take_late_command());
    TRY(take_web());
    TRY(check_formats());
    TRY(check_choices());
    if (line_.command == nullptr && !line_.operands.empty()) line_.command = find_command("shell");
    TRY(take_argument());
    line_.has_flags = !given_.empty() || flags_ended_;
    return check_groups();
  }

 private:
  Result<void> take_command();
  Result<void> take_late_command();
  Result<void> take_word();
  Result<void> take_flag(std::string_view word);
  Result<void> take_switch(const FlagWord& word, const Flag& flag);
  Result<std::string_view> value_of(const FlagWord& word);
  Result<void> take_value(const FlagWord& word, const Flag& flag);
  Result<void> take_format(const FlagWord& word, const Command& report);
  Result<void> take_argument();
  Result<void> take_web();
  void forget_empty_address();
  [[nodiscard]] Error unknown_flag(std::string_view name) const;
  [[nodiscard]] Result<void> check_formats() const;
  [[nodiscard]] Result<void> check_choices();
  [[nodiscard]] Result<void> check_groups() const;

  std::span<const std::string_view> words_;
  CommandLine& line_;
  std::size_t next_ = 0;
  bool flags_ended_ = false;
  bool has_argument_ = false;            // It stood behind the flag that names the command.
  bool is_command_word_ = false;         // The command is a word of its own, not a flag.
  std::vector<const Command*> formats_;  // Reports that are asked for and not switched off again.
  std::vector<const Flag*> given_;       // Flags that were set.
  std::vector<const Flag*> choices_;     // Of given_, those that choose, while they are true.
};

Result<void> Parser::take_command() {
  if (words_.empty() || is_flag(words_[0])) return {};
  const std::string_view name = words_[0];
  line_.command = find_command(name);
  ++next_;
  if (line_.command != nullptr) {
    is_command_word_ = true;
    if (line_.command->reads_profiles()) formats_.push_back(line_.command);
    return {};
  }
  if (may_be_source(name)) {
    line_.operands.emplace_back(name);
    return {};
  }
  return unknown_command(name);
}

// Flags may stand in front of a command, but then a file of its name is meant, as in pprof.
Result<void> Parser::take_late_command() {
  if (line_.command != nullptr || line_.operands.empty()) return {};
  if (may_be_source(line_.operands[0])) return {};
  line_.command = find_command(line_.operands[0]);
  if (line_.command == nullptr) return unknown_command(line_.operands[0]);
  line_.operands.erase(line_.operands.begin());
  return {};
}

Result<void> Parser::take_word() {
  const std::string_view word = words_[next_++];
  if (flags_ended_ || !is_flag(word)) {
    line_.operands.emplace_back(word);
    return {};
  }
  if (word == "--") {
    flags_ended_ = true;
    return {};
  }
  return take_flag(word);
}

Result<void> Parser::take_flag(std::string_view text) {
  TRY_ASSIGN(const FlagWord word, split_flag(text));
  const bool is_help = line_.command != nullptr && line_.command->name == "help";
  if (is_help && !word.value && !asks_for_help(word.name) && !asks_for_version(word.name)) {
    line_.operands.emplace_back(text);  // It is what to explain.
    return {};
  }
  if (const Flag* const flag = find_any_flag(word.name)) {
    given_.push_back(flag);
    return flag->is_switch() ? take_switch(word, *flag) : take_value(word, *flag);
  }
  if (const Command* const report = find_report(word.name)) return take_format(word, *report);
  line_.wants_help = line_.wants_help || asks_for_help(word.name);
  line_.wants_version = line_.wants_version || asks_for_version(word.name);
  if (asks_for_help(word.name) || asks_for_version(word.name)) return {};
  return unknown_flag(word.name);
}

// A switch is on unless "=false" stands behind it; a choice is a switch.
Result<void> Parser::take_switch(const FlagWord& word, const Flag& flag) {
  const std::string_view value = word.value.value_or("true");
  const auto is_on = parse_go_bool(value);
  if (!is_on) return bad_bool(word, is_on.error());
  if (flag.choice.empty()) return set_option(line_.settings, *flag.option, value);
  std::erase(choices_, &flag);
  if (*is_on) choices_.push_back(&flag);
  return {};
}

// What stands behind the flag. Go's flag package takes the next word whatever it is; but who wrote
// -html -redact=paths did not mean a file of that name.
Result<std::string_view> Parser::value_of(const FlagWord& word) {
  if (word.value) return *word.value;
  const std::string needs = "flag needs an argument: -" + std::string(word.name);
  if (next_ == words_.size()) return usage(needs);
  const std::string_view next = words_[next_];
  if (const std::string_view flag = known_flag(next); !flag.empty()) {
    return usage(needs + "\n-" + std::string(flag) + " is another flag; for such a value write -" +
                 std::string(word.name) + '=' + std::string(next));
  }
  ++next_;
  return next;
}

Result<void> Parser::take_value(const FlagWord& word, const Flag& flag) {
  TRY_ASSIGN(const std::string_view value, value_of(word));
  const auto result = set_option(line_.settings, *flag.option, value);
  if (result) return {};
  return usage("invalid value " + quoted(value) + " for flag -" + std::string(word.name) + ": " +
               result.error().message());
}

// pprof's form of a command: -top, -traces, -list=REGEXP. Of one that is repeated the last counts.
Result<void> Parser::take_format(const FlagWord& word, const Command& report) {
  bool is_wanted = true;
  if (report.argument.empty()) {
    const auto is_on = parse_go_bool(word.value.value_or("true"));
    if (!is_on) return bad_bool(word, is_on.error());
    is_wanted = *is_on;
  } else {
    TRY_ASSIGN(line_.argument, value_of(word));
    has_argument_ = true;
  }
  std::erase(formats_, &report);
  if (is_wanted) formats_.push_back(&report);
  if (!is_command_word_) line_.command = formats_.empty() ? nullptr : formats_.front();
  return {};
}

// plumb's form of a command has its argument before the profiles.
Result<void> Parser::take_argument() {
  if (line_.command == nullptr || line_.command->argument.empty()) return {};
  if (has_argument_ || line_.wants_help) return {};
  if (line_.operands.empty()) {
    return usage(std::string(line_.command->name) + " needs a " +
                 std::string(line_.command->argument) + " before the profile");
  }
  line_.argument = std::move(line_.operands.front());
  line_.operands.erase(line_.operands.begin());
  return {};
}

// As in pprof, -http= is as good as not given.
void Parser::forget_empty_address() {
  if (!line_.settings.web.http.empty()) return;
  std::erase_if(given_, [](const Flag* flag) { return flag->name == "http"; });
}

// pprof's form of plumb serve: -http and no format; and the same of -html.
Result<void> Parser::take_web() {
  const WebSettings& web = line_.settings.web;
  const bool serves = line_.command != nullptr && line_.command->groups.has(OptionGroup::Web);
  const bool needs_address = serves && line_.command->name == "leaks";
  if (line_.wants_help || line_.wants_version) return {};
  if (!web.html.empty() && !web.http.empty()) return usage("-http and -html exclude each other");
  const bool limits_ids = std::ranges::find(given_, "max_ids", &Flag::name) != given_.end();
  if (web.html.empty() && (!web.redact.empty() || web.no_script || limits_ids)) {
    return usage("-redact, -max_ids and -no_script only make sense with -html");
  }
  if (serves && !needs_address) return {};
  if (web.http.empty() && web.html.empty()) {
    return web.no_browser ? usage("-no_browser only makes sense with -http") : Result<void>();
  }
  if (serves) return {};
  if (line_.command != nullptr) {
    return usage(std::string(web.html.empty() ? "-http" : "-html") +
                 " is not compatible with an output format on the command line");
  }
  line_.command = find_command("serve");
  return {};
}

Error Parser::unknown_flag(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const Flag& flag : flags()) {
    if (line_.command == nullptr || line_.command->takes(flag.option->group)) {
      names.push_back(flag.name);
    }
  }
  if (line_.command == nullptr) {
    for (const Command& command : commands()) {
      if (command.kind == CommandKind::Report) names.push_back(command.name);
    }
  }
  std::string message = not_defined(name);
  if (const auto nearest = find_nearest(name, names)) {
    message += "\ndid you mean -" + std::string(*nearest) + '?';
  }
  return usage(std::move(message));
}

Result<void> Parser::check_formats() const {
  if (formats_.size() > 1) return usage("must set at most one output format");
  return {};
}

// At most one choice of each option; it is stored now that all flags were seen.
Result<void> Parser::check_choices() {
  for (const Option& option : options()) {
    std::vector<std::string_view> chosen;
    for (const Flag* const flag : choices_) {
      if (flag->option == &option) chosen.push_back(flag->choice);
    }
    if (chosen.size() > 1) return conflicting_choices(option, chosen);
    if (chosen.size() == 1) TRY(set_option(line_.settings, option, chosen[0]));
  }
  return {};
}

// Flags may stand before the command is known (plumb -cum -top FILE), so this comes last.
Result<void> Parser::check_groups() const {
  if (line_.command == nullptr || line_.wants_help) return {};
  for (const Flag* const flag : given_) {
    if (line_.command->takes(flag->option->group)) continue;
    return usage(not_defined(flag->name) + "\nit is a flag of " +
                 first_takers(flag->option->group));
  }
  return {};
}

}  // namespace

Result<void> parse_command_line(std::span<const std::string_view> words, CommandLine& line) {
  return Parser(words, line).parse();
}

}  // namespace plumb::cli
