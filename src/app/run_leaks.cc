// SPDX-License-Identifier: Apache-2.0
// plumb leaks: any number of sources, one verdict. Files are snapshots of one program, in the order
// in which they are named; servers are asked at the same time, and are processes of their own.

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "app/leak_filter.h"
#include "app/option_values.h"
#include "app/output.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/try.h"
#include "report/leaks.h"
#include "symbols/source_files.h"

namespace plumb::cli {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Zero and less ask for no limit.
template <typename Count>
Count to_count(std::int64_t value) {
  return static_cast<Count>(std::max<std::int64_t>(value, 0));
}

// When a file was written; 0 if that is not known.
std::int64_t file_time_ns(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return std::int64_t{status.st_mtim.tv_sec} * kNanosPerSecond + status.st_mtim.tv_nsec;
}

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

Result<std::int64_t> duration_option(std::string_view name, std::string_view value) {
  auto parsed = parse_duration_ns(value);
  if (parsed) return parsed;
  return Error(ErrorCode::Usage, "invalid value \"" + std::string(value) + "\" for flag -" +
                                     std::string(name) + ": " + parsed.error().message());
}

// Adds every source and says which cannot be part of this report.
Result<LeaksReport> build_report(Session& session, const LeaksOptions& options) {
  LeaksBuilder builder(options);
  std::uint32_t servers = 0;
  std::size_t added = 0;
  std::optional<Error> refusal;
  ReadOptions reading;
  reading.keep_goroutines = true;
  TRY(session.load_each(reading, [&](Input input) {
    LeaksInput place{input.name, input.format->places, file_time_ns(input.name), 0, false, false};
    if (input.is_remote) {
      place.time_ns = now_ns();
      place.is_live = true;
      place.process = servers++;
      place.joins_last = place.process > 0;
    }
    auto result = builder.add(std::move(place), input.content);
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

// `filter` and `files` outlive what is made of the options.
Result<LeaksOptions> leaks_options(const Settings& settings, const LeakFilter& filter,
                                   SourceFiles& files) {
  LeaksOptions options;
  options.filter = filter.filter();
  options.min_count = to_count<std::int64_t>(settings.leaks.min_count);
  if (!settings.leaks.every.empty()) {
    TRY_ASSIGN(options.interval_ns, duration_option("every", settings.leaks.every));
  }
  options.limit = settings.leaks.group_count;
  options.source = [&files](std::string_view file, std::int64_t line) {
    return std::string(files.line(file, line).value_or(std::string_view()));
  };
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

Result<void> write_leaks(const Settings& settings, LeaksInput input, const Content& content,
                         std::size_t columns, Writer& out) {
  TRY_ASSIGN(const LeakFilter filter, LeakFilter::compile(settings.leaks));
  SourceFiles files(settings.report.source_path, settings.report.trim_path);
  TRY_ASSIGN(const LeaksOptions options, leaks_options(settings, filter, files));
  LeaksBuilder builder(options);
  TRY(builder.add(std::move(input), content));
  TRY_ASSIGN(const LeaksReport report, std::move(builder).finish());
  render(report, settings, columns, out);
  return {};
}

Result<Exit> run_leaks(const Invocation& invocation, Environment& environment) {
  const Settings& settings = invocation.settings;
  TRY_ASSIGN(const LeakFilter filter, LeakFilter::compile(settings.leaks));
  SourceFiles files(settings.report.source_path, settings.report.trim_path);
  TRY_ASSIGN(const LeaksOptions options, leaks_options(settings, filter, files));
  TRY_ASSIGN(Session session, Session::open(invocation.operands, settings,
                                            invocation.command.bare_host_path, environment));
  TRY_ASSIGN(const LeaksReport report, build_report(session, options));
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
