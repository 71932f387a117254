// SPDX-License-Identifier: Apache-2.0
// Addresses of servers: "HOST:PORT".

#pragma once

#include <string>

#include "base/result.h"

namespace plumb::rt::detail {

struct HostPort {
  std::string host;  ///< Without brackets; empty: any.
  std::string port;  ///< A number, or the name of a service.
};

/// The parts of "localhost:6060" or "[::1]:http". An error if the port is missing, or is a number
/// that is none of a port: getaddrinfo() would take it modulo 65536.
Result<HostPort> split_address(const std::string& address);

}  // namespace plumb::rt::detail
