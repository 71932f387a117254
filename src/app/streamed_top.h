// SPDX-License-Identifier: Apache-2.0
// `top` of a profile that goes by, of one source or of the difference of two.

#pragma once

#include <optional>

#include "app/session.h"
#include "base/result.h"
#include "formats/detect.h"
#include "report/report_options.h"
#include "report/top.h"

namespace plumb::cli {

/// The report on `input`, in constant memory; nothing if the profile has to be held for it, which
/// then has to be rewound. Errors: Usage; others are for the reader of whole profiles to say.
Result<std::optional<TopReport>> stream_top(DetectedInput& input, const ReportOptions& options,
                                            const Session& session);

/// The report on the only source of `session` less its only base, if these are files and the source
/// is much the larger: the base is held, of the source 16 bytes a sample. Nothing, and nothing is
/// said, if both have to be held.
std::optional<TopReport> stream_difference(const ReportOptions& options, const Session& session);

}  // namespace plumb::cli
