// SPDX-License-Identifier: Apache-2.0
// plumb leaks: any number of sources, one report.

#include <algorithm>
#include <optional>
#include <utility>

#include "app/leak_filter.h"
#include "app/output.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/try.h"
#include "report/leaks.h"

namespace plumb::cli {
namespace {

// Zero and less ask for no limit.
template <typename Count>
Count to_count(std::int64_t value) {
  return static_cast<Count>(std::max<std::int64_t>(value, 0));
}

// Adds every source and says which cannot be part of this report.
Result<LeaksReport> build_report(Session& session, const LeaksOptions& options) {
  LeaksBuilder builder(options);
  std::size_t added = 0;
  std::optional<Error> refusal;
  TRY(session.load_each(ReadOptions{}, [&](Input input) {
    auto result = builder.add(input.name, input.content, input.format->places);
    if (result) {
      ++added;
      return;
    }
    refusal = std::move(result).error().while_reading(input.name);
    if (session.source_count() > 1) session.say(*refusal);
  }));
  if (added > 0) return std::move(builder).finish();
  if (session.source_count() == 1) return *std::move(refusal);
  return Error(ErrorCode::Usage, "none of the sources has goroutines");
}

// `filter` outlives what is made of the options.
LeaksOptions leaks_options(const Settings& settings, const LeakFilter& filter) {
  LeaksOptions options;
  options.filter = filter.filter();
  options.min_count = to_count<std::int64_t>(settings.leaks.min_count);
  options.limit = to_count<std::size_t>(settings.leaks.group_count);
  return options;
}

void render(const LeaksReport& report, const Settings& settings, std::size_t columns, Writer& out) {
  if (settings.json) {
    render_leaks_json(report, out);
  } else {
    render_leaks_text(report, columns, out);
  }
}

}  // namespace

Result<void> write_leaks(const Settings& settings, const LeaksInput& input, std::size_t columns,
                         Writer& out) {
  TRY_ASSIGN(const LeakFilter filter, LeakFilter::compile(settings.leaks));
  LeaksBuilder builder(leaks_options(settings, filter));
  TRY(builder.add(std::string(input.name), input.content, input.places));
  TRY_ASSIGN(const LeaksReport report, std::move(builder).finish());
  render(report, settings, columns, out);
  return {};
}

Result<Exit> run_leaks(const Invocation& invocation, Environment& environment) {
  const Settings& settings = invocation.settings;
  TRY_ASSIGN(const LeakFilter filter, LeakFilter::compile(settings.leaks));
  TRY_ASSIGN(Session session, Session::open(invocation.operands, settings,
                                            invocation.command.bare_host_path, environment));
  TRY_ASSIGN(const LeaksReport report, build_report(session, leaks_options(settings, filter)));
  ReportOutput output(settings, environment);
  render(report, settings, environment.out_columns, output);
  TRY(output.finish());
  if (settings.json) {  // The text says it itself.
    for (const LeaksSource& source : report.sources) {
      const SourceLosses losses{source.name, source.places, source.losses};
      session.say_losses(std::span(&losses, 1));
    }
  }
  const std::int64_t fail_at = settings.leaks.fail_at;
  return fail_at > 0 && report.largest >= fail_at ? Exit::Finding : Exit::Ok;
}

}  // namespace plumb::cli
