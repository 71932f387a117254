// SPDX-License-Identifier: Apache-2.0
// The reports of pprof: one profile in, one report out.

#include <utility>

#include "app/output.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/try.h"
#include "formats/profile_proto.h"
#include "report/tags.h"
#include "report/top.h"
#include "report/traces.h"

namespace plumb::cli {
namespace {

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

  /// `keep_goroutines` makes a sample of every goroutine of a dump.
  Result<const Profile*> load(bool keep_goroutines) {
    ReadOptions read;
    read.keep_goroutines = keep_goroutines;
    TRY_ASSIGN(loaded_, session_.load_profile(read));
    return &loaded_.profile;
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

}  // namespace

Result<Exit> run_top(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const Profile* const profile, run.load(false));
  TRY_ASSIGN(const TopReport report, build_top(*profile, run.options()));
  return run.write([&](Writer& out) -> Result<void> {
    const auto render = run.settings().json ? render_top_json : render_top_text;
    render(report, out);
    return {};
  });
}

Result<Exit> run_traces(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const Profile* const profile, run.load(true));
  const auto render = run.settings().json ? render_traces_json : render_traces_text;
  return run.write([&](Writer& out) { return render(*profile, run.options(), out); });
}

Result<Exit> run_tags(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  TRY_ASSIGN(const Profile* const profile, run.load(false));
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
  TRY_ASSIGN(const Profile* const profile, run.load(true));
  return run.write(
      [&](Writer& out) -> Result<void> {
        out << write_profile_proto(*profile);
        return {};
      },
      ".pb.gz");
}

}  // namespace plumb::cli
