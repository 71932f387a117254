// SPDX-License-Identifier: Apache-2.0
// The parameters of URLs of the web UI: short names of options, as pprof has them.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "app/settings.h"
#include "base/result.h"

namespace plumb::cli {

/// "f" and the option "focus". Options without a parameter cannot be set by a URL.
struct UrlParameter {
  std::string_view name;
  std::string_view option;
};

const std::vector<UrlParameter>& url_parameters();

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// Sets what `parameters` say. Empty values say nothing, as in pprof; unknown names are somebody
/// else's. Errors: Usage, in pprof's words.
Result<void> apply_url(Settings& settings, const NameValues& parameters);

/// `word` as a word for sh.
std::string shell_quoted(std::string_view word);

}  // namespace plumb::cli
