// SPDX-License-Identifier: Apache-2.0
// What a page of the web UI shows, as the command line that prints it.

#pragma once

#include <string>
#include <string_view>

#include "app/settings.h"
#include "web/documents.h"

namespace plumb::cli {

/// `command` with what `settings`, those of the command line, and the parameters `query` ask for.
std::string page_command(std::string_view command, const web::Query& query,
                         const web::WebContent& content, const Settings& settings);

}  // namespace plumb::cli
