// SPDX-License-Identifier: Apache-2.0
#include "app/live_leaks.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "app/interrupt.h"
#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "formats/detect.h"
#include "leak/group_study.h"
#include "web/http_message.h"

namespace plumb::cli {
namespace {

constexpr std::int64_t kDumpGapNs = 20 * kNanosPerSecond;  // Long enough for E7 as well.
constexpr std::int64_t kProfileGapNs = 4 * kNanosPerSecond;
constexpr std::int64_t kProfiles = 10;  // E4 needs eight.
constexpr std::int64_t kMostSnapshots = 100'000;
constexpr double kBytesPerGoroutine = 400;

// Of a profile of goroutines.
std::int64_t count_of(const Profile& profile) {
  std::int64_t count = 0;
  if (profile.sample_types.empty()) return count;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    count = add_saturating(count, profile.values(i)[0]);
  }
  return count;
}

// True if a server that answers has no such profile: a page that is no profile says so as well.
bool is_missing(const Error& error) {
  return error.code() == ErrorCode::NotFound || error.code() == ErrorCode::NotRecognized;
}

// -min_age was asked for, and a dump of `count` goroutines was not.
Error too_many(std::int64_t count, const std::string& advice) {
  return {ErrorCode::Usage, "-min_age needs dumps, and a dump of " +
                                goroutines_text(static_cast<std::uint64_t>(count)) +
                                " stops the program too long to be taken unasked" + advice};
}

}  // namespace

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool wait_until(std::int64_t time_ns) {
  constexpr std::int64_t kStepNs = kNanosPerSecond / 10;
  for (;;) {
    if (was_interrupted()) return false;
    const std::int64_t left = time_ns - now_ns();
    if (left <= 0) return true;
    const timespec step{0, static_cast<long>(std::min(left, kStepNs))};
    ::nanosleep(&step, nullptr);
  }
}

std::int64_t next_due(std::int64_t due_ns, std::int64_t gap_ns, std::int64_t now_ns) {
  return std::max(due_ns + gap_ns, now_ns + gap_ns / 2);
}

WatchPlan watch_plan(const LeakSettings& settings) {
  WatchPlan plan;
  plan.every_ns = settings.every.ns;
  plan.watch_ns = settings.watch_for.ns;
  plan.needs_dumps = settings.min_age.minutes > 0;
  plan.needs_profiles = !settings.label.empty() && !plan.needs_dumps;
  return plan;
}

std::optional<std::vector<LiveServer>> find_live_servers(std::span<const std::string> words) {
  constexpr std::string_view kFolder = "/debug/pprof";
  std::vector<LiveServer> servers;
  for (const std::string& word : words) {
    struct stat status {};
    if (word == "-" || ::stat(word.c_str(), &status) == 0) return std::nullopt;
    std::optional<Url> url = find_url(word);
    if (!url || !url->query.empty()) return std::nullopt;
    while (url->path.ends_with('/')) url->path.pop_back();
    if (url->path.empty()) url->path = kFolder;
    if (!url->path.ends_with(kFolder)) return std::nullopt;
    servers.push_back({to_string(*url).substr(0, to_string(*url).size() - kFolder.size()), *url});
  }
  if (servers.empty()) return std::nullopt;
  return servers;
}

std::string profile_url(const LiveServer& server, std::string_view profile,
                        std::string_view query) {
  // As fetch reads it again, password included.
  const Url& url = server.folder;
  std::string text = url.scheme + "://";
  if (!url.user.empty()) {
    text += web::percent_encode(url.user);
    if (!url.password.empty()) text += ':' + web::percent_encode(url.password);
    text += '@';
  }
  text += url.host + (url.port.empty() ? "" : ':' + url.port) + url.path + '/';
  text += profile;
  if (!query.empty()) text += '?' + std::string(query);
  return text;
}

ServerWatch::ServerWatch(std::span<const LiveServer> servers, const WatchPlan& plan,
                         const FetchOptions& fetch, Environment& environment)
    : servers_(servers), plan_(plan), fetch_(fetch), environment_(environment) {}

Result<TakenSnapshot> ServerWatch::fetch(const LiveServer& server, std::string_view profile,
                                         std::string_view query) const {
  TakenSnapshot taken;
  taken.input.name = server.name;
  taken.input.time_ns = now_ns();
  taken.input.is_live = true;
  TRY_ASSIGN(Fetched fetched,
             open_source(profile_url(server, profile, query), fetch_, [](std::string_view) {}));
  TRY_ASSIGN(DetectedInput detected, detect(std::move(fetched.bytes), fetch_.limits));
  ReadOptions reading;
  reading.limits = fetch_.limits;
  reading.keep_goroutines = true;
  TRY_ASSIGN(ReadInput read, read_detected(std::move(detected), reading));
  taken.content = std::move(read.content);
  taken.input.places = read.format->places;
  return taken;
}

// The profile, which is small, says how many there are, and which receives are in a range.
Result<void> ServerWatch::look_first() {
  LeaksBuilder probe(LeaksOptions{});
  for (const LiveServer& server : servers_) {
    auto taken = fetch(server, "goroutine", "");
    if (!taken) {
      environment_.say_error(std::move(taken).error().while_reading(server.name));
      continue;
    }
    const auto* const profile = std::get_if<Profile>(&taken->content);
    if (profile == nullptr || profile->sample_types.empty()) continue;
    const std::int64_t count = count_of(*profile);
    // Said at once, and not after a watch that was of no use.
    if (plan_.needs_dumps && count > kMostDumped) {
      return too_many(count,
                      "; name one to have it: " + server.name + "/debug/pprof/goroutine?debug=2");
    }
    count_ = add_saturating(count_, count);
    most_ = std::max(most_, count);
    if (!probe.add_hint(taken->content)) continue;
    alive_.push_back({&server, 0, std::nullopt});
    hints_.push_back(std::move(taken->content));
  }
  if (alive_.empty()) return Error(ErrorCode::Io, "no server gave its goroutines");
  choose();
  return {};
}

void ServerWatch::prove() {
  LeaksBuilder probe(LeaksOptions{});
  std::size_t taken = 0;
  std::size_t missing = 0;
  for (const Watched& watched : alive_) {
    auto leaked = fetch(*watched.server, "goroutineleak", "");
    if (leaked && probe.add_hint(leaked->content)) {
      ++taken;
      say_comments(*watched.server, leaked->content);
      hints_.push_back(std::move(leaked->content));
    } else if (leaked || is_missing(leaked.error())) {
      ++missing;
    } else {
      environment_.say_error(std::move(leaked)
                                 .error()
                                 .while_reading("goroutineleak profile")
                                 .while_reading(watched.server->name));
    }
  }
  if (taken > 0) {
    environment_.say("took the goroutineleak profile: what it proves is confirmed");
  } else if (missing > 0) {
    environment_.say(
        "no goroutineleak profile there (Go 1.27 has it, or Go 1.26 with "
        "GOEXPERIMENT=goroutineleakprofile)");
  }
}

// plumb::rt has a comment where it could not look for leaks: the profile has known ones only, then.
void ServerWatch::say_comments(const LiveServer& server, const Content& content) const {
  const auto* const profile = std::get_if<Profile>(&content);
  if (profile == nullptr) return;
  for (const StringId comment : profile->comments) {
    environment_.say(server.name + ": goroutineleak profile: " + printable(profile->text(comment)));
  }
}

void ServerWatch::choose() {
  takes_dumps_ = most_ <= kMostDumped && !plan_.needs_profiles;
  const std::int64_t usual = takes_dumps_ ? kDumpGapNs : kProfileGapNs;
  const std::int64_t steps = takes_dumps_ ? 1 : kProfiles - 1;
  gap_ns_ = plan_.every_ns;
  if (gap_ns_ == 0) {
    gap_ns_ = plan_.watch_ns == 0 ? usual : std::max<std::int64_t>(plan_.watch_ns / steps, 1);
  }
  const std::int64_t watch = plan_.watch_ns == 0 ? steps * gap_ns_ : plan_.watch_ns;
  snapshots_ = std::clamp<std::int64_t>(watch / gap_ns_ + 1, 1, kMostSnapshots);
}

void ServerWatch::say_plan(bool is_endless) const {
  const std::string gap = short_duration(static_cast<double>(gap_ns_) / kNanosPerSecond);
  const std::string count = is_endless ? "" : std::to_string(snapshots_) + ' ';
  std::string line = servers_.size() == 1 ? servers_[0].name : plural(alive_.size(), "server");
  line += ": " + goroutines_text(static_cast<std::uint64_t>(std::max<std::int64_t>(count_, 0)));
  if (takes_dumps_) {
    const double megabytes = static_cast<double>(count_) * kBytesPerGoroutine / 1e6;
    line += "; taking " + count + "dumps with ids (debug=2, about " +
            short_number(std::max(megabytes, 0.01)) + " MB each), " + gap +
            " apart, to see who stays and who comes";
  } else {
    line += plan_.needs_profiles ? "; taking " : ", too many to dump each; taking ";
    line += count + "profiles" + (plan_.needs_profiles ? ", which have the labels, " : ", ") + gap +
            " apart, to see which groups only grow";
  }
  environment_.say(line);
}

// A dump stops the program, so how many there are is looked at before each.
Result<TakenSnapshot> ServerWatch::take_one(const LiveServer& server, bool was_counted) const {
  if (!takes_dumps_) return fetch(server, "goroutine", "");
  if (!was_counted) {
    TRY_ASSIGN(TakenSnapshot taken, fetch(server, "goroutine", ""));
    const auto* const profile = std::get_if<Profile>(&taken.content);
    const std::int64_t count = profile == nullptr ? 0 : count_of(*profile);
    if (count > kMostDumped && plan_.needs_dumps) return too_many(count, "");
    if (count > kMostDumped) {
      environment_.say(server.name + ": " + goroutines_text(static_cast<std::uint64_t>(count)) +
                       ", too many to dump each; took a profile");
      return taken;
    }
  }
  return fetch(server, "goroutine", "debug=2");
}

std::vector<TakenSnapshot> ServerWatch::take(const std::function<void(const Error&)>& failed) {
  std::vector<TakenSnapshot> all;
  const bool was_counted = std::exchange(was_counted_, false);
  for (std::uint32_t i = 0; i < alive_.size(); ++i) {
    Watched& watched = alive_[i];
    auto taken = take_one(*watched.server, was_counted);
    if (!taken) {
      watched.failure = taken.error();
      failed(std::move(taken).error().while_reading(watched.server->name));
      continue;
    }
    watched.failure.reset();
    ++watched.snapshots;
    taken->input.process = i;
    taken->input.joins_last = !all.empty();
    all.push_back(*std::move(taken));
  }
  return all;
}

std::vector<std::string> ServerWatch::gone() const {
  std::vector<std::string> sentences;
  for (const Watched& watched : alive_) {
    if (!watched.failure) continue;
    std::string_view reason = watched.failure->message();
    reason = take_until(reason, '\n');
    reason = reason.substr(0, reason.find("; "));  // Without advice.
    sentences.push_back(printable(watched.server->name) + " gave nothing more after " +
                        plural(watched.snapshots, "snapshot") + ": " + printable(reason) + '.');
  }
  return sentences;
}

Result<Content> ServerWatch::take_heap() const {
  if (alive_.size() != 1) return Error(ErrorCode::Usage, "not one server");
  TRY_ASSIGN(TakenSnapshot taken, fetch(*alive_.front().server, "heap", ""));
  return std::move(taken.content);
}

Result<void> watch_servers(std::span<const LiveServer> servers, const WatchPlan& plan,
                           const FetchOptions& fetch, LeaksBuilder& builder,
                           Environment& environment) {
  const InterruptGuard guard;
  clear_interrupt();
  ServerWatch watch(servers, plan, fetch, environment);
  TRY(watch.look_first());
  watch.say_plan(false);
  environment.say(
      "then, where there is one, the goroutineleak profile, which proves leaks (it costs a garbage "
      "collection), and the heap profile, for what they hold");
  std::int64_t due = now_ns();
  const std::int64_t count = watch.snapshots();
  const auto failed = [&environment](const Error& error) { environment.say_error(error); };
  std::int64_t taken = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    if (!wait_until(due)) {
      environment.say("interrupted: the verdict is by " +
                      plural(static_cast<std::uint64_t>(i), "snapshot"));
      break;
    }
    bool joins = false;
    for (TakenSnapshot& one : watch.take(failed)) {
      one.input.joins_last = joins;
      const auto added = builder.add(std::move(one.input), one.content);
      if (!added) environment.say_error(added.error());
      joins = joins || added;
    }
    if (joins) ++taken;
    due = next_due(due, watch.gap_ns(), now_ns());
    const std::string gap = short_duration(static_cast<double>(watch.gap_ns()) / kNanosPerSecond);
    environment.say("snapshot " + std::to_string(i + 1) + " of " + std::to_string(count) +
                    (joins ? " taken" : " failed") + (i + 1 < count ? "; the next in " + gap : ""));
  }
  if (taken == 0) return Error(ErrorCode::Io, "no server gave its goroutines");
  for (std::string& sentence : watch.gone()) builder.add_note(std::move(sentence));
  // Behind the dumps: Go prints no minutes for what it has found to be leaked.
  watch.prove();
  for (const Content& hint : watch.hints()) TRY(builder.add_hint(hint));
  const auto heap = watch.take_heap();
  if (heap && builder.add_heap(*heap)) environment.say("took the heap profile as well");
  return {};
}

}  // namespace plumb::cli
