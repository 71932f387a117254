// SPDX-License-Identifier: Apache-2.0
// The one table of options. Flags, help and completion are derived from its rows, and so will be
// the shell's name=value, the parameters of URLs and the manual. A new option is one row.

#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

/// What an option is about. Help shows options by group; a command takes whole groups.
enum class OptionGroup : std::uint8_t {
  Source,
  Collect,  ///< Of servers, but not of snapshots: how long they collect.
  Profiles,
  Output,
  Json,
  Csv,
  Leaks,
  LeakRun,  ///< Of one verdict: what it is compared with, where it is kept, when it fails.
  Watch,
  Record,
  Diff,
  FailOn,
  Flame,
  Values,
  Rows,    ///< How many functions, in which order.
  Nodes,   ///< Which functions and calls are too small, of reports made from a graph.
  Graphs,  ///< Of graphs that are drawn.
  Frames,  ///< What a function is, also in whole stacks.
  Filters,
  Code,
  Web,
};

/// A set of groups.
class OptionGroups {
 public:
  template <typename... Groups>
  constexpr explicit OptionGroups(Groups... groups) : bits_((0u | ... | bit(groups))) {}
  [[nodiscard]] constexpr bool has(OptionGroup group) const { return (bits_ & bit(group)) != 0; }

 private:
  static constexpr unsigned bit(OptionGroup group) { return 1u << static_cast<unsigned>(group); }
  unsigned bits_;
};

/// Where an option is stored; the type is the option's kind.
using OptionSlot =
    std::variant<bool* (*)(Settings&), std::int64_t* (*)(Settings&), double* (*)(Settings&),
                 std::string* (*)(Settings&), Age* (*)(Settings&), Duration* (*)(Settings&)>;

struct Option {
  std::string_view name;        ///< Without dashes: "nodecount".
  OptionSlot slot;              ///< Its content in a new Settings is the default.
  std::string_view value_name;  ///< "N", "REGEXP"; empty for a switch.
  std::string_view help;        ///< Imperative, lower case, no full stop.
  OptionGroup group;
  /// If not empty, the option has one of these values and, as in pprof, no flag of its own but one
  /// switch per value: -flat, -cum. `choice_help` says in the same order what each does.
  std::span<const std::string_view> choices = {};
  std::span<const std::string_view> choice_help = {};
  bool is_own = false;  ///< pprof has no such option, though the others of its group are pprof's.
  std::span<const std::string_view> suggestions = {};  ///< Some values, for completion.
  /// Of an integer, below which a value makes no sense. pprof takes any for its own options.
  std::int64_t least = std::numeric_limits<std::int64_t>::min();

  [[nodiscard]] bool is_switch() const { return slot.index() == 0; }
};

/// Every option, by group, in the order help shows them.
std::span<const Option> options();

/// "Output", "Fetching sources".
std::string_view group_title(OptionGroup group);

/// The default as text: "0.005", "minimum"; empty for "" and for switches that are off.
std::string default_text(const Option& option);

/// The value in `settings` as text; of a switch "true" or "false".
std::string option_text(const Settings& settings, const Option& option);

/// The option of that name, or null.
const Option* find_option(std::string_view name);

/// True for options that hold in a session of many reports and that its user may set by name: not
/// those about servers, and not what is short for another option.
bool is_variable(const Option& option);

/// True if pprof has `option`, with the meaning it has here.
bool is_pprof_option(const Option& option);

/// Stores `value` as Go's flag package reads it ("0x10" is an integer, "T" a bool).
///
/// Errors: Usage with the reason, in Go's words where Go has such values: "parse error", "value out
/// of range"; else what is allowed: "must be 0 or more".
Result<void> set_option(Settings& settings, const Option& option, std::string_view value);

/// One flag of the command line: an option, or one choice of it.
struct Flag {
  std::string_view name;
  const Option* option = nullptr;
  std::string_view choice;  ///< Empty: the flag is the option itself.
  std::string_view value_name;
  std::string_view help;

  [[nodiscard]] bool is_switch() const { return !choice.empty() || option->is_switch(); }
};

/// The flags of all options, in the order of the table.
const std::vector<Flag>& flags();

/// The flag of that name, or null.
const Flag* find_flag(std::string_view name);

/// What an option is to one command, where that is something else than to the others.
struct OtherMeaning {
  std::string_view command;
  std::string_view option;
  std::string_view value_name;
  std::string_view help;
};
std::span<const OtherMeaning> other_meanings();

/// `flag` with the words that it has in the help of `command`.
Flag flag_of_command(const Flag& flag, std::string_view command);

}  // namespace plumb::cli
