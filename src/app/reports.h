// SPDX-License-Identifier: Apache-2.0
// The run functions of the commands that read profiles.

#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "app/commands.h"
#include "app/environment.h"
#include "app/session.h"
#include "base/notice.h"
#include "base/result.h"
#include "report/leaks.h"
#include "report/write_report.h"

namespace plumb::cli {

// Errors of all of these: Usage for options that contradict each other or the input; Io if no
// source could be read or the report not be written; those of the readers.

Result<Exit> run_diff(const Invocation& invocation, Environment& environment);
Result<Exit> run_leaks(const Invocation& invocation, Environment& environment);
/// The web UI. Errors: also Io if the address cannot be listened on.
Result<Exit> run_web(const Invocation& invocation, Environment& environment);
Result<Exit> run_record(const Invocation& invocation, Environment& environment);
/// Where a source stands in a series. `servers` counts those that were asked.
LeaksInput leaks_input(const Input& input, std::uint32_t& servers);
/// What limits a verdict because `input` repeats a source: a sentence; empty if it does not.
struct RepetitionNote {
  std::string text;
  bool is_snapshot = true;  ///< It counts as one nevertheless.
};
RepetitionNote note_repetition(const Input& input, bool has_interval);
/// Every report of pprof: invocation.command.report says which.
Result<Exit> run_report(const Invocation& invocation, Environment& environment);

/// plumb shell.
Result<Exit> run_shell(const Invocation& invocation, Environment& environment);

/// Writes the report of `leaks` on one input. `columns`: as Environment::out_columns. Errors:
/// Usage.
Result<void> write_leaks(const Settings& settings, LeaksInput input, const Content& content,
                         std::size_t columns, Writer& out);

/// The request that a command with a report of pprof stands for. Errors: as report_options().
Result<ReportRequest> report_request(const Invocation& invocation, const Notice& notice);

/// Calls `render` with the writer of the place where the command's report goes: standard output, a
/// file, or a viewer. Errors: those of `render`; Io; NotFound if there is no viewer.
Result<void> deliver_report(const Invocation& invocation, Environment& environment,
                            const std::function<Result<void>(Writer&)>& render);

}  // namespace plumb::cli
