// SPDX-License-Identifier: Apache-2.0
// The run functions of the commands that read profiles.

#pragma once

#include "app/commands.h"
#include "app/environment.h"
#include "base/result.h"

namespace plumb::cli {

// Errors of all of these: Usage for options that contradict each other or the input; Io if no
// source could be read or the report not be written; those of the readers.

Result<Exit> run_leaks(const Invocation& invocation, Environment& environment);
/// Every report of pprof: invocation.command.report says which.
Result<Exit> run_report(const Invocation& invocation, Environment& environment);

}  // namespace plumb::cli
