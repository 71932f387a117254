// SPDX-License-Identifier: Apache-2.0
#include "rt/http_server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/try.h"
#include "rt/address.h"
#include "rt/http_connection.h"
#include "rt/threads.h"

namespace plumb::rt::detail {
namespace {

constexpr timeval kSilence = {10, 0};

Error io_error(const std::string& what) {
  return {ErrorCode::Io, what + ": " + std::strerror(errno)};
}

Result<int> listen_at(const addrinfo& info, const std::string& address) {
  const int fd = socket(info.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return io_error("listen " + address);
  const int yes = 1;
  static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes));
  if (bind(fd, info.ai_addr, info.ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  Error error = io_error("listen " + address);
  close(fd);
  return error;
}

Result<int> listen_at(const std::string& address) {
  TRY_ASSIGN(const auto parts, split_address(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const char* const host = parts.host.empty() ? nullptr : parts.host.c_str();
  const int code = getaddrinfo(host, parts.port.c_str(), &hints, &found);
  if (code != 0) {
    return Error(ErrorCode::Usage, "address " + address + ": " + gai_strerror(code));
  }
  // As Go does for a name with several addresses: IPv4 first.
  const addrinfo* chosen = found;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET) continue;
    chosen = one;
    break;
  }
  Result<int> fd = listen_at(*chosen, address);
  freeaddrinfo(found);
  return fd;
}

// OpenSSL writes by write(), which would end the process when a client has gone.
void hold_back_broken_pipes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::string name_of_socket(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const generic = reinterpret_cast<sockaddr*>(&storage);
  if (getsockname(fd, generic, &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto* const in = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &in->sin_addr, text.data(), text.size());
    return std::string(text.data()) + ':' + std::to_string(ntohs(in->sin_port));
  }
  const auto* const in6 = reinterpret_cast<const sockaddr_in6*>(&storage);
  inet_ntop(AF_INET6, &in6->sin6_addr, text.data(), text.size());
  return '[' + std::string(text.data()) + "]:" + std::to_string(ntohs(in6->sin6_port));
}

}  // namespace

Result<void> HttpServer::start(const std::string& address, Handler handler,
                               std::shared_ptr<TlsServer> tls) {
  TRY_ASSIGN(listen_fd_, listen_at(address));
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  if (stop_fd_ < 0) {
    Error error = io_error("eventfd");
    close(listen_fd_);
    return error;
  }
  handler_ = std::move(handler);
  tls_ = std::move(tls);
  address_ = name_of_socket(listen_fd_);
  acceptor_ = std::thread([this] { accept_all(); });
  pthread_setname_np(acceptor_.native_handle(), "plumb-rt-debug");
  return {};
}

void HttpServer::accept_all() {
  const OwnThread is_own;
  for (;;) {
    std::array<pollfd, 2> wanted = {{{listen_fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
    if (poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
    if (wanted[1].revents != 0) return;
    if (wanted[0].revents == 0) continue;
    const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kSilence, sizeof kSilence));
    static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kSilence, sizeof kSilence));
    std::unique_lock lock(mutex_);
    make_room(lock);
    connections_.push_back({fd, ++waits_, false});
    ++started_;
    if (is_stopping_) shutdown(fd, SHUT_RD);
    std::thread thread([this, fd] { serve(fd); });
    pthread_setname_np(thread.native_handle(), "plumb-rt-http");
    thread.detach();
  }
}

// Waits until there may be one connection more.
void HttpServer::make_room(std::unique_lock<std::mutex>& lock) {
  while (connections_.size() >= kMaxConnections && !is_stopping_) {
    dismiss_one();
    changed_.wait(lock);
  }
}

// Ends the connection that has waited longest for a request, unless one is ending.
void HttpServer::dismiss_one() {
  if (std::ranges::any_of(connections_, &Connection::is_dismissed)) return;
  Connection* longest = nullptr;
  for (Connection& one : connections_) {
    if (one.waits_since == 0) continue;
    if (longest == nullptr || one.waits_since < longest->waits_since) longest = &one;
  }
  if (longest == nullptr) return;
  longest->is_dismissed = true;
  shutdown(longest->fd, SHUT_RD);
}

void HttpServer::note_waiting(int fd, bool is_waiting) {
  const std::scoped_lock lock(mutex_);
  std::ranges::find(connections_, fd, &Connection::fd)->waits_since = is_waiting ? ++waits_ : 0;
  if (is_waiting && connections_.size() >= kMaxConnections) changed_.notify_all();
}

void HttpServer::serve(int fd) {
  const OwnThread is_own;
  {
    std::unique_ptr<TlsSession> session;
    if (tls_ != nullptr) {
      hold_back_broken_pipes();
      session = tls_->accept(fd);
    }
    const bool is_open = tls_ == nullptr || session != nullptr;
    HttpConnection connection(fd, std::move(session));
    while (is_open) {
      const auto request = connection.read_request();
      if (!request) break;
      note_waiting(fd, false);
      handler_(*request, connection);
      if (!connection.finish()) break;
      note_waiting(fd, true);
      const std::scoped_lock lock(mutex_);
      if (is_stopping_) break;
    }
    // Before the descriptor is closed, and may become another connection's.
    const std::scoped_lock lock(mutex_);
    std::erase_if(connections_, [fd](const Connection& one) { return one.fd == fd; });
  }
  const std::scoped_lock lock(mutex_);
  ++finished_;
  changed_.notify_all();
}

void HttpServer::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (is_stopping_ || !acceptor_.joinable()) return;
    is_stopping_ = true;
    for (const Connection& one : connections_)
      shutdown(one.fd, SHUT_RD);  // They wait for requests.
    changed_.notify_all();
  }
  const std::uint64_t one = 1;
  static_cast<void>(!write(stop_fd_, &one, sizeof one));
  acceptor_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return finished_ == started_; });
  close(listen_fd_);
  close(stop_fd_);
}

}  // namespace plumb::rt::detail
