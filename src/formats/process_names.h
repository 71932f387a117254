// SPDX-License-Identifier: Apache-2.0
// Names for the processes of a log: of what it says of each only what tells them apart.
//
//   "web-1 "                    "web-2 "                        web-1      web-2
//   " host app[12]"             " host web[7]"                  app[12]    web[7]
//   "app"="a" "pod"="a-1" []    "app"="a" "pod"="a-2" []        a-1        a-2

#pragma once

#include <span>
#include <string>
#include <vector>

namespace plumb {

/// A name for each of `processes`, which are as RecordProcess::name or what LogPrefix says. Those
/// that cannot be told apart have none.
std::vector<std::string> short_process_names(std::span<const std::string> processes);

}  // namespace plumb
