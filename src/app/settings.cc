// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <algorithm>
#include <limits>

#include "app/perf_data.h"

namespace plumb::cli {
namespace {

// Seconds as the fetch layer takes them: an absurdly long wait is as good as a long one.
int to_seconds(std::int64_t seconds) {
  return static_cast<int>(std::clamp<std::int64_t>(seconds, -1, std::numeric_limits<int>::max()));
}

}  // namespace

Result<ReportOptions> report_options(const Settings& settings, const Notice& notice) {
  ReportOptions options = settings.report;
  if (settings.json && settings.csv) {
    return Error(ErrorCode::Usage, "-json and -csv exclude each other");
  }
  if (options.divide_by == 0) return Error(ErrorCode::Usage, "zero divisor specified");
  options.sort = settings.sort == "cum" ? SortOrder::Cum : SortOrder::Flat;
  const auto* const granularity = std::ranges::find(kGranularityNames, settings.granularity);
  if (granularity != kGranularityNames.end()) {
    options.aggregate.granularity =
        static_cast<Granularity>(granularity - kGranularityNames.begin());
  }
  for (std::size_t i = 0; i < kValueShortcuts.size(); ++i) {
    if (!settings.value_shortcuts[i]) continue;
    const ValueShortcut& shortcut = kValueShortcuts[i];
    options.mean = options.mean || shortcut.mean;
    if (options.sample_index.empty()) {
      options.sample_index = shortcut.sample_index;
    } else {
      notice("Multiple value selections, ignoring -" + std::string(shortcut.flag));
    }
  }
  return options;
}

Result<FetchOptions> fetch_options(const Settings& settings, std::string_view bare_host_path) {
  const auto missing = [](std::string_view given, std::string_view wanted) {
    return Error(ErrorCode::Usage, std::string(given) + " is specified, so " + std::string(wanted) +
                                       " must also be specified");
  };
  if (settings.tls_cert.empty() && !settings.tls_key.empty())
    return missing("-tls_key", "-tls_cert");
  if (settings.tls_key.empty() && !settings.tls_cert.empty())
    return missing("-tls_cert", "-tls_key");

  FetchOptions options;
  options.seconds = to_seconds(settings.seconds);
  options.timeout_seconds = to_seconds(settings.timeout_seconds);
  options.tls_cert = settings.tls_cert;
  options.tls_key = settings.tls_key;
  options.tls_ca = settings.tls_ca;
  options.bare_host_path = bare_host_path;
  options.convert_perf_data = convert_perf_data;
  return options;
}

}  // namespace plumb::cli
