// SPDX-License-Identifier: Apache-2.0
// URLs as Go's net/url reads them, as far as fetching profiles needs it, and pprof's rule for
// telling a URL from a file name. Pure functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb {

struct Url {
  std::string scheme;    ///< Lower case; "https+insecure" included.
  std::string user;      ///< Percent-decoded; empty: none.
  std::string password;  ///< Percent-decoded; empty: none.
  std::string host;      ///< As written; an IPv6 address in its brackets.
  std::string port;      ///< Digits; empty: the usual port of the scheme.
  std::string path;      ///< Percent-encoded, from its slash on; may be empty.
  std::string query;     ///< Percent-encoded, without the question mark; may be empty.
};

/// Parses `text` if it is a URL with a host ("scheme://host..."). The fragment is dropped. Host and
/// port are checked strictly: what is accepted here cannot mean another host to somebody else.
std::optional<Url> parse_url(std::string_view text);

/// The URL that `source` means when it is not a file: itself, or with "http://" in front where the
/// scheme is missing ("localhost:6060/debug/pprof/heap"). Nothing for what can only be a file name.
std::optional<Url> find_url(std::string_view source);

/// The port that keeps `source` from being a URL, because it is larger than any; empty if it is a
/// URL, or would be none with another port either. Views `source`.
std::string_view find_port_out_of_range(std::string_view source);

/// The URL for people: the password is shown as "xxxxx".
std::string to_string(const Url& url);

/// `source` as it was typed, for people: what is or looks like the password of a URL, even one that
/// is not valid, is shown as "xxxxx".
std::string without_password(std::string_view source);

/// The URL for an HTTP client: without user and password, "https+insecure" as "https".
std::string client_url(const Url& url);

/// The host without brackets, in lower case.
std::string host_name(const Url& url);

/// The port that is connected to.
std::string effective_port(const Url& url);

/// "host:port" for messages.
std::string host_and_port(const Url& url);

/// The value of the first parameter `key` of a query, as written.
std::optional<std::string_view> find_parameter(std::string_view query, std::string_view key);

/// `query` with the parameter `key` set: replaced where it stands first, appended otherwise.
std::string with_parameter(std::string_view query, std::string_view key, std::string_view value);

/// `url` for fetching: `bare_path` (query included; parameters of the URL win) takes the place of a
/// missing path and of the index page /debug/pprof/, which is no profile; `seconds` if positive.
/// The parameters are sorted and encoded as pprof does.
Url complete_url(Url url, std::string_view bare_path, int seconds);

/// How long the whole request may take: pprof's rule for -timeout and -seconds, plus its 5 s grace.
/// There is no grace where a person set the timeout and the server has not to collect for a while:
/// they mean what they say.
std::int64_t request_timeout_ms(const Url& url, int seconds, int timeout_seconds);

}  // namespace plumb
