// SPDX-License-Identifier: Apache-2.0
// plumb leaks: any number of sources, one report.

#include <algorithm>
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
  TRY(session.load_each(ReadOptions{}, [&](Input input) {
    auto result = builder.add(input.name, input.content, input.format->places);
    if (!result) return session.say_failure(input.name, result.error());
    ++added;
  }));
  if (added == 0) return no_sources_error();
  return std::move(builder).finish();
}

}  // namespace

Result<Exit> run_leaks(const Invocation& invocation, Environment& environment) {
  const Settings& settings = invocation.settings;
  TRY_ASSIGN(const LeakFilter filter, LeakFilter::compile(settings.leaks));
  LeaksOptions options;
  options.filter = filter.filter();
  options.min_count = to_count<std::int64_t>(settings.leaks.min_count);
  options.limit = to_count<std::size_t>(settings.leaks.group_count);

  TRY_ASSIGN(Session session, Session::open(invocation.operands, settings,
                                            invocation.command.bare_host_path, environment));
  TRY_ASSIGN(const LeaksReport report, build_report(session, options));
  TRY_ASSIGN(ReportOutput output, ReportOutput::open(settings, environment));
  if (settings.json) {
    render_leaks_json(report, output.writer());
  } else {
    render_leaks_text(report, environment.out_columns, output.writer());
  }
  TRY(output.finish());
  for (const LeaksSource& source : report.sources) {
    session.say_losses(source.name, source.places, source.losses);
  }
  const std::int64_t fail_at = settings.leaks.fail_at;
  return fail_at > 0 && report.largest >= fail_at ? Exit::Finding : Exit::Ok;
}

}  // namespace plumb::cli
