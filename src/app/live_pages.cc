// SPDX-License-Identifier: Apache-2.0
#include "app/live_pages.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/profile_sum.h"
#include "base/try.h"
#include "base/units.h"
#include "model/prepare.h"

namespace plumb::cli {
namespace {

// Where a server has what was taken of it: without it, it would be asked for a CPU profile.
std::string snapshot_path(const Content& content) {
  const bool is_dump = std::holds_alternative<GoroutineDump>(content);
  return std::string("/debug/pprof/goroutine") + (is_dump ? "?debug=2" : "");
}

}  // namespace

LivePages::LivePages(PageLeaks leaks, FetchOptions fetch, std::vector<LiveServer> servers,
                     Environment& environment)
    : leaks_(std::move(leaks)),
      fetch_(std::move(fetch)),
      servers_(std::move(servers)),
      watch_(servers_, leaks_.plan(), fetch_, environment) {}

Result<std::unique_ptr<LivePages>> LivePages::start(const Settings& settings, FetchOptions fetch,
                                                    std::vector<LiveServer> servers,
                                                    Environment& environment) {
  TRY_ASSIGN(PageLeaks leaks, PageLeaks::make(settings));
  std::unique_ptr<LivePages> pages(
      new LivePages(std::move(leaks), std::move(fetch), std::move(servers), environment));
  TRY(pages->watch_.look_first());
  pages->watch_.prove();
  pages->watch_.say_plan(true);
  pages->status_.every_ms = pages->watch_.gap_ns() / kNanosPerMilli;
  return pages;
}

Result<web::WebContent> LivePages::first() {
  due_ns_ = now_ns();
  TRY(take());
  return make_content();
}

Result<void> LivePages::take() {
  std::string problem;
  Kept fresh;
  fresh.parts = watch_.take([&problem](const Error& error) {
    problem += (problem.empty() ? "" : "; ") + error.message();
  });
  const std::int64_t now = now_ns();
  // A snapshot that took long is not followed by another one at once.
  due_ns_ = next_due(due_ns_, watch_.gap_ns(), now);
  const bool is_last = leaks_.plan().watch_ns > 0 &&
                       static_cast<std::int64_t>(status_.snapshots) + 1 >= watch_.snapshots();
  status_.next_ms = is_last ? 0 : due_ns_ / kNanosPerMilli;
  status_.problem = problem;
  if (fresh.parts.empty()) return Error(ErrorCode::Io, problem);
  status_.taken_ms = now / kNanosPerMilli;
  ++status_.snapshots;
  kept_.push_back(std::move(fresh));
  thin_out();
  return {};
}

// The first and the last ones stay.
void LivePages::thin_out() {
  if (kept_.size() <= kMostKept) return;
  std::size_t to = 1;
  for (std::size_t i = 2; i < kept_.size(); i += 2) {
    if (i == kept_.size() - 1) break;
    kept_[to++] = std::move(kept_[i]);
  }
  kept_[to++] = std::move(kept_.back());
  kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(to), kept_.end());
}

Result<web::WebContent> LivePages::make_content() const {
  LeaksOptions options = leaks_.options();
  options.interval_ns = 0;  // A clock tells the times.
  LeaksBuilder builder(std::move(options));
  for (const Content& hint : watch_.hints()) TRY(builder.add_hint(hint));
  for (const Kept& kept : kept_) {
    for (const TakenSnapshot& part : kept.parts) {
      TRY(builder.add(part.input, part.content));
    }
  }
  web::WebContent content;
  content.is_live = true;
  TRY_ASSIGN(content.leaks, std::move(builder).finish());
  const std::vector<TakenSnapshot>& last = kept_.back().parts;
  ProfileSum sum("source", last.size());
  for (const TakenSnapshot& part : last) {
    content.sources.push_back(part.input.name);
    content.snapshots.push_back(part.input.name);
    content.operands.push_back(part.input.name + snapshot_path(part.content));
    sum.begin_source();
    sum.add(profile_of(part.content));
  }
  TRY(sum.finish());
  content.profile = sum.take();
  TRY(prepare_profile(content.profile));
  return content;
}

bool LivePages::wait_until_due() {
  const auto due = std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::nanoseconds(due_ns_)));
  std::unique_lock lock(mutex_);
  return !stopping_.wait_until(lock, due, [this] { return is_stopped_; });
}

void LivePages::run(const std::function<void(web::WebContent, const web::LiveStatus&)>& publish,
                    const std::function<void(const web::LiveStatus&)>& tell) {
  while (status_.next_ms != 0 && wait_until_due()) {
    if (!take()) {
      tell(status_);
      continue;
    }
    auto content = make_content();
    if (content) {
      publish(*std::move(content), status_);
    } else {
      status_.problem = content.error().message();
      tell(status_);
    }
  }
}

void LivePages::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  stopping_.notify_all();
}

}  // namespace plumb::cli
