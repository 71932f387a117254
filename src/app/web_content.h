// SPDX-License-Identifier: Apache-2.0
// What the web UI is about: the profile that the sources of a command line add up to and, if they
// are goroutines, the verdict on them.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/environment.h"
#include "app/leak_filter.h"
#include "app/live_leaks.h"
#include "base/result.h"
#include "report/leaks.h"
#include "symbols/source_files.h"
#include "web/documents.h"

namespace plumb::cli {

/// What the settings ask of the verdict that the pages show. Not thread-safe.
class PageLeaks {
 public:
  /// Errors: Usage.
  static Result<PageLeaks> make(const Settings& settings);

  /// For one report. Lifetime: they refer to this.
  [[nodiscard]] LeaksOptions options() const;
  [[nodiscard]] const WatchPlan& plan() const { return plan_; }

 private:
  PageLeaks() = default;

  std::unique_ptr<LeakFilter> filter_;
  std::unique_ptr<SourceFiles> files_;
  WatchPlan plan_;
  LeakBaseline baseline_;
  std::int64_t min_count_ = 0;
};

/// The samples of what was read.
Profile profile_of(const Content& content);

/// Loads the sources once. Errors: as Session::load(); Usage if plumb leaks is given anything but
/// goroutines.
Result<web::WebContent> load_web_content(const Invocation& invocation, Environment& environment);

/// What is in one file, given as bytes. Nothing else on this machine is read for it. Errors: those
/// of the readers.
Result<web::WebContent> open_web_content(const Settings& settings, const std::string& name,
                                         std::string bytes);

/// What is in `now` less what is in `base`, as with -diff_base. Errors: Malformed.
Result<web::WebContent> compare_web_content(const web::WebContent& base,
                                            const web::WebContent& now);

}  // namespace plumb::cli
