// SPDX-License-Identifier: Apache-2.0
// The one table of commands. Parsing, help and completion are derived from its rows. A new command
// is one row and a run function.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.h"
#include "app/options.h"
#include "app/picture.h"
#include "app/settings.h"
#include "app/viewer.h"
#include "base/result.h"

namespace plumb::cli {

struct Command;

/// A command with what it was given.
struct Invocation {
  const Command& command;
  const Settings& settings;
  std::span<const std::string> operands;
  std::string_view argument = {};  ///< Of a command that takes one: the regular expression.
};

/// A command line that works, and what it is good for.
struct Example {
  std::string_view words;    ///< Without "plumb": "top heap.pb.gz".
  std::string_view meaning;  ///< "the functions that hold the memory".
};

enum class CommandKind : std::uint8_t {
  Report,   ///< Reads profiles; also named by a flag, as in pprof: `plumb -top FILE`.
  Session,  ///< Reads profiles and makes many reports of them.
  Tool,     ///< Anything else.
};

struct Command {
  std::string_view name;
  std::string_view operands;  ///< "<profile>...", for the usage line.
  std::string_view summary;   ///< One line of at most 60 columns, no full stop.
  CommandKind kind = CommandKind::Report;
  OptionGroups groups;   ///< The options it heeds.
  OptionGroups ignores;  ///< Options of pprof that it takes and that change nothing.
  std::span<const Example> examples;
  Result<Exit> (*run)(const Invocation& invocation, Environment& environment) = nullptr;
  /// What a server named without a path is asked for.
  std::string_view bare_host_path = {};
  std::optional<ReportKind> report = {};   ///< Of a report of pprof.
  std::string_view argument = {};          ///< "REGEXP" if it stands before the profiles; or empty.
  std::string_view binary_extension = {};  ///< ".pb.gz": on a terminal the report goes to a file.
  PictureFormat picture = PictureFormat::None;  ///< Of a graph that is drawn.
  Viewer viewer = Viewer::None;  ///< Opened on a temporary file, unless -output names another.

  [[nodiscard]] bool reads_profiles() const { return kind != CommandKind::Tool; }
  [[nodiscard]] bool takes(OptionGroup group) const {
    return groups.has(group) || ignores.has(group);
  }
};

/// Every command, in the order help shows them.
std::span<const Command> commands();

/// The names of the reports that heed a group of options, in the order help shows them.
std::vector<std::string_view> reports_that_heed(OptionGroup group);

/// The command of that name, or null.
const Command* find_command(std::string_view name);

}  // namespace plumb::cli
