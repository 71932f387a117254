// SPDX-License-Identifier: Apache-2.0
// plumb record: a series of goroutine snapshots of live servers, for `plumb leaks DIR`.
//
//   dumps/20261126T091500.123Z.goroutine.txt     debug=2, while there are few enough
//   dumps/20261126T091600.125Z.goroutine.pb.gz   a profile else
//   dumps/.index.jsonl                           a line for each: file, time, goroutines, server
//
// Names sort by time. A file appears whole or not at all, but the dump of a server that dies in the
// middle of it is kept as far as it goes: it may be the last evidence. What was recorded before
// stays: the series goes on. Of several servers each has a folder of its own.

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "app/interrupt.h"
#include "app/live_leaks.h"
#include "app/replace_file.h"
#include "app/reports.h"
#include "app/snapshot_index.h"
#include "app/snapshot_name.h"
#include "base/cut_source.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "formats/detect.h"
#include "leak/group_study.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kUsualGapNs = 30 * kNanosPerSecond;
constexpr std::string_view kFolder = "plumb-record";

// "host_6060" for the folder of one of several servers.
std::string folder_name(const LiveServer& server) {
  std::string name = host_and_port(server.folder);
  std::ranges::replace_if(
      name,
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '.' || c == '-');
      },
      '_');
  return name;
}

// The N of "goroutines > N".
Result<std::int64_t> read_until(std::string_view text) {
  if (text.empty()) return 0;
  std::string_view rest = trim(text);
  std::int64_t limit = 0;
  if (consume_prefix(rest, "goroutines")) {
    rest = trim(rest);
    if (consume_prefix(rest, ">")) limit = parse_int<std::int64_t>(trim(rest)).value_or(0);
  }
  if (limit > 0) return limit;
  return Error(ErrorCode::Usage, "invalid value \"" + std::string(text) +
                                     "\" for flag -until: it reads 'goroutines > 10000'");
}

struct Answer {
  std::string bytes;
  std::int64_t time_ns = 0;
  std::optional<Error> cut;  // Why the end is missing.
};

/// One server and its folder.
class Recording {
 public:
  Recording(const LiveServer& server, const fs::path& folder, std::int64_t keep,
            const FetchOptions& fetch)
      : server_(server), folder_(folder), index_(folder), keep_(keep), fetch_(fetch) {}

  /// Makes the folder, or goes on with what is there. Errors: Io.
  Result<void> open() { return index_.open(); }

  /// Takes one snapshot and returns how many goroutines there are. Errors: those of the server; Io.
  Result<std::int64_t> take(const Environment& environment) {
    TRY_ASSIGN(Answer answer, fetch("goroutine", ""));
    if (answer.cut) return *std::move(answer.cut);
    TRY_ASSIGN(const std::int64_t count, count_goroutines(answer));
    const bool is_dump = count <= kMostDumped;
    if (is_dump) {
      TRY_ASSIGN(answer, fetch("goroutine", "debug=2"));
    }
    const std::string name =
        time_name(answer.time_ns) + (is_dump ? ".goroutine.txt" : ".goroutine.pb.gz");
    TRY(write(name, answer.bytes));
    index_.add({name, answer.time_ns, count, server_.name});
    if (keep_ > 0) index_.keep(static_cast<std::size_t>(keep_));
    if (answer.cut) {
      environment.say_error(Error(ErrorCode::Truncated, answer.cut->message() + "; kept what came")
                                .while_reading(server_.name));
    }
    return count;
  }

  /// How many snapshots are there already.
  [[nodiscard]] std::size_t snapshot_count() const { return index_.rows().size(); }
  [[nodiscard]] const LiveServer& server() const { return server_; }
  [[nodiscard]] std::string folder() const { return folder_.string(); }

 private:
  // On a full disk the oldest make place. If that is of no use, because something else fills it,
  // they are left alone until there is place again.
  Result<void> write(const std::string& name, const std::string& bytes) {
    errno = 0;
    auto written = replace_file(folder_ / name, bytes);
    if (!written && errno == ENOSPC && !is_full_ && index_.make_room(bytes.size())) {
      written = replace_file(folder_ / name, bytes);
    }
    is_full_ = !written;
    return written;
  }

  Result<Answer> fetch(std::string_view profile, std::string_view query) const {
    Answer answer;
    answer.time_ns = now_ns();
    TRY_ASSIGN(const Fetched fetched,
               open_source(profile_url(server_, profile, query), fetch_, [](std::string_view) {}));
    CutSource cut(*fetched.bytes);
    std::array<char, 65536> block{};
    for (;;) {
      TRY_ASSIGN(const std::size_t count, cut.read(block));
      if (count == 0) break;
      answer.bytes.append(block.data(), count);
    }
    answer.cut = cut.reason();
    return answer;
  }

  Result<std::int64_t> count_goroutines(const Answer& answer) const {
    TRY_ASSIGN(DetectedInput detected,
               detect(std::make_unique<MemorySource>(answer.bytes), fetch_.limits));
    TRY_ASSIGN(const ReadInput read, read_detected(std::move(detected), ReadOptions{}));
    const auto* const profile = std::get_if<Profile>(&read.content);
    if (profile == nullptr || profile->sample_types.empty()) {
      return Error(ErrorCode::Malformed, "the server's goroutine profile is none");
    }
    std::int64_t count = 0;
    for (std::size_t i = 0; i < profile->sample_count(); ++i) count += profile->values(i)[0];
    return count;
  }

  LiveServer server_;
  fs::path folder_;
  SnapshotIndex index_;
  bool is_full_ = false;  // The disk, and removing the oldest was of no use.
  std::int64_t keep_;
  FetchOptions fetch_;
};

struct RecordPlan {
  std::int64_t gap_ns = kUsualGapNs;
  std::int64_t end_ns = 0;  // 0: never.
  std::int64_t until = 0;   // Goroutines; 0: never.
};

// One round. Returns the largest number of goroutines; nothing if no server answered.
std::optional<std::int64_t> take_round(std::vector<Recording>& recordings,
                                       const Environment& environment) {
  std::optional<std::int64_t> most;
  for (Recording& recording : recordings) {
    auto count = recording.take(environment);
    if (!count) {
      environment.say_error(std::move(count).error().while_reading(recording.server().name));
      continue;
    }
    most = std::max(most.value_or(0), *count);
    environment.say(recording.server().name + ": " +
                    goroutines_text(static_cast<std::uint64_t>(std::max<std::int64_t>(*count, 0))));
  }
  return most;
}

Result<Exit> record(std::vector<Recording>& recordings, const RecordPlan& plan,
                    const Environment& environment) {
  const InterruptGuard guard;
  clear_interrupt();
  bool has_any = false;
  for (std::int64_t due = now_ns();; due = next_due(due, plan.gap_ns, now_ns())) {
    if ((plan.end_ns > 0 && due > plan.end_ns) || !wait_until(due)) break;
    const auto most = take_round(recordings, environment);
    has_any = has_any || most.has_value();
    if (!has_any) return Error(ErrorCode::Io, "no server gave its goroutines");
    if (plan.until > 0 && most.value_or(0) > plan.until) {
      environment.say("more than " + std::to_string(plan.until) + " goroutines: the end");
      break;
    }
  }
  for (const Recording& recording : recordings) {
    environment.say("plumb leaks " + recording.folder() + " gives the verdict");
  }
  return has_any ? Exit::Ok : Exit::Error;
}

}  // namespace

Result<Exit> run_record(const Invocation& invocation, Environment& environment) {
  const Settings& settings = invocation.settings;
  const auto servers = find_live_servers(invocation.operands);
  if (!servers) {
    return Error(ErrorCode::Usage, "record takes servers, named without a profile: localhost:6060");
  }
  const WatchPlan watch = watch_plan(settings.leaks);
  RecordPlan plan;
  TRY_ASSIGN(plan.until, read_until(settings.record.until));
  if (watch.every_ns > 0) plan.gap_ns = watch.every_ns;
  if (watch.watch_ns > 0) plan.end_ns = now_ns() + watch.watch_ns;
  TRY_ASSIGN(const FetchOptions fetch, fetch_options(settings, invocation.command.bare_host_path));
  const fs::path top = settings.output.empty() ? fs::path(kFolder) : fs::path(settings.output);
  std::vector<Recording> recordings;
  for (const LiveServer& server : *servers) {
    const fs::path folder = servers->size() == 1 ? top : top / folder_name(server);
    recordings.emplace_back(server, folder, settings.record.keep, fetch);
    TRY(recordings.back().open());
    if (const std::size_t count = recordings.back().snapshot_count(); count > 0) {
      environment.say(folder.string() + ": goes on with " + plural(count, "snapshot"));
    }
  }
  return record(recordings, plan, environment);
}

}  // namespace plumb::cli
