// SPDX-License-Identifier: Apache-2.0
// Documents: from a profile and the parameters of a URL to what a page shows (view.h). It has one
// profile, which it never changes: each document is made from a copy, and copies share the samples.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/sums_memo.h"
#include "model/profile.h"
#include "report/leaks.h"
#include "report/report_input.h"
#include "report/report_options.h"
#include "web/http_message.h"
#include "web/redaction.h"
#include "web/view.h"

namespace plumb::web {

/// The name of the leak pages in paths.
inline constexpr std::string_view kLeaksView = "leaks";

/// What the pages are about.
struct WebContent {
  Profile profile;
  std::vector<std::string> sources;         ///< As people should see them.
  std::vector<std::string> notices;         ///< What was lost while reading, one line each.
  std::optional<LeaksReport> leaks = {};    ///< If the sources are goroutines.
  std::vector<std::string> operands = {};   ///< What a command line needs for `profile`.
  std::vector<std::string> snapshots = {};  ///< The same for `leaks`: all of a series.
  bool is_live = false;                     ///< Servers are watched, which change.
  /// A browser brought it: no file that it names is read, which might be none of the browser's
  /// business.
  bool is_foreign = false;
};

/// What the command line knows and the pages need. All are called on several threads at a time.
struct WebHooks {
  /// The options that parameters of a URL add up to. Errors: Usage, in pprof's words.
  std::function<Result<ReportOptions>(const Query& query)> options;
  /// The command line that prints what a view shows of `content`.
  std::function<std::string(std::string_view command, const Query& query, const WebContent& content,
                            const Redaction& redaction)>
      command;
  /// What keeps goroutines from the leak pages: {"-state=select"}.
  std::function<std::vector<std::string>(const Redaction& redaction)> leak_filters;
  /// What is in a file that somebody brings. Errors: those of the readers.
  std::function<Result<WebContent>(const std::string& name, std::string bytes)> open;
  /// What is in `now` less what is in `base`. Errors: Malformed if they do not fit each other.
  std::function<Result<WebContent>(const WebContent& base, const WebContent& now)> compare;
  /// Configurations with names, as a JSON list of {"name","parameters":{"f":"main"}}; saving and
  /// deleting one.
  std::function<Result<Json>()> configs;
  std::function<Result<void>(const std::string& name, const Query& query)> save_config;
  std::function<Result<void>(const std::string& name)> delete_config;
  std::string source_path;  ///< Where source files are, as in SourceFiles.
  std::string trim_path;
  std::string version;
  std::chrono::milliseconds most_time{60'000};  ///< That an answer may take.
};

/// What one page shows.
struct Document {  // NOLINT(bugprone-exception-escape): that the library of Json never lets happen.
  Json json;
  std::string columns;  ///< Of the flame graph.
  bool is_binary = false;

  /// As it is sent.
  [[nodiscard]] std::string text() const;
};

/// Thread-safe.
class Documents {
 public:
  /// `hooks` outlives this.
  Documents(WebContent content, const WebHooks& hooks)
      : content_(std::move(content)), hooks_(hooks) {}

  [[nodiscard]] const WebContent& content() const { return content_; }
  [[nodiscard]] bool has_leaks() const { return content_.leaks.has_value(); }

  /// Errors: Usage for parameters that make no sense.
  [[nodiscard]] Result<Document> make(const View& view, const Query& query,
                                      const Redaction& redaction = {}) const;

  /// Of the group that the parameter "group" names, if any; `all_groups`: of all that are shown.
  /// Requires: has_leaks().
  [[nodiscard]] Document make_leaks(const Query& query, const Redaction& redaction = {},
                                    bool all_groups = false) const;

  /// What became of goroutines between two snapshots (moves_data.h). Requires: has_leaks().
  [[nodiscard]] Result<Document> make_moves(const Query& query,
                                            const Redaction& redaction = {}) const;

  /// What share of the profile the search "q" matches, in all views. Errors: as make().
  [[nodiscard]] Result<Document> make_matched(const Query& query) const;

  /// The verdict as Markdown, for an issue. Requires: has_leaks().
  [[nodiscard]] std::string make_summary(const Redaction& redaction) const;

  /// The flame graph as a picture for a page without script. Errors: as make().
  [[nodiscard]] Result<std::string> make_picture(const Query& query,
                                                 const Redaction& redaction = {}) const;

  /// The views there are of this content, leaks apart.
  [[nodiscard]] bool has_view(const View& view) const;

  /// What every page knows from the start: views, sources, sample types.
  [[nodiscard]] Json info(std::string_view view_name) const;

  [[nodiscard]] PathCutter path_cutter() const;

 private:
  void redact(Json& json, const Redaction& redaction) const;
  [[nodiscard]] const SortedStacks* sorted_stacks() const;
  /// Of a flame graph of all that `query` keeps; `profile` is a copy of ours, and changed.
  Result<ReportInput> flamegraph_input(const Query& query, const Redaction& redaction,
                                       Profile& profile) const;

  WebContent content_;
  const WebHooks& hooks_;
  mutable SumsMemo memo_;
  mutable std::once_flag sorts_once_;
  mutable std::optional<SortedStacks> sorted_;  // Made when a flame graph is asked for.
};

}  // namespace plumb::web
