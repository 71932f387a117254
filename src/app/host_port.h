// SPDX-License-Identifier: Apache-2.0
// The value of -http: where the web UI is to be found.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb::cli {

struct HostPort {
  std::string host;        ///< "localhost", "::1".
  std::uint16_t port = 0;  ///< 0: a free one.

  /// The host as it stands in a URL: "[::1]".
  [[nodiscard]] std::string url_host() const;
};

/// "host:port", ":8081", "localhost:", "[::1]:80". Without a host it is localhost.
///
/// Errors: Usage, in pprof's words.
Result<HostPort> parse_host_port(std::string_view text);

}  // namespace plumb::cli
