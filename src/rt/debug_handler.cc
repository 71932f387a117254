// SPDX-License-Identifier: Apache-2.0
// Requests to /debug/pprof/, /debug/vars and /metrics. Statuses, headers and texts are those of
// Go 1.26 (net/http/pprof), which is what clients were made for.

#include <plumb/rt/debug.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "base/html.h"
#include "base/strings.h"
#include "formats/profile_proto.h"
#include "model/merge.h"
#include "rt/compress.h"
#include "rt/cpu_profiler.h"
#include "rt/debug_form.h"
#include "rt/debug_profiles.h"
#include "rt/metrics.h"
#include "rt/symbolizer.h"

namespace plumb::rt {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kRoot = "/debug/pprof/";
constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::int64_t kDefaultCpuSeconds = 30;

Headers headers_of(std::string_view type) {
  return {{"Content-Type", std::string(type)}, {"X-Content-Type-Options", "nosniff"}};
}

Headers attachment(const std::string& name) {
  Headers headers = headers_of("application/octet-stream");
  headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + '"');
  return headers;
}

void answer(debug_writer& writer, int status, const Headers& headers, std::string_view body) {
  writer.begin(status, headers);
  writer.write(body);
}

// An error that `go tool pprof` shows.
void answer_error(debug_writer& writer, int status, std::string_view text) {
  Headers headers = headers_of(kPlain);
  headers.emplace_back("X-Go-Pprof", "1");
  answer(writer, status, headers, std::string(text) + '\n');
}

// False if the client did not stay so long.
bool sleep_for_client(debug_writer& writer, std::int64_t seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  constexpr std::chrono::milliseconds kStep(50);
  for (;;) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    if (writer.is_gone()) return false;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kStep));
  }
}

void answer_index(const debug_request&, debug_writer& writer) {
  struct Row {
    std::string_view name;
    std::string_view description;
    std::size_t count;
  };
  std::vector<Row> rows;
  for (const detail::NamedProfile& profile : detail::named_profiles()) {
    rows.push_back({profile.name, profile.description, profile.count()});
  }
  rows.push_back({"cmdline", "The command line invocation of the current program", 0});
  rows.push_back({"profile",
                  "CPU profile. You can specify the duration in the seconds GET parameter. After "
                  "you get the profile file, use the go tool pprof command to investigate the "
                  "profile.",
                  0});
  rows.push_back({"symbol",
                  "Maps given program counters to function names. Counters can be specified in a "
                  "GET raw query or POST body, multiple counters are separated by '+'.",
                  0});
  std::ranges::sort(rows, {}, &Row::name);
  std::string html =
      "<html>\n<head>\n<title>/debug/pprof/</title>\n<style>\n.profile-name{\n"
      "\tdisplay:inline-block;\n\twidth:6rem;\n}\n</style>\n</head>\n<body>\n/debug/pprof/\n"
      "<br>\n<p>Set debug=1 as a query parameter to export in legacy text format</p>\n<br>\n"
      "Types of profiles available:\n<table>\n<thead><td>Count</td><td>Profile</td></thead>\n";
  for (const Row& row : rows) {
    const std::string name(row.name);
    html += "<tr><td>" + std::to_string(row.count) + "</td><td><a href='" + name + "?debug=1'>" +
            name + "</a></td></tr>\n";
  }
  html +=
      "</table>\n<a href=\"goroutine?debug=2\">full goroutine stack dump</a>\n<br>\n<p>\n"
      "Profile Descriptions:\n<ul>\n";
  for (const Row& row : rows) {
    html += "<li><div class=profile-name>" + std::string(row.name) + ": </div> " +
            escape_html(row.description) + "</li>\n";
  }
  html += "</ul>\n</p>\n</body>\n</html>";
  answer(writer, 200, headers_of("text/html; charset=utf-8"), html);
}

void answer_cmdline(const debug_request&, debug_writer& writer) {
  std::string line;
  for (const std::string& argument : detail::command_line()) {
    if (!line.empty()) line += '\0';
    line += argument;
  }
  answer(writer, 200, headers_of(kPlain), line);
}

void answer_symbol(const debug_request& request, debug_writer& writer) {
  std::string text = "num_symbols: 1\n";
  std::string_view words =
      request.method == "POST" ? std::string_view(request.body) : std::string_view(request.query);
  while (!words.empty()) {
    const std::uint64_t pc = detail::parse_go_uint(take_until(words, '+'));
    if (pc == 0) continue;
    const detail::Symbol& symbol = detail::Symbolizer::get().symbol(pc);
    if (symbol.frames.empty()) continue;
    text += "0x" + to_hex(pc) + ' ' + symbol.frames.back().name + '\n';
  }
  answer(writer, 200, headers_of(kPlain), text);
}

void answer_cpu(const debug_request& request, debug_writer& writer) {
  const auto asked = detail::parse_go_int(detail::form_value(request.query, "seconds"));
  const std::int64_t seconds = asked && *asked > 0 ? *asked : kDefaultCpuSeconds;
  auto profiler = detail::CpuProfiler::start();
  if (!profiler) {
    answer_error(writer, 500, "Could not enable CPU profiling: " + profiler.error().message());
    return;
  }
  sleep_for_client(writer, seconds);
  answer(writer, 200, attachment("profile"), gzip(encode_profile_proto((*profiler)->stop())));
}

void answer_delta(const detail::NamedProfile& profile, const debug_request& request,
                  const std::string& given_seconds, debug_writer& writer) {
  const auto seconds = detail::parse_go_int(given_seconds);
  if (!seconds || *seconds <= 0) {
    answer_error(writer, 400, "invalid value for \"seconds\" - must be a positive integer");
    return;
  }
  if (detail::parse_go_int(detail::form_value(request.query, "debug")).value_or(0) != 0) {
    answer_error(writer, 400, "seconds and debug params are incompatible");
    return;
  }
  Profile before = profile.take();
  if (!sleep_for_client(writer, *seconds)) {
    answer_error(writer, 500, "context canceled");
    return;
  }
  Profile after = profile.take();
  const std::int64_t time_nanos = after.time_nanos;
  const std::int64_t duration_nanos = time_nanos - before.time_nanos;
  auto delta = subtract_profile(std::move(after), std::move(before), {});
  if (!delta) {
    answer_error(writer, 500, "failed to compute delta");
    return;
  }
  delta->time_nanos = time_nanos;
  delta->duration_nanos = duration_nanos;
  answer(writer, 200, attachment(std::string(profile.name) + "-delta"),
         gzip(encode_profile_proto(*delta)));
}

void answer_profile(std::string_view name, const debug_request& request, debug_writer& writer) {
  const detail::NamedProfile* const profile = detail::find_profile(name);
  if (profile == nullptr) {
    answer_error(writer, 404, "Unknown profile");
    return;
  }
  const std::string seconds = detail::form_value(request.query, "seconds");
  if (!seconds.empty()) return answer_delta(*profile, request, seconds, writer);
  const std::int64_t debug =
      detail::parse_go_int(detail::form_value(request.query, "debug")).value_or(0);
  if (debug == 0) {
    answer(writer, 200, attachment(std::string(name)), gzip(encode_profile_proto(profile->take())));
  } else {
    writer.begin(200, headers_of(kPlain));
    profile->write_text(debug >= 2 ? 2 : 1,
                        [&](std::string_view part) { return writer.write(part); });
  }
}

void answer_vars(const debug_request&, debug_writer& writer) {
  answer(writer, 200, {{"Content-Type", "application/json; charset=utf-8"}}, detail::render_vars());
}

void answer_metrics(const debug_request&, debug_writer& writer) {
  answer(writer, 200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
         detail::render_metrics());
}

struct Route {
  std::string_view path;
  void (*answer)(const debug_request&, debug_writer&);
};

constexpr std::array<Route, 6> kRoutes = {{
    {"/debug/pprof/", answer_index},
    {"/debug/pprof/cmdline", answer_cmdline},
    {"/debug/pprof/profile", answer_cpu},
    {"/debug/pprof/symbol", answer_symbol},
    {"/debug/vars", answer_vars},
    {"/metrics", answer_metrics},
}};

void answer_redirect(debug_writer& writer) {
  answer(writer, 307,
         {{"Content-Type", "text/html; charset=utf-8"}, {"Location", std::string(kRoot)}},
         "<a href=\"/debug/pprof/\">Temporary Redirect</a>.\n\n");
}

// More addresses may be asked for than a URL has room for.
bool allows_post(std::string_view path) {
  return path == "/debug/pprof/symbol";
}

bool is_allowed(std::string_view method, std::string_view path) {
  return method == "GET" || method == "HEAD" || (method == "POST" && allows_post(path));
}

}  // namespace

void handle_debug(const debug_request& request, debug_writer& writer) {
  const std::string_view path = request.path;
  if (path == kRoot.substr(0, kRoot.size() - 1)) return answer_redirect(writer);
  const auto* const route = std::ranges::find(kRoutes, path, &Route::path);
  if (route == kRoutes.end() && !path.starts_with(kRoot)) {
    answer(writer, 404, headers_of(kPlain), "404 page not found\n");
  } else if (!is_allowed(request.method, path)) {
    Headers headers = headers_of(kPlain);
    headers.emplace_back("Allow", allows_post(path) ? "GET, HEAD, POST" : "GET, HEAD");
    answer(writer, 405, headers, "Method Not Allowed\n");
  } else if (route != kRoutes.end()) {
    route->answer(request, writer);
  } else {
    answer_profile(path.substr(kRoot.size()), request, writer);
  }
}

}  // namespace plumb::rt
