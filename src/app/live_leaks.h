// SPDX-License-Identifier: Apache-2.0
// Taking snapshots of live servers for `plumb leaks`.
//
// A server that is named without a profile ("localhost:6060") is asked for what the verdict needs:
// first its goroutine profile, which is small and says how many goroutines there are; then, if they
// are not too many for a dump with ids, two dumps a while apart, else a series of profiles; and the
// goroutineleak profile where the server has it. What is taken and why is said to the person.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/environment.h"
#include "app/settings.h"
#include "base/result.h"
#include "fetch/fetch.h"
#include "fetch/url.h"
#include "report/leaks.h"

namespace plumb::cli {

/// The folder of profiles of one server: "http://localhost:6060/debug/pprof".
struct LiveServer {
  std::string name;  ///< As it was named.
  Url folder;
};

/// The servers that all of `words` name without a profile; nothing if any of them is anything else.
std::optional<std::vector<LiveServer>> find_live_servers(std::span<const std::string> words);

/// The URL of a profile of `server`: "goroutine", "debug=2".
std::string profile_url(const LiveServer& server, std::string_view profile, std::string_view query);

/// Waits until `time_ns` since 1970; false if the person pressed Ctrl-C, while an InterruptGuard
/// lives.
bool wait_until(std::int64_t time_ns);

/// When the snapshot after the one of `due_ns` is due, if that was there at `now_ns`: who is late,
/// for a server that hung or a machine that slept, does not ask for all at once what was left out.
std::int64_t next_due(std::int64_t due_ns, std::int64_t gap_ns, std::int64_t now_ns);

/// Nanoseconds since 1970.
std::int64_t now_ns();

/// How long and how often to look. 0: what the evidence needs.
struct WatchPlan {
  std::int64_t watch_ns = 0;
  std::int64_t every_ns = 0;
  bool needs_dumps = false;     ///< Only dumps say how long goroutines have waited.
  bool needs_profiles = false;  ///< Only profiles tell the labels of goroutines for certain.
};

/// The settings -every, -for, -min_age and -label.
WatchPlan watch_plan(const LeakSettings& settings);

/// A dump of so many goroutines is not taken unasked: it stops the program for too long.
inline constexpr std::int64_t kMostDumped = 20'000;

/// What one server gave at the time of one snapshot.
struct TakenSnapshot {
  LeaksInput input;
  Content content;
};

/// Asks servers for snapshots of their goroutines, whenever somebody wants one.
class ServerWatch {
 public:
  /// Everything outlives this.
  ServerWatch(std::span<const LiveServer> servers, const WatchPlan& plan, const FetchOptions& fetch,
              Environment& environment);

  /// Asks who answers and how many goroutines there are; then chooses what snapshots to take.
  /// Errors: Io if no server answers; Usage if the plan needs dumps and there are too many
  /// goroutines.
  Result<void> look_first();

  /// Asks what the runtime can prove, which costs a garbage collection, for hints().
  void prove();

  /// Says to the person what will be taken and why. `is_endless`: until somebody stops it.
  void say_plan(bool is_endless) const;

  /// What all servers give at this time; those that fail are said to `failed`.
  std::vector<TakenSnapshot> take(const std::function<void(const Error&)>& failed);

  /// The heap profile of the only server. Errors: Usage if there are several; those of fetching.
  Result<Content> take_heap() const;

  /// Which servers did not give the last snapshots, and why: sentences.
  [[nodiscard]] std::vector<std::string> gone() const;

  /// What is known beside the series: LeaksBuilder::add_hint().
  [[nodiscard]] std::span<const Content> hints() const { return hints_; }

  /// Between two snapshots.
  [[nodiscard]] std::int64_t gap_ns() const { return gap_ns_; }
  /// How many are enough.
  [[nodiscard]] std::int64_t snapshots() const { return snapshots_; }

 private:
  [[nodiscard]] Result<TakenSnapshot> fetch(const LiveServer& server, std::string_view profile,
                                            std::string_view query) const;
  [[nodiscard]] Result<TakenSnapshot> take_one(const LiveServer& server, bool was_counted) const;
  void say_comments(const LiveServer& server, const Content& content) const;
  void choose();

  // One that answered at first.
  struct Watched {
    const LiveServer* server = nullptr;
    std::uint64_t snapshots = 0;   // That it gave.
    std::optional<Error> failure;  // Why it did not give the last one.
  };

  std::span<const LiveServer> servers_;
  WatchPlan plan_;
  const FetchOptions& fetch_;
  Environment& environment_;
  std::vector<Watched> alive_;
  std::vector<Content> hints_;
  std::int64_t count_ = 0;
  std::int64_t most_ = 0;    // Of one server.
  bool was_counted_ = true;  // Just now.
  bool takes_dumps_ = true;
  std::int64_t gap_ns_ = 0;
  std::int64_t snapshots_ = 0;
};

/// Takes the snapshots and adds them to `builder`. Returns early, with what there is, when the
/// person presses Ctrl-C.
///
/// Errors: as ServerWatch::look_first().
Result<void> watch_servers(std::span<const LiveServer> servers, const WatchPlan& plan,
                           const FetchOptions& fetch, LeaksBuilder& builder,
                           Environment& environment);

}  // namespace plumb::cli
