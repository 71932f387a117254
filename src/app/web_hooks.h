// SPDX-License-Identifier: Apache-2.0
// What the web UI asks the command line: options of a URL, the command that prints the same, saved
// configurations.

#pragma once

#include "app/commands.h"
#include "web/documents.h"

namespace plumb::cli {

/// `invocation` outlives what is returned.
web::WebHooks make_web_hooks(const Invocation& invocation);

}  // namespace plumb::cli
