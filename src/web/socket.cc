// SPDX-License-Identifier: Apache-2.0
#include "web/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/system_message.h"
#include "base/try.h"

namespace plumb::web {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

int milliseconds_left(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

Result<Addresses> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string service = std::to_string(port);
  const int status = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
  if (status != 0) {
    return Error(ErrorCode::Usage, "no such host: " + host + " (" + ::gai_strerror(status) + ')');
  }
  return Addresses(list, &::freeaddrinfo);
}

// The port that a socket is bound to.
std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address);
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  return ntohs(address.ss_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
}

void set_port(sockaddr* address, std::uint16_t port) {
  if (address->sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = htons(port);
  }
}

// Returns an error number in `error` if it did not work.
Descriptor listen_at(const addrinfo& at, std::uint16_t port, int& error) {
  Descriptor socket(::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) {
    error = errno;
    return {};
  }
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.ai_family == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  sockaddr_storage address{};
  std::memcpy(&address, at.ai_addr, at.ai_addrlen);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  set_port(generic, port);
  constexpr int kBacklog = 64;
  if (::bind(socket.get(), generic, at.ai_addrlen) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    error = errno;
    return {};
  }
  return socket;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this == &other) return *this;
  if (number_ >= 0) ::close(number_);
  number_ = other.release();
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

Result<std::vector<Descriptor>> listen_on(const std::string& host, std::uint16_t& port) {
  TRY_ASSIGN(const Addresses addresses, resolve(host, port));
  std::vector<Descriptor> sockets;
  int error = 0;
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    Descriptor socket = listen_at(*at, port, error);
    if (socket.get() < 0) {
      // A machine without IPv6 resolves ::1 all the same.
      if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) continue;
      break;
    }
    if (port == 0) port = port_of(socket.get());
    sockets.push_back(std::move(socket));
    error = 0;
  }
  const bool is_refused = error != 0 && error != EADDRNOTAVAIL && error != EAFNOSUPPORT;
  if (is_refused || sockets.empty()) {
    return Error(ErrorCode::Io, "cannot listen on " + host + ':' + std::to_string(port) + ": " +
                                    system_message(error));
  }
  return sockets;
}

Wait wait_readable(int socket, int stop, Deadline deadline) {
  while (true) {
    std::array<pollfd, 2> both = {pollfd{socket, POLLIN, 0}, pollfd{stop, POLLIN, 0}};
    const int ready = ::poll(both.data(), both.size(), milliseconds_left(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (both[1].revents != 0) return Wait::Stopped;
    if (ready <= 0) return Wait::Timeout;
    return Wait::Ready;
  }
}

bool receive(int socket, std::string& bytes) {
  std::array<char, 16384> block;
  while (true) {
    const ssize_t count = ::recv(socket, block.data(), block.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    if (count <= 0) return false;
    bytes.append(block.data(), static_cast<std::size_t>(count));
    return true;
  }
}

bool send_all(int socket, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return false;
    pollfd writable{socket, POLLOUT, 0};
    if (::poll(&writable, 1, milliseconds_left(deadline)) <= 0) return false;
  }
  return true;
}

bool is_hung_up(int socket) {
  pollfd state{socket, POLLIN | POLLRDHUP, 0};
  if (::poll(&state, 1, 0) <= 0) return false;
  return (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool peer_is_loopback(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  if (address.ss_family == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address);
    return (ntohl(v4->sin_addr.s_addr) >> 24U) == 127;
  }
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  return address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) != 0;
}

}  // namespace plumb::web
