// SPDX-License-Identifier: Apache-2.0
// WebApp: from requests to answers.
//
//   /ui/VIEW            a page; all views are one page that asks for data
//   /ui/api/VIEW        the data of a view (view.h)
//   /ui/api/matched     what share a search matches
//   /ui/api/moves       who came, stayed and left between two snapshots (moves_data.h)
//   /ui/leaks           the verdict on goroutines (leaks_data.h), if there are some
//   /ui/assets/NAME     the client
//   /ui/download        the whole profile as profile.proto
//   /ui/share           what the pages show as one file (share.h)
//   /ui/summary         the verdict on goroutines as Markdown
//   /ui/api/profiles    the profiles that are open
//   /ui/api/live        what becomes of a watch on servers, if there is one
//   /ui/api/configs     configurations with names
//
// With the token of the page, as POST or DELETE, and nothing else changes anything:
//
//   /ui/saveconfig, /ui/deleteconfig    configurations
//   /ui/open?name=N                     opens the profile that is the body
//   /ui/compare?profile=A&base=B        opens the difference of two
//   /ui/close?profile=A                 DELETE: forgets one
//
// Paths and parameters are those of pprof, so that saved links open. "profile" says which of
// several profiles a page is about; the first one has no name.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "web/documents.h"
#include "web/guard.h"
#include "web/http_message.h"
#include "web/live_status.h"
#include "web/response_cache.h"
#include "web/view.h"

namespace plumb::web {

/// Thread-safe.
class WebApp {
 public:
  WebApp(WebContent content, WebHooks hooks, Guard guard);

  HttpResponse answer(const HttpRequest& request);

  /// The first profile is `content` from now on: servers are being watched.
  void publish(WebContent content, LiveStatus status);
  /// Only the status has changed.
  void tell(LiveStatus status);

  /// Makes what the first page shows before somebody asks for it. For a thread of its own.
  void warm_up();

  /// The largest body that a request may have, told from its head.
  [[nodiscard]] std::uint64_t body_limit(const HttpRequest& head) const;

  /// Profiles that may be open at a time, and bytes of one that is brought.
  static constexpr std::size_t kMostProfiles = 12;
  static constexpr std::uint64_t kMostUploadBytes = std::uint64_t{64} << 20;

 private:
  // A profile that is open. Whoever answers a request keeps its documents, whatever happens to it.
  struct Entry {
    std::string id;  // Empty: the first.
    std::uint64_t version = 0;
    std::shared_ptr<const Documents> documents;
    bool was_asked = false;     // By its version: a page that stands still shows it.
    std::uint32_t unasked = 0;  // How often another one was published since.
  };

  HttpResponse route(const HttpRequest& request);
  HttpResponse route_view(std::string_view path, const Entry& entry, const HttpRequest& request);
  HttpResponse write(const HttpRequest& request);
  HttpResponse write_config(bool saves, const HttpRequest& request);
  HttpResponse open(const HttpRequest& request);
  HttpResponse compare(const HttpRequest& request);
  HttpResponse close(const HttpRequest& request);
  HttpResponse configs();
  HttpResponse profiles();
  HttpResponse live(const Query& query);
  HttpResponse missing_page(std::string_view problem, const Entry& entry,
                            const HttpRequest& request);
  HttpResponse page(std::string_view view_name, std::string_view title, const Entry& entry,
                    const HttpRequest& request);
  using Maker = std::function<Result<Document>()>;
  HttpResponse data(std::string_view name, const Maker& make, const Entry& entry,
                    const HttpRequest& request);
  HttpResponse share(const Entry& entry, const HttpRequest& request);
  static HttpResponse summary(const Documents& documents, const HttpRequest& request);
  [[nodiscard]] std::optional<Entry> find(std::string_view id);
  /// What a request is about: a profile, of the first one maybe a version of before.
  [[nodiscard]] std::optional<Entry> find(const Query& query);
  Entry* find_version(std::string_view version);
  HttpResponse add(Result<WebContent> content);
  HttpResponse compute(const std::string& key, const Maker& make, const HttpRequest& request);
  [[nodiscard]] bool take_turn(const HttpRequest& request);
  [[nodiscard]] bool begin_flight(const std::string& key, const HttpRequest& request);
  void end_flight(const std::string& key);

  // Computations at a time; more requests wait for their turn.
  static constexpr std::ptrdiff_t kMostTurns = 2;
  static constexpr std::size_t kCacheBytes = std::size_t{64} << 20;

  const WebHooks hooks_;
  const Guard guard_;
  ResponseCache cache_{kCacheBytes};
  std::mutex configs_mutex_;  // One change of the settings file at a time.
  // A page that stands still asks all the time; one that was closed is forgotten after so many.
  static constexpr std::uint32_t kMostUnasked = 8;
  static constexpr std::size_t kMostFormer = 4;

  std::mutex entries_mutex_;  // Guards the next four.
  std::vector<Entry> entries_;
  std::vector<Entry> former_;  // Versions of the first one, oldest first.
  std::uint64_t last_id_ = 0;
  std::optional<LiveStatus> live_;
  std::counting_semaphore<kMostTurns> turns_{kMostTurns};
  std::mutex flights_mutex_;
  std::condition_variable flight_ended_;
  std::set<std::string> flights_;  // Answers that are being computed. Guarded by flights_mutex_.
};

}  // namespace plumb::web
