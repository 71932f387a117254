// SPDX-License-Identifier: Apache-2.0
// HttpServer: as much of HTTP/1.1 as a debug server needs, on threads of its own, so that it
// answers whatever the tasks do. (Debian's cpp-httplib is a shared library that brings OpenSSL and
// brotli into every program.)
//
// GET and HEAD, keep-alive, chunked answers. Everything that a client may send is bounded: 16 KiB
// of head, 1 MiB of body, 64 connections, 10 s of silence. One client more takes the place of the
// one that has waited longest without a request.

#pragma once

#include <plumb/rt/debug.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "rt/tls.h"

namespace plumb::rt::detail {

class HttpServer {
 public:
  using Handler = std::function<void(const debug_request&, debug_writer&)>;

  HttpServer() = default;
  ~HttpServer() { stop(); }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens at `address` ("localhost:6060", "127.0.0.1:0", "[::1]:80") and serves until stop().
  /// By TLS unless `tls` is null. Errors: Usage for an address that is none; Io.
  Result<void> start(const std::string& address, Handler handler,
                     std::shared_ptr<TlsServer> tls = nullptr);
  /// Ends after the requests that are being answered. May be called again.
  void stop();
  /// Where it listens, with the port that was chosen for port 0; empty before start().
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  static constexpr std::size_t kMaxConnections = 64;

  struct Connection {
    int fd = -1;
    std::uint64_t waits_since =
        0;  // A request is yet to come, since so many others; 0: one is answered.
    bool is_dismissed = false;
  };

  void accept_all();
  void make_room(std::unique_lock<std::mutex>& lock);
  void dismiss_one();
  void note_waiting(int fd, bool is_waiting);
  void serve(int fd);

  Handler handler_;
  std::shared_ptr<TlsServer> tls_;
  std::string address_;
  int listen_fd_ = -1;
  int stop_fd_ = -1;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Connection> connections_;  // Guarded by mutex_.
  std::uint64_t waits_ = 0;              // Guarded by mutex_.
  std::size_t started_ = 0;              // Connections; guarded by mutex_, as the next two.
  std::size_t finished_ = 0;
  bool is_stopping_ = false;
};

}  // namespace plumb::rt::detail
