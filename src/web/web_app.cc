// SPDX-License-Identifier: Apache-2.0
#include "web/web_app.h"

#include <chrono>
#include <utility>

#include "base/html.h"
#include "base/paths.h"
#include "base/try.h"
#include "formats/profile_proto.h"
#include "report/json_text.h"
#include "web/assets.h"
#include "web/flame_data.h"

namespace plumb::web {
namespace {

constexpr std::string_view kLeaks = "leaks";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBinary = "application/octet-stream";
constexpr std::size_t kLeastGzipBytes = 1024;

std::string with_query(std::string path, const HttpRequest& request) {
  return request.query_text.empty() ? path : std::move(path) + '?' + request.query_text;
}

bool accepts_gzip(const HttpRequest& request) {
  return request.header("accept-encoding").find("gzip") != std::string_view::npos;
}

HttpResponse not_found() {
  return text_response(404, "404 page not found");
}

// "server cpu": what the tab and the head of the page say.
std::string title_of(const Profile& profile, std::string_view what) {
  const std::string_view file = header_of(profile).file;
  return (file.empty() ? "" : std::string(path_base(file)) + ' ') + std::string(what);
}

HttpResponse asset_response(const Asset& asset, const HttpRequest& request) {
  const std::string etag = etag_of(asset.gzip);
  HttpResponse response{.content_type = std::string(asset.content_type), .body = {}};
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (request.header("if-none-match") == etag) {
    response.status = 304;
  } else if (accepts_gzip(request)) {
    response.constant_body = asset.gzip;
    response.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    response.body = inflated(asset);
  }
  return response;
}

HttpResponse body_response(const CachedBody& body, const HttpRequest& request) {
  HttpResponse response{.content_type = body.content_type, .body = {}};
  response.headers.emplace_back("Cache-Control", "no-store");
  if (body.gzip && accepts_gzip(request)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.shared_body = body.gzip;
  } else {
    response.shared_body = body.plain;
  }
  return response;
}

CachedBody make_body(std::string text, std::string_view content_type) {
  CachedBody body;
  body.content_type = content_type;
  if (text.size() >= kLeastGzipBytes) {
    body.gzip = std::make_shared<const std::string>(gzip_text(text));
  }
  body.plain = std::make_shared<const std::string>(std::move(text));
  return body;
}

}  // namespace

WebApp::WebApp(WebContent content, WebHooks hooks, Guard guard)
    : content_(std::move(content)), hooks_(std::move(hooks)), guard_(std::move(guard)) {}

HttpResponse WebApp::answer(const HttpRequest& request) {
  HttpResponse response;
  if (const Refusal refusal = guard_.check(request)) {
    response = text_response(403, *refusal);
  } else if (request.method != "GET" && request.method != "HEAD") {
    response = write(request);
  } else {
    response = route(request);
  }
  add_security_headers(response);
  return response;
}

HttpResponse WebApp::route(const HttpRequest& request) {
  std::string_view path = request.path;
  if (!path.starts_with("/ui/")) return redirect_response(307, with_query("/ui/", request));
  path.remove_prefix(4);
  if (path.empty()) {
    const std::string home = content_.leaks ? "/ui/leaks" : "/ui/flamegraph";
    return redirect_response(307, with_query(home, request));
  }
  if (path == "flamegraph2" || path == "flamegraphold") {
    return redirect_response(301, with_query("/ui/flamegraph", request));
  }
  if (path == "download") return download();
  if (path.starts_with("assets/")) {
    const Asset* const asset = find_asset(path.substr(7));
    return asset == nullptr ? not_found() : asset_response(*asset, request);
  }
  if (path == "api/configs") return configs();
  // Here pprof lets a link change something.
  if (path == "saveconfig" || path == "deleteconfig") {
    return text_response(405, "configurations are changed by the page, not by a link");
  }
  const bool wants_data = path.starts_with("api/");
  if (wants_data) path.remove_prefix(4);
  const View* const view = find_view(path);
  if (view == nullptr && (path != kLeaks || !content_.leaks)) return not_found();
  if (wants_data) return data(view, request);
  return view == nullptr ? page(kLeaks, "Leaks") : page(view->name, view->title);
}

HttpResponse WebApp::write(const HttpRequest& request) {
  const bool saves = request.path == "/ui/saveconfig" && request.method == "POST";
  const bool deletes = request.path == "/ui/deleteconfig" && request.method == "DELETE";
  if (!saves && !deletes) {
    HttpResponse response = text_response(405, "only GET is understood here");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (const Refusal refusal = guard_.check_write(request)) return text_response(403, *refusal);
  const std::string name(request.query.get("config"));
  const std::lock_guard lock(configs_mutex_);
  const auto done = saves ? hooks_.save_config(name, request.query) : hooks_.delete_config(name);
  return done ? text_response(200, "ok") : text_response(400, done.error().message());
}

HttpResponse WebApp::configs() {
  const std::lock_guard lock(configs_mutex_);
  const auto list = hooks_.configs();
  if (!list) return text_response(400, list.error().message());
  HttpResponse response = json_response(to_json_text(*list));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpResponse WebApp::page(std::string_view view_name, std::string_view title) {
  HttpResponse response{.content_type = "text/html; charset=utf-8", .body = {}};
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      escape_html(title) + " - plumb</title>\n<meta name=\"plumb\" content=\"" +
      escape_html(info_json(view_name)) +
      "\">\n<link rel=\"icon\" href=\"/ui/assets/icon.svg\">\n"
      "<link rel=\"stylesheet\" href=\"/ui/assets/app.css\">\n"
      "<script type=\"module\" src=\"/ui/assets/app.js\"></script>\n</head>\n<body>\n"
      "<noscript>This page needs JavaScript. The same reports without it: plumb help</noscript>\n"
      "</body>\n</html>\n";
  return response;
}

std::string WebApp::info_json(std::string_view view_name) const {
  const Profile& profile = content_.profile;
  Json info;
  info["version"] = hooks_.version;
  info["token"] = guard_.token();
  info["view"] = view_name;
  info["sources"] = content_.sources;
  info["notices"] = content_.notices;
  info["doc_url"] = header_of(profile).doc_url;
  info["views"] = Json::array();
  if (content_.leaks) {
    info["views"].push_back({{"name", kLeaks},
                             {"title", "Leaks"},
                             {"help", "Does it leak, where, since when, how fast, why"}});
  }
  for (const View& row : views()) {
    info["views"].push_back({{"name", row.name}, {"title", row.title}, {"help", row.help}});
  }
  info["sample_types"] = Json::array();
  for (const ValueType& type : profile.sample_types) {
    info["sample_types"].push_back(profile.text(type.type));
  }
  return to_json_text(info);
}

HttpResponse WebApp::data(const View* view, const HttpRequest& request) {
  const std::string name(view == nullptr ? kLeaks : view->name);
  const std::string key = name + '?' + request.query_text;
  CachedBody body;
  if (cache_.find(key, body)) return body_response(body, request);
  if (!take_turn(request)) return text_response(503, "nobody waits for this answer any more");
  auto text = view == nullptr ? Result<std::string>(build_leaks(request)) : build(*view, request);
  if (!text) {
    turns_.release();
    return text_response(400, text.error().message());
  }
  const bool is_binary = view != nullptr && view->build == nullptr;
  body = make_body(*std::move(text), is_binary ? kBinary : kJson);
  cache_.add(key, body);
  turns_.release();
  return body_response(body, request);
}

// False if the browser went away before it was this request's turn.
bool WebApp::take_turn(const HttpRequest& request) {
  while (!turns_.try_acquire_for(std::chrono::milliseconds(100))) {
    if (request.is_abandoned && request.is_abandoned()) return false;
  }
  if (!request.is_abandoned || !request.is_abandoned()) return true;
  turns_.release();
  return false;
}

Result<std::string> WebApp::build(const View& view, const HttpRequest& request) {
  TRY_ASSIGN(ReportOptions options, hooks_.options(request.query));
  view.adjust(options);
  std::vector<std::string> notices;
  const Notice notice = [&notices](std::string_view line) { notices.emplace_back(line); };
  Profile profile = content_.profile.copy();
  TRY_ASSIGN(const ReportInput report, make_report_input(profile, view.kind, options, notice));
  std::vector<std::string> legend;
  const ViewInput input{report, request.query.get("f"), notice, legend};
  Json document;
  document["title"] = title_of(profile, report.samples.type);
  document["sample_type"] = report.samples.type;
  document["unit"] = report.samples.format.sample_unit;
  document["output_unit"] = report.samples.format.output_unit;
  document["ratio"] = report.samples.format.ratio;
  document["total"] = report.samples.total;
  document["total_text"] = report.samples.format(report.samples.total);
  document["command"] = hooks_.command(view.command, request.query);
  Json content;
  std::string binary;
  if (view.build == nullptr) {
    TRY_ASSIGN(binary, build_flame_data(input, request.query, content));
  } else {
    TRY_ASSIGN(content, view.build(input));
  }
  document["legend"] = legend;
  document["notices"] = notices;
  document["data"] = std::move(content);
  std::string text = to_json_text(document);
  return view.build == nullptr ? join_flame_data(text, binary) : std::move(text);
}

std::string WebApp::build_leaks(const HttpRequest& request) const {
  Json document;
  document["title"] = title_of(content_.profile, "goroutines");
  document["sample_type"] = "goroutine";
  document["unit"] = "count";
  document["output_unit"] = "minimum";
  document["ratio"] = 1;
  document["total"] = content_.leaks->total;
  document["total_text"] = std::to_string(content_.leaks->total);
  document["command"] = hooks_.command(kLeaks, Query());
  document["legend"] = Json::array();
  document["notices"] = Json::array();
  SourceFiles sources(hooks_.source_path, hooks_.trim_path);
  document["data"] = build_leaks_data(*content_.leaks, request.query.get("group"), sources);
  return to_json_text(document);
}

HttpResponse WebApp::download() {
  HttpResponse response{.content_type = "application/vnd.google.protobuf+gzip",
                        .body = write_profile_proto(content_.profile)};
  response.headers.emplace_back("Content-Disposition", "attachment;filename=profile.pb.gz");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace plumb::web
