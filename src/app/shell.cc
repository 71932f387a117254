// SPDX-License-Identifier: Apache-2.0
#include "app/shell.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "app/interrupt.h"
#include "app/shell_help.h"
#include "base/strings.h"
#include "base/system_message.h"
#include "base/try.h"
#include "model/label_units.h"
#include "report/sample_view.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kPrompt = "(pprof) ";
constexpr std::size_t kDeepestSource = 16;
constexpr std::size_t kMostUndone = 1000;

SampleTypes sample_types_of(const Profile& profile) {
  SampleTypes types;
  for (const ValueType& type : profile.sample_types) {
    types.names.emplace_back(profile.text(type.type));
  }
  types.default_name = profile.text(profile.default_sample_type);
  return types;
}

// Calls `use` with every option that filters.
template <typename Use>
void for_each_filter(Use use) {
  for (const Option& option : options()) {
    if (option.group == OptionGroup::Filters) use(option);
  }
}

std::vector<std::string> filter_texts(const Settings& settings) {
  std::vector<std::string> texts;
  for_each_filter([&](const Option& option) { texts.push_back(option_text(settings, option)); });
  return texts;
}

bool is_any(std::string_view word, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, word) != names.end();
}

// "a.pb.gz", "a.pb.gz and 2 more".
std::string name_of(const std::vector<SourceLosses>& sources) {
  std::string name = sources.front().name;
  if (sources.size() > 1) name += " and " + std::to_string(sources.size() - 1) + " more";
  return name;
}

// A descriptor that is closed with its owner.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Why no lines can be read from it; empty: they can.
  [[nodiscard]] std::string problem() const {
    if (descriptor_ < 0) return system_message(error_);
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return system_message(errno);
    return S_ISDIR(status.st_mode) ? system_message(EISDIR) : "";
  }

 private:
  int descriptor_;
  int error_ = errno;  // Of opening.
};

}  // namespace

Shell::Shell(LoadedProfile&& loaded, Settings settings, Environment& environment)
    : content_(std::move(loaded.profile)),
      name_(name_of(loaded.losses)),
      places_(loaded.losses.front().places),
      types_(sample_types_of(std::get<Profile>(content_))),
      settings_(std::move(settings)),
      environment_(environment) {
  settings_.report.compact_labels = true;
  environment_.is_session = true;
}

void Shell::greet() {
  const Notice notice = [this](std::string_view line) { say_complaint(line); };
  for (const std::string& line : find_label_units(profile()).notices) notice(line);
  const auto options = report_options(settings_, notice);
  const auto samples = options ? select_samples(profile(), *options) : options.error();
  if (samples) {
    for (const std::string& line : header_lines(header_of(profile()), *samples)) {
      environment_.say(line);
    }
    if (samples->total == 0 && types_.names.size() > 1) {
      environment_.say("No samples were found with the default sample value type.");
      environment_.say("Try \"sample_index\" command to analyze different sample values.");
    }
  }
  environment_.say("Entering interactive mode (type \"help\" for commands, \"o\" for options)");
}

ShellState Shell::run(LineReader& lines) {
  std::string line;
  while (!environment_.out.is_closed()) {
    switch (lines.read_line(kPrompt, line)) {
      case LineStatus::End:
        return ShellState::Goes;
      case LineStatus::Interrupted:
        break;
      case LineStatus::Line:
        if (run_line(line) == ShellState::Ended) return ShellState::Ended;
    }
    if (was_interrupted() && !sourced_.empty()) return ShellState::Goes;
    clear_interrupt();
  }
  return ShellState::Ended;
}

ShellState Shell::run_line(std::string_view line) {
  if (trim(line).starts_with('#')) return ShellState::Goes;
  const auto before = filter_texts(settings_);
  auto state = ShellState::Goes;
  for (const std::string& expanded : expand_shortcut(line, types_)) {
    state = run_expanded(expanded);
    if (state == ShellState::Ended) break;
  }
  const bool is_undo = trim(line) == "undo";
  if (!is_undo && sourced_.empty() && filter_texts(settings_) != before) {
    if (earlier_filters_.size() == kMostUndone) earlier_filters_.erase(earlier_filters_.begin());
    earlier_filters_.push_back(before);
  }
  environment_.out.flush();
  say_hint();
  return state;
}

ShellState Shell::run_expanded(std::string_view line) {
  const ShellAssignment assignment = split_assignment(line);
  if (const auto variable = find_variable(assignment.name)) {
    run_assignment(*variable, assignment);
    return ShellState::Goes;
  }
  const auto words = split_shell_line(line);
  if (words) return run_words(*words);
  say_error(words.error());
  return ShellState::Goes;
}

void Shell::run_assignment(const Variable& variable, const ShellAssignment& assignment) {
  const auto result = [&]() -> Result<void> {
    if (!assignment.value) return assign(settings_, variable, std::nullopt, types_);
    TRY_ASSIGN(const std::string value, unquote_value(*assignment.value));
    return assign(settings_, variable, value, types_);
  }();
  if (!result) say_error(result.error());
}

ShellState Shell::run_words(const ShellLine& line) {
  if (line.words.empty()) {
    if (line.pipe) say_error({ErrorCode::Usage, "there is no command before |"});
    return ShellState::Goes;
  }
  const std::string& first = line.words[0].text;
  if (is_any(first, {"exit", "quit", "q"})) return ShellState::Ended;
  if (is_any(first, {"o", "options"})) {
    say_lines(list_variables(settings_, types_));
  } else if (first == "help") {
    help(line);
  } else if (first == "source") {
    return source(line);
  } else if (first == "undo") {
    undo();
  } else {
    make_report(line);
  }
  return ShellState::Goes;
}

void Shell::make_report(const ShellLine& line) {
  const auto result = [&]() -> Result<void> {
    TRY_ASSIGN(const ShellCommand command, parse_shell_command(line, settings_, types_));
    return run_command(command);
  }();
  if (!result) say_error(result.error());
}

void Shell::help(const ShellLine& line) const {
  std::string topic;
  for (std::size_t i = 1; i < line.words.size(); ++i) {
    topic += (i > 1 ? " " : "") + line.words[i].text;
  }
  const auto text = shell_help(topic);
  if (text) {
    say_lines(*text);
  } else {
    say_error(text.error());
  }
}

ShellState Shell::source(const ShellLine& line) {
  if (line.words.size() != 2) {
    say_error({ErrorCode::Usage, "source takes one file"});
    return ShellState::Goes;
  }
  const std::string& path = line.words[1].text;
  const OpenFile file(path);
  std::string problem = file.problem();
  if (std::ranges::find(sourced_, path, &SourcedLine::path) != sourced_.end()) {
    problem = "the file sources itself";
  } else if (sourced_.size() == kDeepestSource) {
    problem = "files source each other, " + std::to_string(kDeepestSource) + " deep";
  }
  if (!problem.empty()) {
    say_error({ErrorCode::Io, path + ": " + problem});
    return ShellState::Goes;
  }
  DescriptorLines lines(file.descriptor());
  std::string text;
  ShellState state = ShellState::Goes;
  for (std::size_t number = 1; state == ShellState::Goes && !was_interrupted(); ++number) {
    if (lines.read_line({}, text) != LineStatus::Line) break;
    sourced_.push_back({path, number});
    state = run_line(text);
    sourced_.pop_back();
  }
  return state;
}

void Shell::undo() {
  if (earlier_filters_.empty()) {
    say_error({ErrorCode::Usage, "there is no change of filters to take back"});
    return;
  }
  const std::vector<std::string> texts = std::move(earlier_filters_.back());
  earlier_filters_.pop_back();
  std::size_t index = 0;
  for_each_filter([&](const Option& option) {
    const std::string& text = texts[index++];
    if (option_text(settings_, option) == text) return;
    if (!set_option(settings_, option, text)) return;  // It was read from there.
    environment_.say("  " + std::string(option.name) + '=' + (text.empty() ? "\"\"" : text));
  });
}

// Once, and only to a person who sees the report.
void Shell::say_hint() {
  const std::string hint = std::exchange(hint_, {});
  if (hint.empty() || has_hinted_ || !environment_.out_is_terminal) return;
  has_hinted_ = true;
  environment_.say(hint);
}

void Shell::say_lines(std::string_view text) const {
  while (!text.empty()) environment_.say(take_until(text, '\n'));
}

void Shell::say_error(const Error& error) const {
  std::string text = error.describe();
  if (!sourced_.empty()) {
    const SourcedLine& line = sourced_.back();
    text.insert(0, line.path + ':' + std::to_string(line.number) + ": ");
  }
  std::string_view rest = text;
  while (!rest.empty()) say_complaint(take_until(rest, '\n'));
}

// As pprof's terminal shows what went wrong.
void Shell::say_complaint(std::string_view line) const {
  if (!uses_colour_) return environment_.say(line);
  environment_.out.flush();
  environment_.err << "\x1b[0;31m" << printable(line) << "\x1b[0m\n";
  environment_.err.flush();
}

}  // namespace plumb::cli
