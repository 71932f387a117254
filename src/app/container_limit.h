// SPDX-License-Identifier: Apache-2.0
// The memory that a local server may use: the limit of the container (cgroup) of its process.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb::cli {

struct ContainerLimit {
  std::uint64_t bytes = 0;
  std::string of;  ///< "the container of process 4711".
};

/// The smallest memory limit of the cgroup of the process that listens at `host` and `port`, and of
/// the cgroups around it; of version 2 or 1. Nothing if `host` is not this machine's loopback, if
/// the process is not found or belongs to somebody else, or if there is no limit.
std::optional<ContainerLimit> find_container_limit(std::string_view host, std::string_view port);

/// The inode of the socket that listens at `port`, by a table as /proc/net/tcp has it; 0: none.
std::uint64_t find_listener(std::string_view table, std::uint16_t port);

/// The smallest limit along the path of a cgroup, as /proc/PID/cgroup tells it in `membership`.
/// `root` is where cgroups are mounted. Nothing without a limit.
std::optional<std::uint64_t> find_cgroup_limit(std::string_view membership,
                                               const std::string& root);

}  // namespace plumb::cli
