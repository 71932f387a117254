// SPDX-License-Identifier: Apache-2.0
// The `comments` report: what the maker of a profile wrote into it; of a crash, its message.

#pragma once

#include "base/writer.h"
#include "report/report_input.h"

namespace plumb {

void render_comments_text(const ReportInput& input, Writer& out);
void render_comments_json(const ReportInput& input, Writer& out);

}  // namespace plumb
