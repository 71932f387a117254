// SPDX-License-Identifier: Apache-2.0
// LivePages: the web UI on servers that run. A snapshot is taken now and then, as long as the UI is
// up, and after each the pages are about all that were taken.

#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/live_leaks.h"
#include "app/web_content.h"
#include "web/live_status.h"

namespace plumb::cli {

/// One thread calls first() and then run(); stop() may be called from any.
class LivePages {
 public:
  /// Asks the servers what there is. `environment` outlives this. Errors: Usage; Io if no server
  /// answers.
  static Result<std::unique_ptr<LivePages>> start(const Settings& settings, FetchOptions fetch,
                                                  std::vector<LiveServer> servers,
                                                  Environment& environment);

  /// Takes the first snapshot. Errors: Io.
  Result<web::WebContent> first();

  /// What the pages are told with it.
  [[nodiscard]] web::LiveStatus status() const { return status_; }

  /// Takes one snapshot after the other until stop(), or until the time is over that was asked for.
  /// `publish` gets what the pages are about then; `tell` what became of a snapshot that failed.
  void run(const std::function<void(web::WebContent, const web::LiveStatus&)>& publish,
           const std::function<void(const web::LiveStatus&)>& tell);

  void stop();

 private:
  struct Kept {
    std::vector<TakenSnapshot> parts;  // One of each server.
  };

  LivePages(PageLeaks leaks, FetchOptions fetch, std::vector<LiveServer> servers,
            Environment& environment);

  Result<void> take();
  [[nodiscard]] Result<web::WebContent> make_content() const;
  void thin_out();
  [[nodiscard]] bool wait_until_due();

  // So many snapshots are kept; of more, every second one goes.
  static constexpr std::size_t kMostKept = 120;

  const PageLeaks leaks_;
  const FetchOptions fetch_;
  const std::vector<LiveServer> servers_;
  ServerWatch watch_;
  std::vector<Kept> kept_;
  web::LiveStatus status_;
  std::int64_t due_ns_ = 0;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopped_ = false;  // Guarded by mutex_.
};

}  // namespace plumb::cli
