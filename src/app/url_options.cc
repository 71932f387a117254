// SPDX-License-Identifier: Apache-2.0
#include "app/url_options.h"

#include <algorithm>

#include "app/option_values.h"
#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

// The value of the first parameter of that name, or empty.
std::string_view first_value(const NameValues& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &NameValues::value_type::first);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

Result<void> store(Settings& settings, const Option& option, std::string_view value) {
  if (!option.choices.empty() && std::ranges::count(option.choices, value) == 0) {
    return Error(ErrorCode::Usage,
                 "invalid " + go_quoted(option.name) + " value " + go_quoted(value));
  }
  if (!option.is_switch()) return set_option(settings, option, value);
  TRY_ASSIGN(const bool is_on, parse_shell_bool(value));
  return set_option(settings, option, is_on ? "true" : "false");
}

}  // namespace

const std::vector<UrlParameter>& url_parameters() {
  static const std::vector<UrlParameter> all = {
      {"si", "sample_index"},
      {"mean", "mean"},
      {"unit", "unit"},
      {"sort", "sort"},
      {"n", "nodecount"},
      {"nf", "nodefraction"},
      {"ef", "edgefraction"},
      {"trim", "trim"},
      {"dropneg", "drop_negative"},
      {"g", "granularity"},
      {"noinlines", "noinlines"},
      {"showcolumns", "showcolumns"},
      {"calltree", "call_tree"},
      {"compact", "compact_labels"},
      {"f", "focus"},
      {"i", "ignore"},
      {"h", "hide"},
      {"s", "show"},
      {"sf", "show_from"},
      {"prunefrom", "prune_from"},
      {"tf", "tagfocus"},
      {"ti", "tagignore"},
      {"ts", "tagshow"},
      {"th", "taghide"},
      {"rel", "relative_percentages"},
      {"intel", "intel_syntax"},
      // Beyond pprof, which has no parameters for these.
      {"tagroot", "tagroot"},
      {"tagleaf", "tagleaf"},
  };
  return all;
}

Result<void> apply_url(Settings& settings, const NameValues& parameters) {
  for (const UrlParameter& parameter : url_parameters()) {
    const std::string_view value = first_value(parameters, parameter.name);
    const Option* const option = find_option(parameter.option);
    if (value.empty() || option == nullptr) continue;
    auto stored = store(settings, *option, value);
    if (stored) continue;
    return std::move(stored).error().while_reading("error setting config field " +
                                                   std::string(option->name));
  }
  return {};
}

std::string shell_quoted(std::string_view word) {
  const bool is_plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._/=:@%+,").find(c) != std::string_view::npos;
  });
  if (is_plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

}  // namespace plumb::cli
