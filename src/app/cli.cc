// SPDX-License-Identifier: Apache-2.0
#include "app/cli.h"

#include <string>
#include <utility>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/environment_variables.h"
#include "app/help.h"
#include "app/usage_error.h"
#include "base/cpu.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

// What flags alone ask for, without a command.
Result<Exit> run_without_command(const CommandLine& line, Environment& environment) {
  if (line.has_flags) return Error(ErrorCode::Usage, "no profile source specified");
  environment.out << short_help();
  return Exit::Ok;
}

// Who misspells it would measure something else than he believes.
Result<void> check_isa() {
  const std::string name = environment_value("PLUMB_ISA");
  if (name.empty() || find_isa(name)) return {};
  return usage("invalid value \"" + name + "\" for PLUMB_ISA: must be plain, avx2 or avx512");
}

Result<Exit> run_line(const CommandLine& line, Environment& environment) {
  if (line.wants_help) {
    environment.out << (line.command != nullptr ? command_help(*line.command) : full_help());
    return Exit::Ok;
  }
  const Command* const command = line.wants_version ? find_command("version") : line.command;
  if (command == nullptr) return run_without_command(line, environment);
  return command->run({*command, line.settings, line.operands, line.argument}, environment);
}

}  // namespace

Exit run(std::span<const std::string_view> words, Environment& environment) {
  CommandLine line;
  const auto result = [&]() -> Result<Exit> {
    TRY(parse_command_line(words, line));
    TRY(check_isa());
    return run_line(line, environment);
  }();
  environment.out.flush();
  if (result) return *result;
  environment.say_error(result.error());
  if (result.error().code() == ErrorCode::Usage) {
    environment.say("try: plumb help" +
                    (line.command != nullptr ? ' ' + std::string(line.command->name) : ""));
  }
  return Exit::Error;
}

}  // namespace plumb::cli
