// SPDX-License-Identifier: Apache-2.0
// How a shell makes reports: each on a copy of the profile, the last few from memory.

#include <utility>

#include "app/interrupt.h"
#include "app/pipe_writer.h"
#include "app/reports.h"
#include "app/shell.h"
#include "base/cancellation.h"
#include "base/try.h"
#include "report/write_report.h"

namespace plumb::cli {
namespace {

// What these show depends on files that may change.
bool reads_files(const ShellCommand& command) {
  const auto kind = command.command->report;
  return kind == ReportKind::List || kind == ReportKind::WebList || kind == ReportKind::Disasm;
}

Invocation invocation_of(const ShellCommand& command) {
  return {*command.command, command.settings, {}, command.argument};
}

}  // namespace

std::string report_key(const ShellCommand& command) {
  std::string key(command.command->name);
  key += '\0';
  key += command.argument;
  for (const Option& option : options()) {
    if (!is_variable(option) || option.name == "output") continue;
    key += '\0';
    key += option_text(command.settings, option);
  }
  return key;
}

Result<void> Shell::run_command(const ShellCommand& command) {
  if (!command.pipe) {
    return deliver_report(invocation_of(command), environment_, [&](Writer& out) {
      return write_cached(command, environment_.out_columns, out);
    });
  }
  if (!command.settings.output.empty()) {
    return Error(ErrorCode::Usage, "a report goes to a file or to a command, not to both");
  }
  environment_.out.flush();
  PipeWriter pipe(*command.pipe);
  TRY(write_cached(command, 0, pipe));
  return pipe.finish();
}

Result<void> Shell::write_cached(const ShellCommand& command, std::size_t columns, Writer& out) {
  const std::string key = report_key(command) + '\0' + std::to_string(columns);
  if (const CachedReport* const cached = cache_.find(key)) {
    for (const std::string& notice : cached->notices) say_complaint(notice);
    out << cached->text;
    return {};
  }
  CachedReport report;
  report.key = key;
  const Notice notice = [&](std::string_view line) {
    report.notices.emplace_back(line);
    say_complaint(line);
  };
  CapturingWriter captured(out, was_interrupted);
  Cancellation cancellation(was_interrupted);
  auto written = [&] {
    const CancellationScope scope(&cancellation);
    return write_fresh(command, columns, captured, notice);
  }();
  captured.flush();
  if (was_interrupted()) return Error(ErrorCode::Usage, "interrupted");
  if (!written) return written;
  if (!captured.is_whole() || captured.is_closed() || reads_files(command)) return {};
  report.text = captured.take_text();
  cache_.add(std::move(report));
  return {};
}

Result<void> Shell::write_fresh(const ShellCommand& command, std::size_t columns, Writer& out,
                                const Notice& notice) {
  if (!command.command->report) {
    return write_leaks(command.settings, {.name = name_, .places = places_}, content_, columns,
                       out);
  }
  TRY_ASSIGN(ReportRequest request, report_request(invocation_of(command), notice));
  request.memo = &memo_;
  request.hint = [this](std::string_view line) { hint_ = line; };
  Profile copy = profile().copy();
  return write_report(copy, request, out, notice);
}

}  // namespace plumb::cli
