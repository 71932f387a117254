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
Result<Exit> run_top(const Invocation& invocation, Environment& environment);
Result<Exit> run_traces(const Invocation& invocation, Environment& environment);
Result<Exit> run_tags(const Invocation& invocation, Environment& environment);
Result<Exit> run_proto(const Invocation& invocation, Environment& environment);

}  // namespace plumb::cli
