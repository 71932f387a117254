// SPDX-License-Identifier: Apache-2.0
// What a page of the web UI shows, as the command line that prints it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "web/documents.h"
#include "web/redaction.h"

namespace plumb::cli {

/// `command` with what `settings`, those of the command line, and the parameters `query` ask for.
/// Values of labels are left out if `redaction` says so.
std::string page_command(std::string_view command, const web::Query& query,
                         const web::WebContent& content, const Settings& settings,
                         const web::Redaction& redaction = {});

/// What `settings` ask of the goroutines in the leak pages: {"-state=chan send", "-min_age=10"}.
std::vector<std::string> leak_filter_flags(const Settings& settings,
                                           const web::Redaction& redaction = {});

}  // namespace plumb::cli
