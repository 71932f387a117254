// SPDX-License-Identifier: Apache-2.0
#include "web/web_app.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/cancellation.h"
#include "base/html.h"
#include "base/paths.h"
#include "base/strings.h"
#include "formats/profile_proto.h"
#include "report/json_text.h"
#include "web/assets.h"
#include "web/share.h"

namespace plumb::web {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBinary = "application/octet-stream";
constexpr std::size_t kLeastGzipBytes = 1024;
constexpr std::string_view kOpenPath = "/ui/open";

// What changes something, and how it is asked for. (pprof lets a link do it.)
struct WriteRow {
  std::string_view path;
  std::string_view method;
};
constexpr std::array kWrites = {WriteRow{"saveconfig", "POST"}, WriteRow{"deleteconfig", "DELETE"},
                                WriteRow{"open", "POST"}, WriteRow{"compare", "POST"},
                                WriteRow{"close", "DELETE"}};

std::string with_query(std::string path, const HttpRequest& request) {
  return request.query_text.empty() ? path : std::move(path) + '?' + request.query_text;
}

bool accepts_gzip(const HttpRequest& request) {
  return request.header("accept-encoding").find("gzip") != std::string_view::npos;
}

constexpr std::string_view kNotFound = "404 page not found";

HttpResponse not_found() {
  return text_response(404, std::string(kNotFound));
}

HttpResponse abandoned_response() {
  return text_response(503, "nobody waits for this answer any more");
}

// How long an answer is waited for: as long as the browser does, and not for ever.
class Patience {
 public:
  Patience(const HttpRequest& request, std::chrono::milliseconds most_time)
      : end_(std::chrono::steady_clock::now() + most_time), cancellation_([this, &request] {
          is_late_ = std::chrono::steady_clock::now() >= end_;
          return is_late_ || (request.is_abandoned && request.is_abandoned());
        }) {}

  template <typename Make>
  auto wait_for(const Make& make) {
    const CancellationScope scope(&cancellation_);
    return make();
  }

  // Then what was made is of no use.
  [[nodiscard]] bool is_over() const { return cancellation_.is_cancelled(); }
  [[nodiscard]] HttpResponse response() const {
    if (!is_late_) return abandoned_response();
    return text_response(503,
                         "this takes too long, and was given up; ask for less: "
                         "focus on a function, or show fewer nodes");
  }

 private:
  const std::chrono::steady_clock::time_point end_;
  std::atomic<bool> is_late_{false};
  Cancellation cancellation_;
};

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

HttpResponse fresh_json(const Json& json) {
  HttpResponse response = json_response(to_json_text(json));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpResponse download_response(const Profile& profile) {
  HttpResponse response{.content_type = "application/vnd.google.protobuf+gzip",
                        .body = write_profile_proto(profile)};
  response.headers.emplace_back("Content-Disposition", "attachment;filename=profile.pb.gz");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Json live_json(const LiveStatus& status, std::uint64_t version) {
  return {{"version", version},          {"snapshots", status.snapshots},
          {"every_ms", status.every_ms}, {"taken_ms", status.taken_ms},
          {"next_ms", status.next_ms},   {"problem", status.problem}};
}

}  // namespace

WebApp::WebApp(WebContent content, WebHooks hooks, Guard guard)
    : hooks_(std::move(hooks)), guard_(std::move(guard)) {
  entries_.push_back({"", 0, std::make_shared<const Documents>(std::move(content), hooks_)});
}

void WebApp::publish(WebContent content, LiveStatus status) {
  auto documents = std::make_shared<const Documents>(std::move(content), hooks_);
  std::vector<Entry> forgotten;  // Goes when others may ask again.
  const std::lock_guard lock(entries_mutex_);
  Entry next{"", entries_[0].version + 1, std::move(documents)};
  former_.push_back(std::exchange(entries_[0], std::move(next)));
  for (Entry& entry : former_) ++entry.unasked;
  const auto is_wanted = [](const Entry& entry) {
    return entry.unasked <= (entry.was_asked ? kMostUnasked : 1);
  };
  const auto end = std::stable_partition(former_.begin(), former_.end(), is_wanted);
  std::move(end, former_.end(), std::back_inserter(forgotten));
  former_.erase(end, former_.end());
  if (former_.size() > kMostFormer) {
    forgotten.push_back(std::move(former_.front()));
    former_.erase(former_.begin());
  }
  live_ = std::move(status);
}

void WebApp::tell(LiveStatus status) {
  const std::lock_guard lock(entries_mutex_);
  live_ = std::move(status);
}

std::uint64_t WebApp::body_limit(const HttpRequest& head) const {
  const bool may_open = head.path == kOpenPath && head.method == "POST" && !guard_.check(head) &&
                        !guard_.check_write(head);
  return may_open ? kMostUploadBytes : 0;
}

std::optional<WebApp::Entry> WebApp::find(std::string_view id) {
  const std::lock_guard lock(entries_mutex_);
  const auto row = std::ranges::find(entries_, id, &Entry::id);
  return row == entries_.end() ? std::nullopt : std::optional(*row);
}

// Null if it is not known. Requires: entries_mutex_.
WebApp::Entry* WebApp::find_version(std::string_view version) {
  const auto number = parse_int<std::uint64_t>(version);
  if (!number) return nullptr;
  if (entries_[0].version == *number) return entries_.data();
  const auto row = std::ranges::find(former_, *number, &Entry::version);
  return row == former_.end() ? nullptr : &*row;
}

std::optional<WebApp::Entry> WebApp::find(const Query& query) {
  const std::string_view id = query.get("profile");
  if (!id.empty()) return find(id);
  const std::lock_guard lock(entries_mutex_);
  Entry* const entry = find_version(query.get("version"));
  if (entry == nullptr) return entries_[0];
  entry->was_asked = true;
  entry->unasked = 0;
  return *entry;
}

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
  if (path.starts_with("assets/")) {
    const Asset* const asset = find_asset(path.substr(7));
    return asset == nullptr ? not_found() : asset_response(*asset, request);
  }
  if (path == "flamegraph2" || path == "flamegraphold") {
    return redirect_response(301, with_query("/ui/flamegraph", request));
  }
  if (path == "api/configs") return configs();
  if (path == "api/profiles") return profiles();
  if (path == "api/live") return live(request.query);
  if (std::ranges::find(kWrites, path, &WriteRow::path) != kWrites.end()) {
    return text_response(405, "this is changed by the page, not by a link");
  }
  const auto entry = find(request.query);
  if (entry) return route_view(path, *entry, request);
  const auto first = find("");  // For the way back.
  return first ? missing_page("this profile is not open any more", *first, request) : not_found();
}

HttpResponse WebApp::route_view(std::string_view path, const Entry& entry,
                                const HttpRequest& request) {
  const Documents& documents = *entry.documents;
  if (path.empty()) {
    const std::string home = documents.has_leaks() ? "/ui/leaks" : "/ui/flamegraph";
    return redirect_response(307, with_query(home, request));
  }
  if (path == "download") return download_response(documents.content().profile);
  if (path == "share") return share(entry, request);
  if (path == "summary" && documents.has_leaks()) return summary(documents, request);
  const bool wants_data = path.starts_with("api/");
  if (wants_data) path.remove_prefix(4);
  if (wants_data && path == "matched") {
    return data(
        path, [&] { return documents.make_matched(request.query); }, entry, request);
  }
  if (wants_data && path == "moves" && documents.has_leaks()) {
    return data(
        path, [&] { return documents.make_moves(request.query); }, entry, request);
  }
  const View* const view = find_view(path);
  const bool is_leaks = path == kLeaksView && documents.has_leaks();
  if (!is_leaks && (view == nullptr || !documents.has_view(*view))) {
    return missing_page(kNotFound, entry, request);
  }
  if (wants_data) {
    const auto make = [&]() -> Result<Document> {
      if (is_leaks) return documents.make_leaks(request.query);
      return documents.make(*view, request.query);
    };
    return data(path, make, entry, request);
  }
  return is_leaks ? page(kLeaksView, "Leaks", entry, request)
                  : page(view->name, view->title, entry, request);
}

HttpResponse WebApp::write(const HttpRequest& request) {
  const std::string_view path =
      std::string_view(request.path)
          .substr(request.path.starts_with("/ui/") ? 4 : request.path.size());
  const auto* const row = std::ranges::find(kWrites, path, &WriteRow::path);
  if (row == kWrites.end() || row->method != request.method) {
    HttpResponse response = text_response(405, "only GET is understood here");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (const Refusal refusal = guard_.check_write(request)) return text_response(403, *refusal);
  if (path == "open") return open(request);
  if (path == "compare") return compare(request);
  if (path == "close") return close(request);
  return write_config(path == "saveconfig", request);
}

HttpResponse WebApp::write_config(bool saves, const HttpRequest& request) {
  const std::string name(request.query.get("config"));
  const std::lock_guard lock(configs_mutex_);
  const auto done = saves ? hooks_.save_config(name, request.query) : hooks_.delete_config(name);
  return done ? text_response(200, "ok") : text_response(400, done.error().message());
}

HttpResponse WebApp::open(const HttpRequest& request) {
  if (!guard_.is_private()) {
    return text_response(403, "profiles are opened in the browser only where nobody else can ask");
  }
  if (!take_turn(request)) return abandoned_response();
  const std::string_view given = request.query.get("name");
  const std::string name = given.empty() ? "profile" : std::string(path_base(given));
  auto content = hooks_.open(printable(name), request.body);
  turns_.release();
  if (!content) return text_response(400, name + ": " + content.error().message());
  return add(std::move(content));
}

HttpResponse WebApp::compare(const HttpRequest& request) {
  const auto now = find(request.query.get("profile"));
  const auto base = find(request.query.get("base"));
  if (!now || !base) return text_response(404, "this profile is not open any more");
  if (!take_turn(request)) return abandoned_response();
  auto content = hooks_.compare(base->documents->content(), now->documents->content());
  turns_.release();
  if (!content) return text_response(400, content.error().message());
  return add(std::move(content));
}

HttpResponse WebApp::add(Result<WebContent> content) {
  auto documents = std::make_shared<const Documents>(*std::move(content), hooks_);
  const std::lock_guard lock(entries_mutex_);
  if (entries_.size() >= kMostProfiles) {
    return text_response(400, "too many profiles are open; close one first");
  }
  Entry entry{std::to_string(++last_id_), 0, std::move(documents)};
  const Json json = {{"profile", entry.id},
                     {"view", entry.documents->has_leaks() ? kLeaksView : "flamegraph"}};
  entries_.push_back(std::move(entry));
  return json_response(to_json_text(json));
}

HttpResponse WebApp::close(const HttpRequest& request) {
  const std::string_view id = request.query.get("profile");
  const std::lock_guard lock(entries_mutex_);
  const auto row = std::ranges::find(entries_, id, &Entry::id);
  if (id.empty() || row == entries_.end()) return text_response(404, "no such profile is open");
  entries_.erase(row);
  return text_response(200, "ok");
}

HttpResponse WebApp::profiles() {
  Json list = Json::array();
  {
    const std::lock_guard lock(entries_mutex_);
    for (const Entry& entry : entries_) {
      list.push_back({{"profile", entry.id},
                      {"sources", entry.documents->content().sources},
                      {"view", entry.documents->has_leaks() ? kLeaksView : "flamegraph"}});
    }
  }
  return fresh_json(list);
}

HttpResponse WebApp::live(const Query& query) {
  if (!query.get("version").empty()) static_cast<void>(find(query));  // It is still looked at.
  const std::lock_guard lock(entries_mutex_);
  if (!live_) return not_found();
  return fresh_json(live_json(*live_, entries_[0].version));
}

HttpResponse WebApp::configs() {
  const std::lock_guard lock(configs_mutex_);
  const auto list = hooks_.configs();
  return list ? fresh_json(*list) : text_response(400, list.error().message());
}

// A person gets a page with all ways out of it, on which the answer for its data stands.
HttpResponse WebApp::missing_page(std::string_view problem, const Entry& entry,
                                  const HttpRequest& request) {
  const bool is_person = request.header("accept").find("text/html") != std::string_view::npos;
  if (!is_person) return text_response(404, std::string(problem));
  HttpResponse response = page("", "Not found", entry, request);
  response.status = 404;
  return response;
}

HttpResponse WebApp::page(std::string_view view_name, std::string_view title, const Entry& entry,
                          const HttpRequest& request) {
  HttpResponse response{.content_type = "text/html; charset=utf-8", .body = {}};
  response.headers.emplace_back("Cache-Control", "no-store");
  Json info = entry.documents->info(view_name);
  info["token"] = guard_.token();
  info["profile"] = entry.id;
  info["can_open"] = guard_.is_private();
  {
    // Of the first profile, which may also be shown beside this one.
    const std::lock_guard lock(entries_mutex_);
    const bool is_first = entry.id.empty();
    const std::uint64_t version = is_first ? entry.version : entries_[0].version;
    if (live_) info["live"] = live_json(*live_, version);
  }
  // What a page without parameters asks for is asked for while its script is still being read.
  const std::string early_data =
      request.query_text.empty() && !view_name.empty()
          ? "<link rel=\"preload\" as=\"fetch\" crossorigin href=\"/ui/api/" +
                std::string(view_name) + "\">\n"
          : "";
  response.body =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      escape_html(title) + " - plumb</title>\n<meta name=\"plumb\" content=\"" +
      escape_html(to_json_text(info)) +
      "\">\n<link rel=\"icon\" href=\"/ui/assets/icon.svg\">\n"
      "<link rel=\"stylesheet\" href=\"/ui/assets/app.css\">\n"
      "<script type=\"module\" src=\"/ui/assets/app.js\"></script>\n" +
      early_data +
      "</head>\n<body>\n"
      "<noscript>This page needs JavaScript. The same reports without it: plumb help</noscript>\n"
      "</body>\n</html>\n";
  return response;
}

HttpResponse WebApp::data(std::string_view name, const Maker& make, const Entry& entry,
                          const HttpRequest& request) {
  const std::string key = entry.id + '.' + std::to_string(entry.version) + '/' + std::string(name) +
                          '?' + request.query_text;
  CachedBody body;
  HttpResponse response;
  if (cache_.find(key, body)) {
    response = body_response(body, request);
  } else {
    if (!begin_flight(key, request)) return abandoned_response();
    response = compute(key, make, request);
    end_flight(key);
  }
  if (entry.id.empty()) {
    response.headers.emplace_back("Plumb-Version", std::to_string(entry.version));
  }
  return response;
}

HttpResponse WebApp::compute(const std::string& key, const Maker& make,
                             const HttpRequest& request) {
  // Somebody else may have computed it meanwhile.
  CachedBody body;
  if (cache_.find(key, body)) return body_response(body, request);
  if (!take_turn(request)) return abandoned_response();
  Patience patience(request, hooks_.most_time);
  const auto document = patience.wait_for(make);
  if (patience.is_over()) {
    turns_.release();
    return patience.response();
  }
  if (!document) {
    turns_.release();
    return text_response(400, document.error().message());
  }
  body = make_body(document->text(), document->is_binary ? kBinary : kJson);
  cache_.add(key, body);
  turns_.release();
  return body_response(body, request);
}

// Waits while another request computes the same. False if the browser went away before.
bool WebApp::begin_flight(const std::string& key, const HttpRequest& request) {
  std::unique_lock lock(flights_mutex_);
  while (!flights_.insert(key).second) {
    flight_ended_.wait_for(lock, std::chrono::milliseconds(100));
    if (request.is_abandoned && request.is_abandoned()) return false;
  }
  return true;
}

void WebApp::end_flight(const std::string& key) {
  const std::lock_guard lock(flights_mutex_);
  flights_.erase(key);
  flight_ended_.notify_all();
}

void WebApp::warm_up() {
  const auto entry = find("");
  if (!entry) return;
  if (entry->documents->has_leaks()) {
    data(
        kLeaksView, [&] { return entry->documents->make_leaks(Query()); }, *entry, HttpRequest{});
  }
  const View& view = *find_view("flamegraph");
  data(
      view.name, [&] { return entry->documents->make(view, Query()); }, *entry, HttpRequest{});
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

HttpResponse WebApp::summary(const Documents& documents, const HttpRequest& request) {
  const auto options = read_share_options(request.query);
  if (!options) return text_response(400, options.error().message());
  HttpResponse response{.content_type = "text/markdown; charset=utf-8",
                        .body = documents.make_summary(options->redaction)};
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpResponse WebApp::share(const Entry& entry, const HttpRequest& request) {
  const auto options = read_share_options(request.query);
  if (!options) return text_response(400, options.error().message());
  if (!take_turn(request)) return abandoned_response();
  Patience patience(request, hooks_.most_time);
  auto file =
      patience.wait_for([&] { return build_share(*entry.documents, request.query, *options); });
  turns_.release();
  if (patience.is_over()) return patience.response();
  if (!file) return text_response(400, file.error().message());
  HttpResponse response{.content_type = "text/html; charset=utf-8", .body = *std::move(file)};
  response.headers.emplace_back("Content-Disposition", "attachment;filename=plumb.html");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace plumb::web
