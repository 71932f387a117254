// SPDX-License-Identifier: Apache-2.0
// Numbers about the runtime: /debug/vars as JSON, as Go's expvar, and /metrics for Prometheus.

#pragma once

#include <string>
#include <vector>

namespace plumb::rt::detail {

/// The arguments the process was started with.
std::vector<std::string> command_line();

std::string render_vars();
std::string render_metrics();

}  // namespace plumb::rt::detail
