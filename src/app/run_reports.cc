// SPDX-License-Identifier: Apache-2.0
// The reports of pprof: one profile in, one report out.

#include <optional>
#include <utility>

#include "app/output.h"
#include "app/reports.h"
#include "app/session.h"
#include "app/streamed_top.h"
#include "base/try.h"
#include "report/report_input.h"
#include "report/top.h"
#include "report/write_report.h"

namespace plumb::cli {
namespace {

// Reports that show each sample need one for each goroutine of a dump; others one for each group.
bool keeps_goroutines(ReportKind kind) {
  return kind == ReportKind::Traces || kind == ReportKind::Raw || kind == ReportKind::Proto;
}

ReportFormat format_of(const Settings& settings) {
  if (settings.json) return ReportFormat::Json;
  return settings.csv ? ReportFormat::Csv : ReportFormat::Text;
}

// One report from its options to the losses said behind it.
class ReportRun {
 public:
  static Result<ReportRun> open(const Invocation& invocation, Environment& environment) {
    const Notice notice = [&environment](std::string_view line) { environment.say(line); };
    TRY_ASSIGN(ReportRequest request, report_request(invocation, notice));
    TRY_ASSIGN(Session session, Session::open(invocation.operands, invocation.settings,
                                              invocation.command.bare_host_path, environment));
    return ReportRun(invocation, environment, std::move(request), std::move(session));
  }

  Result<Exit> run() {
    ReadOptions read;
    read.limits = session_.limits();
    read.keep_goroutines = keeps_goroutines(request_.kind);
    if (!session_.has_one_source()) {
      if (request_.kind == ReportKind::Top) {
        const auto streamed = stream_difference(request_.options, session_);
        if (streamed) return write_top(*streamed);
      }
      TRY_ASSIGN(LoadedProfile loaded, session_.load(read));
      return write(std::move(loaded));
    }
    TRY_ASSIGN(OpenInput input, session_.open_one());
    // What came from a server is kept, which takes the whole profile.
    read.drop_text_labels = !input.is_remote && !uses_labels(request_.kind, request_.options);
    if (request_.kind == ReportKind::Top && !input.is_remote && !session_.adds_comment()) {
      auto streamed = stream_top(input.detected, request_.options, session_);
      if (streamed && *streamed) return write_top(**streamed);
      const bool is_refused = !streamed && streamed.error().code() == ErrorCode::Usage;
      if (is_refused) return std::move(streamed).error();
      // Whatever else stopped the stream, the reader of whole profiles copes with it or says it
      // well. A source that cannot start again was not read yet.
      input.detected.source->rewind();
    }
    TRY_ASSIGN(LoadedProfile loaded, session_.load_profile(std::move(input), read));
    return write(std::move(loaded));
  }

 private:
  ReportRun(const Invocation& invocation, Environment& environment, ReportRequest request,
            Session session)
      : invocation_(invocation),
        environment_(environment),
        session_(std::move(session)),
        request_(std::move(request)) {}

  Result<Exit> write(LoadedProfile loaded) {
    request_.hint = [this](std::string_view line) { hint_ = line; };
    TRY(deliver_report(invocation_, environment_, [&](Writer& out) {
      const Notice notice = [this](std::string_view line) { environment_.say(line); };
      return write_report(loaded.profile, request_, out, notice);
    }));
    say_hint();
    session_.say_losses(loaded.losses);
    return Exit::Ok;
  }

  Result<Exit> write_top(const TopReport& report) {
    TRY(deliver_report(invocation_, environment_, [&](Writer& out) -> Result<void> {
      write_top_report(report, request_.format, out);
      return {};
    }));
    if (request_.format == ReportFormat::Text) hint_ = top_hint(report);
    say_hint();
    return Exit::Ok;
  }

  // Only to a person who sees the report: never to a script.
  void say_hint() {
    if (!environment_.out_is_terminal || hint_.empty()) return;
    environment_.out.flush();
    environment_.say(hint_);
  }

  const Invocation& invocation_;
  Environment& environment_;
  Session session_;
  ReportRequest request_;
  std::string hint_;
};

}  // namespace

Result<Exit> run_report(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(ReportRun run, ReportRun::open(invocation, environment));
  return run.run();
}

Result<ReportRequest> report_request(const Invocation& invocation, const Notice& notice) {
  ReportRequest request;
  request.kind = *invocation.command.report;
  request.argument = invocation.argument;
  request.draw = picture_drawer(invocation.command.picture, notice);
  request.format = format_of(invocation.settings);
  TRY_ASSIGN(request.options, report_options(invocation.settings, notice));
  return request;
}

Result<void> deliver_report(const Invocation& invocation, Environment& environment,
                            const std::function<Result<void>(Writer&)>& render) {
  const Command& command = invocation.command;
  const Settings& settings = invocation.settings;
  if (command.viewer != Viewer::None && settings.output.empty() && !settings.json) {
    StringWriter content;
    TRY(render(content));
    const WaitFor wait_for = environment.is_session ? WaitFor::Start : WaitFor::End;
    TRY_ASSIGN(std::string left,
               show_in_viewer(command.viewer, content.text(), command.binary_extension, wait_for));
    if (!left.empty()) environment.temporary_files.push_back(std::move(left));
    return {};
  }
  ReportOutput output(settings, environment,
                      settings.json ? std::string_view() : command.binary_extension);
  TRY(render(output));
  return output.finish();
}

}  // namespace plumb::cli
