// SPDX-License-Identifier: Apache-2.0
// The reports of pprof: one profile in, one report out.

#include <cstdint>
#include <optional>
#include <utility>

#include "app/output.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/try.h"
#include "formats/detect.h"
#include "formats/profile_proto.h"
#include "formats/profile_proto_stream.h"
#include "report/tags.h"
#include "report/top.h"
#include "report/top_stream.h"
#include "report/traces.h"

namespace plumb::cli {
namespace {

// Whether the goroutines of a dump become one sample each or one for each group of equals.
enum class Goroutines : std::uint8_t { Each, Groups };

// A command from its options to the losses said behind the report.
class ReportRun {
 public:
  static Result<ReportRun> open(const Invocation& invocation, Environment& environment) {
    const Notice notice = [&environment](std::string_view line) { environment.say(line); };
    TRY_ASSIGN(ReportOptions options, report_options(invocation.settings, notice));
    TRY_ASSIGN(Session session, Session::open(invocation.operands, invocation.settings,
                                              invocation.command.bare_host_path, environment));
    return ReportRun(invocation.settings, environment, std::move(options), std::move(session));
  }

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const ReportOptions& options() const { return options_; }
  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const Limits& limits() const { return session_.limits(); }

  Result<OpenInput> open_input() { return session_.open_one(); }

  /// Reads `input`.
  Result<const Profile*> load(OpenInput input, Goroutines goroutines) {
    ReadOptions read;
    read.limits = session_.limits();
    read.keep_goroutines = goroutines == Goroutines::Each;
    TRY_ASSIGN(loaded_, session_.load_profile(std::move(input), read));
    return &loaded_.profile;
  }

  /// Opens and reads.
  Result<const Profile*> load(Goroutines goroutines) {
    TRY_ASSIGN(OpenInput input, open_input());
    return load(std::move(input), goroutines);
  }

  /// Opens the output, calls `render` with its writer, and closes it.
  template <typename Render>
  Result<Exit> write(Render render, std::string_view binary_extension = {}) {
    TRY_ASSIGN(ReportOutput output, ReportOutput::open(settings_, environment_, binary_extension));
    TRY(render(output.writer()));
    TRY(output.finish());
    session_.say_losses(loaded_.name, loaded_.places, loaded_.losses);
    return Exit::Ok;
  }

 private:
  ReportRun(const Settings& settings, Environment& environment, ReportOptions options,
            Session session)
      : settings_(settings),
        environment_(environment),
        options_(std::move(options)),
        session_(std::move(session)) {}

  const Settings& settings_;
  Environment& environment_;
  ReportOptions options_;
  Session session_;
  LoadedProfile loaded_;
};

// The report of a profile that is computed while the profile goes by, in constant memory; nothing
// if the profile has to be held for it.
Result<std::optional<TopReport>> stream_top(DetectedInput& input, const ReportOptions& options,
                                            const Limits& limits) {
  const bool is_proto = input.format != nullptr && input.format->name == kProfileProtoFormat;
  if (!is_proto || !TopStream::can_stream(options)) return std::optional<TopReport>();
  TopStream stream(options);
  do {
    if (!input.source->rewind()) return std::optional<TopReport>();
    TRY_ASSIGN(const bool is_complete, stream_profile_proto(*input.source, stream, limits));
    if (!is_complete) return std::optional<TopReport>();
  } while (stream.wants_again());
  TRY_ASSIGN(TopReport report, stream.take_report());
  return std::optional<TopReport>(std::move(report));
}

Result<TopReport> load_top(ReportRun& run) {
  TRY_ASSIGN(OpenInput input, run.open_input());
  auto streamed = stream_top(input.detected, run.options(), run.limits());
  if (streamed && *streamed) return **std::move(streamed);
  if (!streamed && streamed.error().code() == ErrorCode::Usage) return std::move(streamed).error();
  // Whatever else stopped the stream, the reader of whole profiles copes with it or says it well.
  // A source that cannot start again was not read yet.
  input.detected.source->rewind();
  TRY_ASSIGN(const Profile* const profile, run.load(std::move(input), Goroutines::Groups));
  return build_top(*profile, run.options());
}

}  // namespace

Result<Exit> run_top(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const TopReport report, load_top(run));
  return run.write([&](Writer& out) -> Result<void> {
    const auto render = run.settings().json ? render_top_json : render_top_text;
    render(report, out);
    return {};
  });
}

Result<Exit> run_traces(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const Profile* const profile, run.load(Goroutines::Each));
  const auto render = run.settings().json ? render_traces_json : render_traces_text;
  return run.write([&](Writer& out) { return render(*profile, run.options(), out); });
}

Result<Exit> run_tags(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const Profile* const profile, run.load(Goroutines::Groups));
  TRY_ASSIGN(const TagsReport report, build_tags(*profile, run.options()));
  for (const std::string& notice : report.notices) run.environment().say(notice);
  return run.write([&](Writer& out) -> Result<void> {
    const auto render = run.settings().json ? render_tags_json : render_tags_text;
    render(report, out);
    return {};
  });
}

Result<Exit> run_proto(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const Profile* const profile, run.load(Goroutines::Each));
  return run.write(
      [&](Writer& out) -> Result<void> {
        out << write_profile_proto(*profile);
        return {};
      },
      ".pb.gz");
}

}  // namespace plumb::cli
