// SPDX-License-Identifier: Apache-2.0
#include "app/web_content.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "app/baseline_file.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/byte_source.h"
#include "base/try.h"
#include "fetch/url.h"
#include "formats/detect.h"
#include "model/dump_profile.h"
#include "model/merge.h"
#include "model/prepare.h"
#include "report/leaks.h"
#include "symbols/source_files.h"
#include "web/leaks_data.h"

namespace plumb::cli {
namespace {

// Collects the goroutines of the sources for the verdict, while their profile is made.
class LeaksCollector {
 public:
  explicit LeaksCollector(const PageLeaks& leaks) : leaks_(leaks), builder_(leaks.options()) {}

  void add(const Input& input) {
    if (is_live_) return;
    ++inputs_;
    const bool has_interval = leaks_.plan().every_ns > 0;
    const RepetitionNote repetition = note_repetition(input, has_interval);
    if (!repetition.text.empty()) builder_.add_note(repetition.text);
    if (!repetition.is_snapshot) {
      ++added_;
      return;
    }
    if (!builder_.add(leaks_input(input, servers_), input.content)) return;
    ++added_;
    last_ = profile_of(input.content);
    last_name_ = input.name;
  }

  // Looks at live servers for a while, as plumb leaks does.
  Result<void> watch(std::span<const LiveServer> servers, const FetchOptions& fetch,
                     Environment& environment) {
    TRY(watch_servers(servers, leaks_.plan(), fetch, builder_, environment));
    is_live_ = true;
    return {};
  }

  // Nothing if some source has no goroutines.
  Result<std::optional<LeaksReport>> finish() && {
    if (!is_live_ && (added_ == 0 || added_ < inputs_)) return std::optional<LeaksReport>();
    TRY_ASSIGN(LeaksReport report, std::move(builder_).finish());
    if (!report.counts_goroutines) return std::optional<LeaksReport>();
    return std::optional<LeaksReport>(std::move(report));
  }

  [[nodiscard]] bool has_series() const { return added_ > 1; }

  // The last snapshot of a series: of the same goroutines, summing up says nothing.
  Profile take_last() { return std::move(last_); }
  [[nodiscard]] const std::string& last_name() const { return last_name_; }
  [[nodiscard]] bool is_live() const { return is_live_; }

 private:
  const PageLeaks& leaks_;
  LeaksBuilder builder_;
  Profile last_;
  std::string last_name_;
  bool is_live_ = false;
  std::uint32_t servers_ = 0;
  std::size_t inputs_ = 0;
  std::size_t added_ = 0;
};

// The sources, as a command line has them; pages may be shown to anybody.
std::vector<std::string> operands_of(const Invocation& invocation) {
  std::vector<std::string> words;
  for (const std::string& operand : invocation.operands) words.push_back(without_password(operand));
  return words;
}

std::string comma_joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Profile profile_of(const Content& content) {
  const auto* const dump = std::get_if<GoroutineDump>(&content);
  return dump != nullptr ? profile_from_dump(*dump) : std::get<Profile>(content).copy();
}

Result<PageLeaks> PageLeaks::make(const Settings& settings) {
  TRY_ASSIGN(LeakFilter filter, LeakFilter::compile(settings.leaks));
  PageLeaks leaks;
  leaks.filter_ = std::make_unique<LeakFilter>(std::move(filter));
  leaks.files_ =
      std::make_unique<SourceFiles>(settings.report.source_path, settings.report.trim_path);
  leaks.plan_ = watch_plan(settings.leaks);
  TRY_ASSIGN(leaks.baseline_, read_baseline(settings.leaks.baseline));
  leaks.min_count_ = settings.leaks.min_count;
  return leaks;
}

LeaksOptions PageLeaks::options() const {
  LeaksOptions options;
  options.interval_ns = plan_.every_ns;
  options.filter = filter_->filter();
  options.min_count = min_count_;
  options.baseline = baseline_;
  options.limit = web::kMostLeakGroups;
  options.source = [files = files_.get()](std::string_view file, std::int64_t line) {
    return std::string(files->line(file, line).value_or(std::string_view()));
  };
  return options;
}

Result<web::WebContent> load_web_content(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(Session session, Session::open(invocation.operands, invocation.settings,
                                            invocation.command.bare_host_path, environment));
  TRY_ASSIGN(const PageLeaks leaks, PageLeaks::make(invocation.settings));
  LeaksCollector watch(leaks);
  const bool is_leaks = invocation.command.run == run_leaks;
  const auto servers = find_live_servers(invocation.operands);
  if (servers && is_leaks) {
    TRY_ASSIGN(const FetchOptions fetch,
               fetch_options(invocation.settings, invocation.command.bare_host_path));
    TRY(watch.watch(*servers, fetch, environment));
  }
  session.watch_inputs([&watch](const Input& input) { watch.add(input); });
  ReadOptions read;
  read.limits = session.limits();
  read.keep_goroutines = true;
  TRY_ASSIGN(LoadedProfile loaded, session.load(read));
  session.say_losses(loaded.losses);
  web::WebContent content;
  for (const SourceLosses& source : loaded.losses) {
    content.sources.push_back(source.name);
    for (const Loss& loss : source.losses) content.notices.push_back(loss_line(source, loss));
  }
  content.snapshots = operands_of(invocation);
  content.operands = content.snapshots;
  content.is_live = watch.is_live();
  content.profile = std::move(loaded.profile);
  if (content.is_live) {
    content.operands.clear();
    for (const LiveServer& server : *servers) {
      content.operands.push_back(server.name + std::string(invocation.command.bare_host_path));
    }
  }
  if (is_leaks && watch.has_series()) {
    content.operands = {without_password(watch.last_name())};
    if (!session.program().empty()) {
      content.operands.insert(content.operands.begin(), session.program());
    }
    content.profile = watch.take_last();
    TRY(prepare_profile(content.profile));
  }
  TRY_ASSIGN(content.leaks, std::move(watch).finish());
  if (is_leaks && !content.leaks) {
    return Error(ErrorCode::Usage, "the sources are not all goroutines; try plumb serve");
  }
  return content;
}

Result<web::WebContent> open_web_content(const Settings& settings, const std::string& name,
                                         std::string bytes) {
  const Limits limits;
  TRY_ASSIGN(DetectedInput detected,
             detect(std::make_unique<OwnedSource>(std::move(bytes)), limits));
  ReadOptions read;
  read.limits = limits;
  read.keep_goroutines = true;
  TRY_ASSIGN(ReadInput whole, read_detected(std::move(detected), read));
  TRY_ASSIGN(const PageLeaks leaks, PageLeaks::make(settings));
  web::WebContent content;
  content.sources = {name};
  content.operands = {name};
  content.snapshots = {name};
  content.is_foreign = true;
  const SourceLosses lost = losses_of(name, *whole.format, whole.content);
  for (const Loss& loss : lost.losses) content.notices.push_back(loss_line(lost, loss));
  LeaksOptions options = leaks.options();
  options.source = {};
  LeaksBuilder builder(std::move(options));
  if (builder.add(name, whole.content, whole.format->places)) {
    TRY_ASSIGN(LeaksReport report, std::move(builder).finish());
    if (report.counts_goroutines) content.leaks = std::move(report);
  }
  content.profile = profile_of(whole.content);
  TRY(prepare_profile(content.profile));
  return content;
}

Result<web::WebContent> compare_web_content(const web::WebContent& base,
                                            const web::WebContent& now) {
  web::WebContent content;
  const DiffOptions diff{.keep_apart = true, .normalize = false};
  TRY_ASSIGN(content.profile, subtract_profile(now.profile.copy(), base.profile.copy(), diff));
  content.is_foreign = now.is_foreign || base.is_foreign;
  content.sources = {comma_joined(now.sources) + " less " + comma_joined(base.sources)};
  for (const std::string& name : base.operands) content.operands.push_back("-diff_base=" + name);
  content.operands.insert(content.operands.end(), now.operands.begin(), now.operands.end());
  return content;
}

}  // namespace plumb::cli
