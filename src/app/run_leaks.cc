// SPDX-License-Identifier: Apache-2.0
// plumb leaks: any number of sources, one verdict. Files are snapshots of one program, in the order
// in which they are named; servers are asked at the same time, and are processes of their own.

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "app/baseline_file.h"
#include "app/container_limit.h"
#include "app/earlier_build.h"
#include "app/leak_filter.h"
#include "app/live_leaks.h"
#include "app/option_values.h"
#include "app/output.h"
#include "app/replace_file.h"
#include "app/reports.h"
#include "app/session.h"
#include "app/snapshot_name.h"
#include "base/try.h"
#include "base/units.h"
#include "leak/goroutine_column.h"
#include "report/leak_baseline.h"
#include "report/leaks.h"
#include "report/leaks_formats.h"
#include "symbols/source_files.h"

namespace plumb::cli {
namespace {

// When a file was written; 0 if that is not known.
std::int64_t file_time_ns(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return std::int64_t{status.st_mtim.tv_sec} * kNanosPerSecond + status.st_mtim.tv_nsec;
}

}  // namespace

LeaksInput leaks_input(const Input& input, std::uint32_t& servers) {
  LeaksInput place{input.name, input.format->places, time_of_snapshot(input.name), 0, false, false};
  place.is_live = place.time_ns > 0;  // By the clock of the recording.
  if (!place.is_live) place.time_ns = file_time_ns(input.name);
  if (!input.is_remote) return place;
  place.time_ns = now_ns();
  place.is_live = true;
  place.process = servers++;
  place.joins_last = place.process > 0;
  return place;
}

namespace {

// Files that were unpacked or copied one after the other are not further apart.
constexpr std::int64_t kShortestGapNs = 100'000'000;

std::int64_t time_of_path(const std::string& path) {
  const std::int64_t named = time_of_snapshot(path);
  return named > 0 ? named : file_time_ns(path);
}

// True if no two snapshots have the same bytes: a dump tells ids, and which of them makes it; a
// profile.proto tells its time. goroutine?debug=1 of a program at rest is the same again.
bool tells_its_moment(const Content& content) {
  const auto* const profile = std::get_if<Profile>(&content);
  return profile == nullptr || profile->time_nanos > 0;
}

}  // namespace

RepetitionNote note_repetition(const Input& input, bool has_interval) {
  if (!input.repeats) return {};
  const std::string& first = input.repeats->of;
  if (first == input.name) return {first + " is named twice: it is one snapshot.", false};
  if (input.repeats->is_same_file) {
    return {input.name + " is the same file as " + first + ": it is no second snapshot.", false};
  }
  const std::string same = input.name + " has the same bytes as " + first + ": it ";
  const bool is_apart =
      has_interval || std::abs(time_of_path(input.name) - time_of_path(first)) >= kShortestGapNs;
  if (tells_its_moment(input.content) || !is_apart) {
    return {same + "is a copy and no second snapshot.", false};
  }
  return {same + "is a second snapshot only if it is no copy.", true};
}

namespace {

// A choice of creators is as good as all, but it is one of all goroutines.
ReadOptions reading_goroutines(bool is_by_age) {
  ReadOptions reading;
  reading.keep_goroutines = true;
  reading.choose_creators = !is_by_age;
  return reading;
}

// True for what Go found to be leaked: beside other snapshots it is the proof of what they show.
bool is_proof(const Content& content) {
  const auto* const profile = std::get_if<Profile>(&content);
  if (profile == nullptr) return false;
  const auto column = find_goroutine_column(*profile);
  return column && column->is_leak_profile;
}

// Adds every source and says which cannot be part of this report.
Result<LeaksReport> build_report(Session& session, const ReadOptions& reading, LeaksBuilder builder,
                                 BuildDivider builds, bool has_interval) {
  std::uint32_t servers = 0;
  std::size_t added = 0;
  std::optional<Error> refusal;
  std::vector<Input> proofs;
  std::set<std::string> earlier;
  TRY(session.load_each(reading, [&](Input input) {
    if (builds.is_earlier(input)) {
      const auto result = add_earlier(input, servers, session, builder);
      if (!result) session.say(result.error());
      earlier.insert(input.name);
      return;
    }
    if (input.repeats && earlier.contains(input.repeats->of)) input.repeats.reset();
    const RepetitionNote repetition = note_repetition(input, has_interval);
    if (!repetition.text.empty()) builder.add_note(repetition.text);
    if (!repetition.is_snapshot) return;
    if (is_proof(input.content) && session.source_count() > 1) {
      proofs.push_back(std::move(input));
      return;
    }
    auto result = builder.take(leaks_input(input, servers), input.content);
    if (!result && session.source_count() > 1 && builder.add_heap(input.content)) return;
    if (result) {
      ++added;
      return;
    }
    refusal = std::move(result).error().while_reading(input.name);
    if (session.source_count() > 1) session.say(*refusal);
  }));
  TRY(builds.check());
  for (Input& proof : proofs) {
    if (added > 0) {
      TRY(builder.add_hint(proof.content));
    } else {  // Nothing else counts goroutines: they are a series of their own.
      TRY(builder.take(leaks_input(proof, servers), proof.content));
    }
  }
  if (added > 0 || !proofs.empty()) return std::move(builder).finish();
  if (session.source_count() == 1) return *std::move(refusal);
  return Error(ErrorCode::Usage, "none of the sources has goroutines");
}

// A limit that nobody asked for: that of the container of the one server, if it runs here.
void find_limit(std::span<const LiveServer> servers, LeaksOptions& options) {
  if (options.memory_limit > 0 || servers.size() != 1) return;
  const Url& url = servers.front().folder;
  const std::optional<ContainerLimit> limit = find_container_limit(url.host, effective_port(url));
  if (!limit) return;
  options.memory_limit = limit->bytes;
  options.memory_limit_of = limit->of;
}

Result<LeaksReport> read_report(const Invocation& invocation, LeaksOptions options,
                                Environment& environment) {
  const Settings& settings = invocation.settings;
  const WatchPlan plan = watch_plan(settings.leaks);
  TRY(check_comparison(settings.leaks));
  if (const auto servers = find_live_servers(invocation.operands)) {
    if (!settings.leaks.since.empty()) {
      return Error(ErrorCode::Usage,
                   "-since divides a series of files; compare a server with -before");
    }
    TRY_ASSIGN(const FetchOptions fetch,
               fetch_options(settings, invocation.command.bare_host_path));
    find_limit(*servers, options);
    LeaksBuilder builder(std::move(options));
    TRY(add_before(invocation, builder, environment));
    TRY(watch_servers(*servers, plan, fetch, builder, environment));
    return std::move(builder).finish();
  }
  if (plan.watch_ns > 0) {
    return Error(ErrorCode::Usage,
                 "-for watches servers, which are named without a profile: localhost:6060");
  }
  options.interval_ns = plan.every_ns;
  const bool has_interval = plan.every_ns > 0;
  TRY_ASSIGN(Session session, Session::open(invocation.operands, settings,
                                            invocation.command.bare_host_path, environment));
  const ReadOptions reading = reading_goroutines(options.filter.min_wait_minutes > 0);
  LeaksBuilder builder(std::move(options));
  TRY(add_before(invocation, builder, environment));
  return build_report(session, reading, std::move(builder), BuildDivider(settings.leaks.since),
                      has_interval);
}

// How the report is written, and what makes it fail.
struct OutputPlan {
  std::string_view format = "text";
  std::optional<Level> fail_on;
  std::uint64_t memory_limit = 0;
};

Error bad_value(std::string_view flag, std::string_view value, std::string_view why) {
  return {ErrorCode::Usage, "invalid value \"" + std::string(value) + "\" for flag -" +
                                std::string(flag) + ": " + std::string(why)};
}

Result<OutputPlan> read_output_plan(const Settings& settings) {
  OutputPlan plan;
  const LeakSettings& leaks = settings.leaks;
  if (settings.json) plan.format = "json";
  if (!leaks.format.empty()) {
    const auto* const format = std::ranges::find(kLeakFormats, leaks.format);
    if (format == kLeakFormats.end()) {
      return bad_value("format", leaks.format, "text, json, sarif, junit, github or markdown");
    }
    if (settings.json && *format != plan.format) {
      return Error(ErrorCode::Usage, "-json and -format=" + leaks.format + " exclude each other");
    }
    plan.format = *format;
  }
  if (!settings.fail_on.empty()) {
    plan.fail_on = find_level(settings.fail_on);
    if (!plan.fail_on || *plan.fail_on < Level::Possible) {
      return bad_value("fail_on", settings.fail_on, "possible, likely or confirmed");
    }
  }
  if (!leaks.memory_limit.empty()) {
    const auto bytes = parse_bytes(leaks.memory_limit);
    if (!bytes || *bytes == 0) {
      return bad_value("limit", leaks.memory_limit,
                       "must be more than 0 bytes, such as 512MB or 4GiB");
    }
    plan.memory_limit = *bytes;
  }
  return plan;
}

void render(const LeaksReport& report, const OutputPlan& plan, std::size_t width, Writer& out) {
  if (plan.format == "json") return render_leaks_json(report, out);
  if (plan.format == "sarif") return render_leaks_sarif(report, out);
  if (plan.format == "junit") {
    return render_leaks_junit(report, plan.fail_on.value_or(Level::Likely), out);
  }
  if (plan.format == "github") return render_leaks_github(report, out);
  if (plan.format == "markdown") return render_leaks_markdown(report, out);
  render_leaks_text(report, width, out);
}

// What the settings ask of a verdict, with the files that it shows lines of.
class LeaksRequest {
 public:
  explicit LeaksRequest(const Settings& settings)
      : files_(settings.report.source_path, settings.report.trim_path),
        in_place_(settings.report.source_path, "//") {}
  LeaksRequest(const LeaksRequest&) = delete;
  LeaksRequest& operator=(const LeaksRequest&) = delete;

  Result<void> read(const Settings& settings) {
    TRY_ASSIGN(filter_, LeakFilter::compile(settings.leaks));
    TRY_ASSIGN(plan_, read_output_plan(settings));
    options_.filter = filter_->filter();
    options_.min_count = settings.leaks.min_count;
    options_.limit = settings.leaks.group_count;
    if (options_.limit < 0 && plan_.format != "text") options_.limit = 0;  // Programs want all.
    options_.memory_limit = plan_.memory_limit;
    options_.keep_goroutines = false;  // None is shown.
    TRY_ASSIGN(options_.baseline, read_baseline(settings.leaks.baseline));
    std::error_code ignored;
    options_.root = std::filesystem::current_path(ignored).string();
    options_.source = [this](std::string_view file, std::int64_t line) {
      auto text = in_place_.line(file, line);
      if (!text) text = files_.line(file, line);
      return std::string(text.value_or(std::string_view()));
    };
    return {};
  }

  [[nodiscard]] const LeaksOptions& options() const { return options_; }
  [[nodiscard]] const OutputPlan& plan() const { return plan_; }

 private:
  SourceFiles files_;
  // A file that is where it was built is not looked for elsewhere, whatever folder this is run in.
  SourceFiles in_place_;
  std::optional<LeakFilter> filter_;
  OutputPlan plan_;
  LeaksOptions options_;
};

}  // namespace

Result<void> write_leaks(const Settings& settings, LeaksInput input, const Content& content,
                         std::size_t columns, Writer& out) {
  LeaksRequest request(settings);
  TRY(request.read(settings));
  LeaksBuilder builder(request.options());
  TRY(builder.add(std::move(input), content));
  TRY_ASSIGN(const LeaksReport report, std::move(builder).finish());
  render(report, request.plan(), columns, out);
  return {};
}

Result<Exit> run_leaks(const Invocation& invocation, Environment& environment) {
  const WebSettings& web = invocation.settings.web;
  const LeakSettings& leaks = invocation.settings.leaks;
  const bool compares = !leaks.before.empty() || !leaks.since.empty();
  if (compares && !(web.http.empty() && web.html.empty())) {
    return Error(ErrorCode::Usage, "the pages show one series; leave out -before and -since");
  }
  if (!web.http.empty()) return run_web(invocation, environment);
  const Settings& settings = invocation.settings;
  LeaksRequest request(settings);
  TRY(request.read(settings));
  if (!web.html.empty()) return run_web(invocation, environment);
  const OutputPlan& plan = request.plan();
  TRY_ASSIGN(const LeaksReport report, read_report(invocation, request.options(), environment));
  ReportOutput output(settings, environment);
  render(report, plan, environment.out_columns, output);
  TRY(output.finish());
  if (plan.format != "text") {  // The text says it itself.
    for (const LeaksSource& source : report.sources) {
      const SourceLosses losses{source.name, source.places, source.losses};
      say_losses(std::span(&losses, 1), environment);
    }
  }
  if (!settings.leaks.write_baseline.empty()) {
    TRY(replace_file(settings.leaks.write_baseline,
                     write_leak_baseline(report.stacks, report.findings.all, report.baseline)));
  }
  const std::int64_t fail_at = leaks.fail_at;
  const bool is_crowded = fail_at > 0 && report.largest >= fail_at;
  const bool is_leaking = plan.fail_on && report.findings.worst >= *plan.fail_on;
  return is_crowded || is_leaking ? Exit::Finding : Exit::Ok;
}

}  // namespace plumb::cli
