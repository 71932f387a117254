// SPDX-License-Identifier: Apache-2.0
// WebApp: from requests to answers. It has one profile, which it never changes: each answer is made
// from a copy, and copies share the samples.
//
//   /ui/VIEW            a page; all views are one page that asks for data
//   /ui/api/VIEW        the data of a view (view.h)
//   /ui/leaks           the verdict on goroutines (leaks_data.h), if there are some
//   /ui/assets/NAME     the client
//   /ui/api/configs     configurations with names
//   /ui/saveconfig      POST, and DELETE /ui/deleteconfig: with the token of the page
//   /ui/download        the whole profile as profile.proto
//
// Paths and parameters are those of pprof, so that saved links open.

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/profile.h"
#include "report/leaks.h"
#include "report/report_options.h"
#include "web/guard.h"
#include "web/http_message.h"
#include "web/leaks_data.h"
#include "web/response_cache.h"
#include "web/view.h"

namespace plumb::web {

/// What the pages are about.
struct WebContent {
  Profile profile;
  std::vector<std::string> sources;       ///< As people should see them.
  std::vector<std::string> notices;       ///< What was lost while reading, one line each.
  std::optional<LeaksReport> leaks = {};  ///< If the sources are goroutines.
};

/// What the command line knows and the pages need. All are called on several threads at a time.
struct WebHooks {
  /// The options that parameters of a URL add up to. Errors: Usage, in pprof's words.
  std::function<Result<ReportOptions>(const Query& query)> options;
  /// The command line that prints what a view shows.
  std::function<std::string(std::string_view command, const Query& query)> command;
  /// Configurations with names, as a JSON list of {"name","parameters":{"f":"main"}}; saving and
  /// deleting one.
  std::function<Result<Json>()> configs;
  std::function<Result<void>(const std::string& name, const Query& query)> save_config;
  std::function<Result<void>(const std::string& name)> delete_config;
  std::string source_path;  ///< Where source files are, as in SourceFiles.
  std::string trim_path;
  std::string version;
};

/// Thread-safe.
class WebApp {
 public:
  WebApp(WebContent content, WebHooks hooks, Guard guard);

  HttpResponse answer(const HttpRequest& request);

 private:
  HttpResponse route(const HttpRequest& request);
  HttpResponse write(const HttpRequest& request);
  HttpResponse configs();
  HttpResponse page(std::string_view view_name, std::string_view title);
  HttpResponse data(const View* view, const HttpRequest& request);
  Result<std::string> build(const View& view, const HttpRequest& request);
  [[nodiscard]] std::string build_leaks(const HttpRequest& request) const;
  HttpResponse download();
  [[nodiscard]] std::string info_json(std::string_view view_name) const;
  [[nodiscard]] bool take_turn(const HttpRequest& request);

  // Computations at a time; more requests wait for their turn.
  static constexpr std::ptrdiff_t kMostTurns = 2;
  static constexpr std::size_t kCacheBytes = std::size_t{64} << 20;

  WebContent content_;
  WebHooks hooks_;
  Guard guard_;
  ResponseCache cache_{kCacheBytes};
  std::mutex configs_mutex_;  // One change of the settings file at a time.
  std::counting_semaphore<kMostTurns> turns_{kMostTurns};
};

}  // namespace plumb::web
