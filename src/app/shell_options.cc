// SPDX-License-Identifier: Apache-2.0
#include "app/shell_options.h"

#include <algorithm>
#include <array>

#include "app/option_values.h"
#include "app/usage_error.h"
#include "base/strings.h"
#include "base/try.h"
#include "report/sample_view.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kSampleIndex = "sample_index";
constexpr std::array<std::string_view, 5> kCleared = {
    "focus=", "ignore=", "hide=", "tagfocus=", "tagignore="};

// Stores `value` in a slot of each kind as pprof's shell reads it.
Result<void> store_shell_value(Settings& settings, const Option& option, std::string_view value) {
  if (const auto* const slot = std::get_if<bool* (*)(Settings&)>(&option.slot)) {
    TRY_ASSIGN(*(*slot)(settings), parse_shell_bool(value));
    return {};
  }
  if (const auto* const slot = std::get_if<double* (*)(Settings&)>(&option.slot)) {
    TRY_ASSIGN(*(*slot)(settings), parse_shell_float(value));
    return {};
  }
  std::string text(value);
  if (std::holds_alternative<std::int64_t* (*)(Settings&)>(option.slot)) {
    TRY_ASSIGN(const std::int64_t number, parse_shell_int(value));
    text = std::to_string(number);
  }
  auto stored = set_option(settings, option, text);
  if (stored) return {};
  return usage("invalid value " + go_quoted(value) + " for " + std::string(option.name) + ": " +
               stored.error().message());
}

// A sample type by name or index, as its name.
Result<std::string> sample_type_name(std::string_view value, const SampleTypes& types) {
  const std::vector<std::string_view> names(types.names.begin(), types.names.end());
  TRY_ASSIGN(const std::size_t index, find_sample_index(names, types.default_name, value));
  return types.names[index];
}

Result<void> assign_choice(Settings& settings, const Variable& variable, std::string_view value) {
  const auto is_on = parse_go_bool(value);
  if (is_on && *is_on) return set_option(settings, *variable.option, variable.choice);
  return usage("unknown config field " + go_quoted(variable.choice) + "\ndid you mean " +
               std::string(variable.option->name) + '=' + std::string(variable.choice) + '?');
}

std::string joined(std::vector<std::string> words) {
  std::string out = "[";
  for (std::size_t i = 0; i < words.size(); ++i) out += (i > 0 ? " | " : "") + words[i];
  return out + ']';
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t length = rune_count(text);
  if (length < width) text.append(width - length, ' ');
  return text;
}

// What pprof remarks behind the value.
std::string remark(const Option& option, std::string_view value, const SampleTypes& types) {
  if (!option.choices.empty()) {
    std::vector<std::string> sorted(option.choices.begin(), option.choices.end());
    std::ranges::sort(sorted);
    return "//: " + joined(std::move(sorted));
  }
  if (option.name == kSampleIndex) return "//: " + joined(types.names);
  return option.name == "nodecount" && value == "-1" ? "//: default" : "";
}

std::string shown_value(const Option& option, std::string value, const SampleTypes& types) {
  if (!value.empty()) return value;
  if (option.name == kSampleIndex && !types.names.empty()) return types.names.back();
  return option.choices.empty() ? "\"\"" : "(default)";
}

std::vector<std::string> variable_lines(const Settings& settings, const SampleTypes& types,
                                        bool is_pprofs) {
  std::vector<std::string> lines;
  for (const Option& option : options()) {
    // pprof does not list this one either.
    if (!is_variable(option) || option.name == "source_path") continue;
    if (is_pprof_option(option) != is_pprofs) continue;
    const std::string value = option_text(settings, option);
    lines.push_back("  " + padded(std::string(option.name), 25) + " = " +
                    padded(shown_value(option, value, types), 20) + ' ' +
                    remark(option, value, types));
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

std::optional<Variable> find_variable(std::string_view name) {
  for (const Option& option : options()) {
    if (!is_variable(option)) continue;
    if (option.name == name) return Variable{&option, {}};
    const auto choice = std::ranges::find(option.choices, name);
    if (choice != option.choices.end()) return Variable{&option, *choice};
  }
  return std::nullopt;
}

Result<void> assign(Settings& settings, const Variable& variable,
                    std::optional<std::string_view> value, const SampleTypes& types) {
  const Option& option = *variable.option;
  if (!variable.choice.empty()) return assign_choice(settings, variable, value.value_or(""));
  if (!value && !option.is_switch()) {
    const std::string name(option.name);
    return usage("please specify a value, e.g. " + name + "=<val>");
  }
  const std::string_view text = value.value_or("");
  if (!option.choices.empty() && std::ranges::count(option.choices, text) == 0) {
    return usage("invalid " + go_quoted(option.name) + " value " + go_quoted(text));
  }
  if (option.name != kSampleIndex) return store_shell_value(settings, option, text);
  TRY_ASSIGN(const std::string name, sample_type_name(text, types));
  return set_option(settings, option, name);
}

std::string list_variables(const Settings& settings, const SampleTypes& types) {
  std::string out;
  for (const std::string& line : variable_lines(settings, types, true)) out += line + '\n';
  const auto own = variable_lines(settings, types, false);
  if (!own.empty()) out += "\n  Beyond pprof:\n";
  for (const std::string& line : own) out += line + '\n';
  return out;
}

std::vector<std::string> expand_shortcut(std::string_view line, const SampleTypes& types) {
  line = trim(line);
  if (line == ":") return {kCleared.begin(), kCleared.end()};
  for (const std::string& type : types.names) {
    const std::string select = "sample_index=" + type;
    if (line == type) return {select};
    if (line == "total_" + type) return {"mean=0", select};
    if (line == "mean_" + type) return {"mean=1", select};
  }
  return {std::string(line)};
}

}  // namespace plumb::cli
