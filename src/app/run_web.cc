// SPDX-License-Identifier: Apache-2.0
// plumb serve, and plumb -http=HOST:PORT: the web UI on profiles that are loaded once.

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "app/child_process.h"
#include "app/host_port.h"
#include "app/leak_filter.h"
#include "app/live_leaks.h"
#include "app/reports.h"
#include "app/saved_configs.h"
#include "app/session.h"
#include "app/url_options.h"
#include "app/version.h"
#include "app/viewer.h"
#include "base/strings.h"
#include "base/try.h"
#include "model/dump_profile.h"
#include "model/prepare.h"
#include "report/leaks.h"
#include "symbols/source_files.h"
#include "web/http_server.h"
#include "web/leaks_data.h"
#include "web/web_app.h"

namespace plumb::cli {
namespace {

// The server that a signal stops. One runs at a time.
const web::HttpServer* g_server = nullptr;

void on_stop_signal(int /*signal*/) {
  if (g_server != nullptr) g_server->stop();
}

// While one of these lives, the first SIGINT or SIGTERM stops the server, and the second the
// process.
class StopOnSignal {
 public:
  explicit StopOnSignal(const web::HttpServer& server) {
    g_server = &server;
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, &before_interrupt_);
    ::sigaction(SIGTERM, &action, &before_terminate_);
  }
  ~StopOnSignal() {
    ::sigaction(SIGINT, &before_interrupt_, nullptr);
    ::sigaction(SIGTERM, &before_terminate_, nullptr);
    g_server = nullptr;
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

 private:
  struct sigaction before_interrupt_ {};
  struct sigaction before_terminate_ {};
};

// Collects the goroutines of the sources for the verdict, while their profile is made.
class LeaksWatch {
 public:
  static Result<LeaksWatch> make(const Settings& settings) {
    TRY_ASSIGN(LeakFilter filter, LeakFilter::compile(settings.leaks));
    TRY_ASSIGN(const WatchPlan plan, watch_plan(settings.leaks));
    return LeaksWatch(settings, std::move(filter), plan);
  }

  void add(const Input& input) {
    if (is_live_) return;
    ++inputs_;
    if (!builder_.add(leaks_input(input, servers_), input.content)) return;
    ++added_;
    const auto* const dump = std::get_if<GoroutineDump>(&input.content);
    last_ = dump != nullptr ? profile_from_dump(*dump) : std::get<Profile>(input.content).copy();
  }

  // Looks at live servers for a while, as plumb leaks does.
  Result<void> watch(std::span<const LiveServer> servers, const FetchOptions& fetch,
                     Environment& environment) {
    TRY(watch_servers(servers, plan_, fetch, builder_, environment));
    is_live_ = true;
    return {};
  }

  // Nothing if some source has no goroutines.
  Result<std::optional<LeaksReport>> finish() && {
    if (!is_live_ && (added_ == 0 || added_ < inputs_)) return std::optional<LeaksReport>();
    TRY_ASSIGN(LeaksReport report, std::move(builder_).finish());
    if (!report.counts_goroutines) return std::optional<LeaksReport>();
    return std::optional<LeaksReport>(std::move(report));
  }

  [[nodiscard]] bool has_series() const { return added_ > 1; }

  // The last snapshot of a series: of the same goroutines, summing up says nothing.
  Profile take_last() { return std::move(last_); }

 private:
  LeaksWatch(const Settings& settings, LeakFilter filter, const WatchPlan& plan)
      : filter_(std::move(filter)),
        files_(
            std::make_unique<SourceFiles>(settings.report.source_path, settings.report.trim_path)),
        plan_(plan),
        builder_(options(settings)) {}

  [[nodiscard]] LeaksOptions options(const Settings& settings) const {
    LeaksOptions options;
    options.interval_ns = plan_.every_ns;
    options.filter = filter_.filter();
    options.min_count = std::max<std::int64_t>(settings.leaks.min_count, 0);
    options.limit = web::kMostLeakGroups;
    options.source = [files = files_.get()](std::string_view file, std::int64_t line) {
      return std::string(files->line(file, line).value_or(std::string_view()));
    };
    return options;
  }

  LeakFilter filter_;
  std::unique_ptr<SourceFiles> files_;
  WatchPlan plan_;
  LeaksBuilder builder_;
  Profile last_;
  bool is_live_ = false;
  std::uint32_t servers_ = 0;
  std::size_t inputs_ = 0;
  std::size_t added_ = 0;
};

Result<web::WebContent> load_content(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(Session session, Session::open(invocation.operands, invocation.settings,
                                            invocation.command.bare_host_path, environment));
  TRY_ASSIGN(LeaksWatch watch, LeaksWatch::make(invocation.settings));
  const bool is_leaks = invocation.command.run == run_leaks;
  if (const auto servers = find_live_servers(invocation.operands); servers && is_leaks) {
    TRY_ASSIGN(const FetchOptions fetch,
               fetch_options(invocation.settings, invocation.command.bare_host_path));
    TRY(watch.watch(*servers, fetch, environment));
  }
  session.watch_inputs([&watch](const Input& input) { watch.add(input); });
  ReadOptions read;
  read.limits = session.limits();
  read.keep_goroutines = true;
  TRY_ASSIGN(LoadedProfile loaded, session.load(read));
  session.say_losses(loaded.losses);
  web::WebContent content;
  for (const SourceLosses& source : loaded.losses) {
    content.sources.push_back(source.name);
    for (const Loss& loss : source.losses) content.notices.push_back(loss_line(source, loss));
  }
  content.profile = std::move(loaded.profile);
  TRY_ASSIGN(content.leaks, std::move(watch).finish());
  if (is_leaks && !content.leaks) {
    return Error(ErrorCode::Usage, "the sources are not all goroutines; try plumb serve");
  }
  if (is_leaks && watch.has_series()) {
    content.profile = watch.take_last();
    TRY(prepare_profile(content.profile));
  }
  return content;
}

// How a page says what it shows as a command line.
std::string command_text(const Invocation& invocation, std::string_view command,
                         const web::Query& query) {
  std::string text = "plumb " + std::string(command);
  for (const std::string& flag : flags_of_url(query.pairs())) text += ' ' + shell_quoted(flag);
  const std::string_view name = command.substr(0, command.find(' '));
  const Command* const row = find_command(name);
  if (row != nullptr && !row->argument.empty()) {
    const std::string_view focus = query.get("f");
    text += ' ' + shell_quoted(focus.empty() ? "." : focus);
  }
  for (const auto& [flag, value] :
       {std::pair("-base=", invocation.settings.sources.base),
        std::pair("-diff_base=", invocation.settings.sources.diff_base)}) {
    if (!value.empty()) text += ' ' + shell_quoted(flag + value);
  }
  for (const std::string& operand : invocation.operands) text += ' ' + shell_quoted(operand);
  return text;
}

web::WebHooks make_hooks(const Invocation& invocation) {
  web::WebHooks hooks;
  hooks.version = kVersion;
  const Settings& settings = invocation.settings;
  hooks.source_path = settings.report.source_path;
  hooks.trim_path = settings.report.trim_path;
  hooks.options = [&settings](const web::Query& query) -> Result<ReportOptions> {
    Settings asked = settings;
    TRY(apply_url(asked, query.pairs()));
    return report_options(asked, [](std::string_view /*line*/) {});
  };
  hooks.configs = []() -> Result<web::Json> {
    TRY_ASSIGN(const std::string path, settings_path());
    TRY_ASSIGN(const std::vector<SavedConfig> configs, read_configs(path));
    web::Json list = web::Json::array();
    for (const SavedConfig& config : configs) {
      web::Json parameters = web::Json::object();
      for (const auto& [name, value] : config.parameters) parameters[name] = value;
      list.push_back({{"name", config.name}, {"parameters", std::move(parameters)}});
    }
    return list;
  };
  hooks.save_config = [&settings](const std::string& name,
                                  const web::Query& query) -> Result<void> {
    TRY_ASSIGN(const std::string path, settings_path());
    return save_config(path, name, settings, query.pairs());
  };
  hooks.delete_config = [](const std::string& name) -> Result<void> {
    TRY_ASSIGN(const std::string path, settings_path());
    return delete_config(path, name);
  };
  hooks.command = [&invocation](std::string_view command, const web::Query& query) {
    return command_text(invocation, command, query);
  };
  return hooks;
}

void open_browser(const std::string& url, Environment& environment) {
  // Says the address if no browser could be started.
  for (const std::string& candidate : viewer_candidates(Viewer::Browser)) {
    std::vector<std::string> words;
    for (const std::string_view word : split(candidate, ' ')) {
      if (!word.empty()) words.emplace_back(word);
    }
    if (words.empty()) continue;
    words.push_back(url);
    auto child = ChildProcess::start(words);
    if (!child) continue;
    // Reaps it, whenever that is.
    std::thread([browser = *std::move(child)]() mutable {
      [[maybe_unused]] const auto end = browser.wait();
    }).detach();
    return;
  }
  environment.say(url);
}

}  // namespace

Result<Exit> run_web(const Invocation& invocation, Environment& environment) {
  const WebSettings& settings = invocation.settings.web;
  TRY_ASSIGN(const HostPort at, parse_host_port(settings.http.empty() ? ":" : settings.http));
  TRY_ASSIGN(web::WebContent content, load_content(invocation, environment));
  // The port is known once it is listened on, and the app has to know it.
  std::unique_ptr<web::WebApp> app;
  web::HttpServerOptions options;
  options.host = at.host;
  options.port = at.port;
  TRY_ASSIGN(web::HttpServer server,
             web::HttpServer::listen(std::move(options), [&app](const web::HttpRequest& request) {
               return app->answer(request);
             }));
  app = std::make_unique<web::WebApp>(std::move(content), make_hooks(invocation),
                                      web::Guard(at.host, server.port(), web::make_token()));
  const StopOnSignal stop(server);
  const std::string url = "http://" + at.url_host() + ':' + std::to_string(server.port());
  environment.say("Serving web UI on " + url);
  if (!settings.no_browser && environment.out_is_terminal) open_browser(url, environment);
  server.serve();
  return Exit::Ok;
}

}  // namespace plumb::cli
