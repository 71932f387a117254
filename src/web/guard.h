// SPDX-License-Identifier: Apache-2.0
// Who may ask the server what.
//
// A page of another site can make the browser send requests here, and with a name that it resolves
// to 127.0.0.1 (DNS rebinding) even read the answers. So the Host header must be a name of ours.
// Its port may be any: a rebound name comes with our port, and what forwards another one to us
// (ssh -L, kubectl port-forward) leaves the one that the browser asked.
//
// A page of this machine at another port than the one that was asked is another site like any
// other: the browser says so in Sec-Fetch-Site, lets it read nothing, and gives its own port in
// Origin. What changes something needs an Origin that is the very host and port of the request, if
// there is one, and a token that only our pages know.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "web/http_message.h"

namespace plumb::web {

/// Why a request is refused, for people.
using Refusal = std::optional<std::string>;

class Guard {
 public:
  /// `host` is what is listened on: a loopback name, or what a person chose.
  Guard(const std::string& host, std::string token);

  /// Refuses what does not come from where it may.
  [[nodiscard]] Refusal check(const HttpRequest& request) const;

  /// Refuses what would change something and does not come from a page of ours.
  [[nodiscard]] Refusal check_write(const HttpRequest& request) const;

  /// True if nobody but this machine is meant to ask.
  [[nodiscard]] bool is_private() const { return is_private_; }
  [[nodiscard]] const std::string& token() const { return token_; }

 private:
  [[nodiscard]] bool knows_host(std::string_view host) const;

  std::string host_;
  std::string machine_;  // Its name.
  std::string token_;
  bool is_private_;
};

/// 32 hexadecimal digits that nobody can guess.
std::string make_token();

/// Adds what every answer says to the browser: load nothing from elsewhere, be framed by nobody.
void add_security_headers(HttpResponse& response);

}  // namespace plumb::web
