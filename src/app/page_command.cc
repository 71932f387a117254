// SPDX-License-Identifier: Apache-2.0
#include "app/page_command.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "app/commands.h"
#include "app/options.h"
#include "app/url_options.h"
#include "fetch/url.h"

namespace plumb::cli {
namespace {

// What keeps goroutines from the leak pages. The other options of plumb leaks say how it writes,
// but for -baseline.
constexpr std::array<std::string_view, 7> kLeakFilters = {
    "state", "function", "file", "exclude", "label", "min_age", "min_count"};

bool is_leak_filter(const Option& option) {
  return std::ranges::find(kLeakFilters, option.name) != kLeakFilters.end();
}

// Whether a page is otherwise with that option.
bool is_about_page(const Option& option, const web::WebContent& content) {
  switch (option.group) {
    case OptionGroup::Output:
    case OptionGroup::Json:
    case OptionGroup::Csv:
    case OptionGroup::Diff:
    case OptionGroup::FailOn:
    case OptionGroup::LeakRun:
    case OptionGroup::Web:
      return false;
    case OptionGroup::Leaks:
      return is_leak_filter(option) || option.name == "baseline";
    case OptionGroup::Source:
    case OptionGroup::Collect:
    case OptionGroup::Profiles:
    case OptionGroup::Watch:
      return !content.is_foreign;  // It came without them.
    default:
      return true;
  }
}

// "-cum" of the option "sort", "-focus=main", "-trim=false".
std::string flag_of(const Option& option, const std::string& value,
                    const web::Redaction& redaction) {
  if (!option.choices.empty()) return '-' + value;
  std::string flag = '-' + std::string(option.name);
  if (option.is_switch() && value == "true") return flag;
  if (redaction.labels && web::tells_label_values(option.name)) {
    return flag + '=' + std::string(web::kHiddenValue);
  }
  // Pages may be shown to anybody.
  return flag + '=' + (option.value_name == "SOURCE" ? without_password(value) : value);
}

// What is short for a sample type does not hold beside a sample type.
void forget_shortcuts(Settings& settings) {
  if (settings.report.sample_index.empty()) return;
  for (std::size_t i = 0; i < kValueShortcuts.size(); ++i) {
    if (!kValueShortcuts[i].mean) settings.value_shortcuts[i] = false;
  }
}

// The options that `is_wanted` and that differ from what they usually are.
template <typename Wanted>
std::vector<std::string> flags_of(const Settings& settings, const web::Redaction& redaction,
                                  const Wanted& is_wanted) {
  const Settings usual;
  std::vector<std::string> flags;
  for (const Option& option : options()) {
    if (!is_wanted(option)) continue;
    const std::string value = option_text(settings, option);
    if (value != option_text(usual, option)) flags.push_back(flag_of(option, value, redaction));
  }
  return flags;
}

}  // namespace

std::string page_command(std::string_view command, const web::Query& query,
                         const web::WebContent& content, const Settings& settings,
                         const web::Redaction& redaction) {
  std::string text = "plumb " + std::string(command);
  const auto add = [&text](std::string_view word) { text += ' ' + shell_quoted(word); };
  Settings asked = settings;
  // What makes no sense has no page either.
  [[maybe_unused]] const auto applied = apply_url(asked, query.pairs());
  forget_shortcuts(asked);
  if (command == "peek") asked.granularity = "lines";  // As the page has it, whatever is asked for.
  const Command* const row = find_command(command);
  const bool compares = command == "diff";  // Two snapshots as they are.
  if (row != nullptr && !compares) {
    const auto is_wanted = [row, &content](const Option& option) {
      return row->groups.has(option.group) && is_about_page(option, content);
    };
    for (const std::string& flag : flags_of(asked, redaction, is_wanted)) add(flag);
  }
  if (row != nullptr && !row->argument.empty()) {
    const std::string_view focus = query.get("f");
    add(focus.empty() ? "." : focus);
  }
  const bool is_series = command == web::kLeaksView;
  for (const std::string& word : is_series ? content.snapshots : content.operands) add(word);
  return text;
}

std::vector<std::string> leak_filter_flags(const Settings& settings,
                                           const web::Redaction& redaction) {
  return flags_of(settings, redaction, is_leak_filter);
}

}  // namespace plumb::cli
