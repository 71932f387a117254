// SPDX-License-Identifier: Apache-2.0
// The variables of the shell: what name=value does to the settings, by pprof's rules and in pprof's
// words, and how they are listed. Everything comes from the table in app/options.h.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

/// The sample types of the profile that a shell is about.
struct SampleTypes {
  std::vector<std::string> names;
  std::string default_name;  ///< Empty: the last.
};

/// What a name means to the left of "=".
struct Variable {
  const Option* option = nullptr;
  std::string_view choice;  ///< The name is this choice of the option: "cum", "lines".
};

/// The variable of that name, or nothing.
std::optional<Variable> find_variable(std::string_view name);

/// name=value; without a value, the name alone.
///
/// Errors: Usage, in pprof's words; lines behind the first are hints.
Result<void> assign(Settings& settings, const Variable& variable,
                    std::optional<std::string_view> value, const SampleTypes& types);

/// The listing of `o`: pprof's variables as pprof lists them, then the others.
std::string list_variables(const Settings& settings, const SampleTypes& types);

/// The lines that `line`, the whole of what was typed, is short for: ":" clears filters, the name
/// of a sample type selects it. Other lines stand for themselves.
std::vector<std::string> expand_shortcut(std::string_view line, const SampleTypes& types);

}  // namespace plumb::cli
