// SPDX-License-Identifier: Apache-2.0
// HttpServer: a small HTTP/1.1 server for one person's browser.
//
// A thread for each connection, of which there are few; what the handler computes is limited by the
// handler. Written here because Debian's cpp-httplib is a shared library that pulls in OpenSSL and
// brotli, which every start of the program would pay for, and cannot tell that a browser went away.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "web/http_message.h"

namespace plumb::web {

/// Answers one request. Called on several threads at a time.
using HttpHandler = std::function<HttpResponse(const HttpRequest& request)>;

struct HttpServerOptions {
  std::string host = "localhost";
  std::uint16_t port = 0;  ///< 0: a free one.
  /// The largest body that the handler wants for a request whose head is known.
  std::function<std::uint64_t(const HttpRequest& head)> body_limit;
  int head_timeout_ms = 10'000;  ///< For a request to come in once it began.
  int idle_timeout_ms = 60'000;  ///< Between requests of a connection.
  std::size_t connections = 64;  ///< More are turned away.
};

/// Listens from construction to destruction.
class HttpServer {
 public:
  /// Errors: Io, naming the address, if it cannot be listened on; Usage if there is no such host.
  static Result<HttpServer> listen(HttpServerOptions options, HttpHandler handler);
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const;

  /// Answers requests until stop() was called; then waits for those that are being answered.
  void serve();

  /// May be called from any thread, and from a signal handler.
  void stop() const;

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plumb::web
