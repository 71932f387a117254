// SPDX-License-Identifier: Apache-2.0
// Which proxy a request goes through: the rules of Go's http.ProxyFromEnvironment. They differ from
// those of libcurl, which knows no loopback exception and reads HTTP_PROXY in lower case only.

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/url.h"

namespace plumb {

/// The environment variables; of each the upper case one wins.
struct ProxySettings {
  std::string http;      ///< HTTP_PROXY: for http URLs.
  std::string https;     ///< HTTPS_PROXY: for https URLs.
  std::string no_proxy;  ///< NO_PROXY: "example.com,.internal,10.0.0.0/8,host:8080" or "*".
  bool is_cgi = false;   ///< REQUEST_METHOD is set: HTTP_PROXY may be a client's Proxy header.

  static ProxySettings from_environment();
};

/// The URL of the proxy for `url`; empty: none. Localhost and loopback addresses never get one.
///
/// Errors: Usage for a proxy that is not a URL, and for HTTP_PROXY in a CGI program.
Result<std::string> choose_proxy(const ProxySettings& settings, const Url& url);

}  // namespace plumb
