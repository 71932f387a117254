// SPDX-License-Identifier: Apache-2.0
// The debug server: Go's /debug/pprof/ for a C++ program.
//
//   int main() {
//     plumb::rt::serve_debug("localhost:6060");
//
// makes `go tool pprof http://localhost:6060/debug/pprof/goroutine` and
// `plumb leaks localhost:6060` work. It runs on threads of its own.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumb::rt {

struct debug_options {
  /// Asked for as "Authorization: Bearer TOKEN", "http://token:TOKEN@HOST:PORT" (basic
  /// authentication) or "?token=TOKEN"; empty: not. `go tool pprof` needs the second form: it drops
  /// the query when it asks for names that a profile lacks.
  std::string token = {};
  /// "user:password", asked for as HTTP basic authentication; empty: not.
  std::string basic_auth = {};
  /// PEM files of a certificate, with its chain, and of its key: served by TLS, with the OpenSSL 3
  /// of the machine. Empty: by plain HTTP.
  std::string tls_cert = {};
  std::string tls_key = {};
  /// Profiles show what a program is made of. Other addresses than loopback are refused unless
  /// there is a token or password, or this says that they are meant.
  bool allow_anyone = false;
};

namespace detail {
class HttpServer;
}

/// Refers to a server that was started, or could not be. The server goes on when it is destroyed.
class debug_server {
 public:
  /// Whether it runs.
  explicit operator bool() const { return server_ != nullptr; }
  /// Why it does not.
  [[nodiscard]] const std::string& error() const { return error_; }
  /// "127.0.0.1:6060", with the port that was chosen for port 0.
  [[nodiscard]] std::string address() const;
  /// Ends it, after the requests that are being answered.
  void stop();

 private:
  friend debug_server serve_debug(const std::string& address, const debug_options& with);
  std::shared_ptr<detail::HttpServer> server_;
  std::string error_;
};

/// Starts a server for /debug/pprof/, /debug/vars and /metrics. `address` is HOST:PORT; port 0 is
/// any free one.
debug_server serve_debug(const std::string& address, const debug_options& with = {});

// For those who have an HTTP server.

struct debug_request {
  std::string method = "GET";
  std::string path;                                               ///< "/debug/pprof/heap".
  std::string query = {};                                         ///< Behind the "?", as it came.
  std::string body = {};                                          ///< Of a POST.
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< Names in lower case.
};

/// Takes an answer: begin() once, then write() for each part of the body.
class debug_writer {
 public:
  virtual ~debug_writer() = default;
  virtual void begin(int status,
                     const std::vector<std::pair<std::string, std::string>>& headers) = 0;
  /// False if nobody wants more.
  virtual bool write(std::string_view part) = 0;
  /// True if the client has gone; asked for while a profile is being taken.
  virtual bool is_gone() { return false; }
};

/// Answers `request`, on the calling thread; takes as long as the profile that is asked for.
void handle_debug(const debug_request& request, debug_writer& writer);

}  // namespace plumb::rt
