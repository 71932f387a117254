// SPDX-License-Identifier: Apache-2.0
// plumb serve, and plumb -http=HOST:PORT: the web UI on profiles that are loaded once; and
// plumb -html=FILE: the same pages as one file.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "app/child_process.h"
#include "app/host_port.h"
#include "app/live_leaks.h"
#include "app/live_pages.h"
#include "app/output.h"
#include "app/reports.h"
#include "app/viewer.h"
#include "app/web_content.h"
#include "app/web_hooks.h"
#include "base/byte_source.h"
#include "base/strings.h"
#include "base/try.h"
#include "leak/finding.h"
#include "web/http_server.h"
#include "web/share.h"
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

// Watches servers for the pages, beside the thread that answers requests.
class LiveThread {
 public:
  // `live` may be null: there is nothing to watch.
  LiveThread(LivePages* live, web::WebApp& app) : live_(live) {
    if (live == nullptr) return;
    app.tell(live->status());
    thread_ = std::thread([live, &app] {
      live->run([&app](web::WebContent content,
                       const web::LiveStatus& status) { app.publish(std::move(content), status); },
                [&app](const web::LiveStatus& status) { app.tell(status); });
    });
  }
  ~LiveThread() {
    if (live_ == nullptr) return;
    live_->stop();
    thread_.join();
  }
  LiveThread(const LiveThread&) = delete;
  LiveThread& operator=(const LiveThread&) = delete;

 private:
  LivePages* live_;
  std::thread thread_;
};

// Null if the operands are no servers that plumb leaks watches.
Result<std::unique_ptr<LivePages>> start_live(const Invocation& invocation,
                                              Environment& environment) {
  if (invocation.command.run != run_leaks) return std::unique_ptr<LivePages>();
  auto servers = find_live_servers(invocation.operands);
  if (!servers) return std::unique_ptr<LivePages>();
  TRY_ASSIGN(FetchOptions fetch,
             fetch_options(invocation.settings, invocation.command.bare_host_path));
  return LivePages::start(invocation.settings, std::move(fetch), *std::move(servers), environment);
}

Result<web::ShareOptions> share_options(const WebSettings& settings) {
  web::ShareOptions options;
  auto redaction = web::parse_redaction(settings.redact);
  if (!redaction) {
    return Error(ErrorCode::Usage,
                 "invalid value for flag -redact: " + redaction.error().message());
  }
  options.redaction = *redaction;
  options.redaction.most_ids = static_cast<std::size_t>(settings.most_ids);
  options.has_script = !settings.no_script;
  return options;
}

// "-html dump.txt other.txt" forgot to name the page: a file that is there and is none is kept.
Result<void> check_is_page(const std::string& path) {
  std::error_code unused;
  if (!std::filesystem::is_regular_file(path, unused)) return {};  // A pipe is not to be read.
  const auto file = FileSource::open(path);
  if (!file) return {};  // For the writing to refuse.
  std::array<char, 64> head{};
  TRY_ASSIGN(const std::size_t size, (*file)->read(head));
  const std::string_view text = trim(std::string_view(head.data(), size));
  if (text.empty() || text.starts_with('<')) return {};
  return Error(ErrorCode::Usage, path +
                                     " is there already, and no page; -html takes the name of "
                                     "the file to write, as -html=pages.html");
}

// The pages as one file.
Result<Exit> write_share(const Invocation& invocation, Environment& environment) {
  const WebSettings& settings = invocation.settings.web;
  TRY_ASSIGN(const web::ShareOptions options, share_options(settings));
  if (settings.html != "-") TRY(check_is_page(settings.html));
  TRY_ASSIGN(web::WebContent content, load_web_content(invocation, environment));
  const web::WebHooks hooks = make_web_hooks(invocation);
  const web::Documents documents(std::move(content), hooks);
  TRY_ASSIGN(const std::string file, web::build_share(documents, web::Query(), options));
  Settings where = invocation.settings;
  where.output = settings.html == "-" ? "" : settings.html;
  ReportOutput output(where, environment);
  output << file;
  TRY(output.finish());
  const auto fail_on = find_level(invocation.settings.fail_on);
  const auto& leaks = documents.content().leaks;
  const bool is_leaking = fail_on && leaks && leaks->findings.worst >= *fail_on;
  return is_leaking ? Exit::Finding : Exit::Ok;
}

}  // namespace

Result<Exit> run_web(const Invocation& invocation, Environment& environment) {
  const WebSettings& settings = invocation.settings.web;
  if (!settings.html.empty()) return write_share(invocation, environment);
  TRY_ASSIGN(const HostPort at, parse_host_port(settings.http.empty() ? ":" : settings.http));
  TRY_ASSIGN(const std::unique_ptr<LivePages> live, start_live(invocation, environment));
  TRY_ASSIGN(web::WebContent content,
             live ? live->first() : load_web_content(invocation, environment));
  web::WebApp app(std::move(content), make_web_hooks(invocation),
                  web::Guard(at.host, web::make_token()));
  web::HttpServerOptions options;
  options.host = at.host;
  options.port = at.port;
  options.body_limit = [&app](const web::HttpRequest& head) { return app.body_limit(head); };
  TRY_ASSIGN(web::HttpServer server,
             web::HttpServer::listen(std::move(options), [&app](const web::HttpRequest& request) {
               return app.answer(request);
             }));
  const StopOnSignal stop(server);
  const std::string url = "http://" + at.url_host() + ':' + std::to_string(server.port());
  environment.say("Serving web UI on " + url);
  if (!settings.no_browser && environment.out_is_terminal) open_browser(url, environment);
  const LiveThread thread(live.get(), app);
  // A large profile is ready by the time the browser is.
  std::thread warm_up([&app] { app.warm_up(); });
  server.serve();
  warm_up.join();
  return Exit::Ok;
}

}  // namespace plumb::cli
