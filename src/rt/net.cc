// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <plumb/rt/detail/waiter.h>
#include <plumb/rt/go.h>
#include <plumb/rt/net.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "rt/address.h"
#include "rt/poller.h"
#include "rt/thread_task.h"
#include "rt/worker.h"

namespace plumb::rt {
namespace {

using detail::FdEvent;

int wait_in_thread(int fd, FdEvent event) {
  pollfd one = {fd, static_cast<short>(event == FdEvent::Readable ? POLLIN : POLLOUT), 0};
  detail::Task* const self = detail::thread_task();
  while (detail::poll_in_thread(self, one) < 0) {
    if (errno != EINTR) return -1;
  }
  return 0;
}

int wait_for(int fd, FdEvent event) {
  detail::Worker* const worker = detail::Worker::current();
  if (worker == nullptr) return wait_in_thread(fd, event);
  detail::Task* const task = worker->task();
  if (!worker->poller().add(fd, event, task)) return -1;
  detail::park(task, WaitReason::IoWait, nullptr);
  return 0;
}

bool must_wait() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

/// Repeats `call` until it does not ask to wait.
template <typename Call>
auto retry(int fd, FdEvent event, Call call) -> decltype(call()) {
  for (;;) {
    const auto result = call();
    if (result >= 0) return result;
    if (errno == EINTR) continue;
    if (!must_wait() || wait_for(fd, event) < 0) return -1;
  }
}

/// The addresses of "HOST:PORT"; null with errno.
addrinfo* look_up(const std::string& address, int flags) {
  const auto parts = detail::split_address(address);
  if (!parts) {
    errno = EINVAL;
    return nullptr;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const char* const host = parts->host.empty() ? nullptr : parts->host.c_str();
  if (getaddrinfo(host, parts->port.c_str(), &hints, &found) != 0) {
    errno = EADDRNOTAVAIL;
    return nullptr;
  }
  return found;
}

int close_with_error(int fd) {
  const int code = errno;
  close(fd);
  errno = code;
  return -1;
}

/// A socket for the first of the addresses at which `use` succeeds (returns 0); -1 with errno.
template <typename Use>
int first_socket(const std::string& address, int flags, Use use) {
  addrinfo* const found = look_up(address, flags);
  int fd = -1;
  for (const addrinfo* one = found; one != nullptr && fd < 0; one = one->ai_next) {
    fd = socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && use(fd, *one) != 0) fd = close_with_error(fd);
  }
  if (found != nullptr) freeaddrinfo(found);
  return fd;
}

}  // namespace

int wait_readable(int fd) {
  return wait_for(fd, FdEvent::Readable);
}

int wait_writable(int fd) {
  return wait_for(fd, FdEvent::Writable);
}

ssize_t read(int fd, void* bytes, std::size_t count) {
  return retry(fd, FdEvent::Readable, [&] { return ::read(fd, bytes, count); });
}

ssize_t write(int fd, const void* bytes, std::size_t count) {
  const char* const from = static_cast<const char*>(bytes);
  std::size_t done = 0;
  while (done < count) {
    const ssize_t written = retry(fd, FdEvent::Writable, [&] {
      const ssize_t sent = ::send(fd, from + done, count - done, MSG_NOSIGNAL);
      return sent < 0 && errno == ENOTSOCK ? ::write(fd, from + done, count - done) : sent;
    });
    if (written < 0) return -1;
    done += static_cast<std::size_t>(written);
  }
  return static_cast<ssize_t>(count);
}

int accept(int fd, sockaddr* address, socklen_t* size) {
  return retry(fd, FdEvent::Readable,
               [&] { return ::accept4(fd, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC); });
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  if (::connect(fd, address, size) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return -1;
  if (wait_for(fd, FdEvent::Writable) < 0) return -1;
  int code = 0;
  socklen_t code_size = sizeof code;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &code_size) != 0) return -1;
  errno = code;
  return code == 0 ? 0 : -1;
}

int listen_tcp(const std::string& address) {
  return first_socket(address, AI_PASSIVE, [](int fd, const addrinfo& at) {
    const int yes = 1;
    static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes));
    return bind(fd, at.ai_addr, at.ai_addrlen) == 0 ? listen(fd, SOMAXCONN) : -1;
  });
}

int connect_tcp(const std::string& address) {
  return first_socket(address, 0, [](int fd, const addrinfo& at) {
    return rt::connect(fd, at.ai_addr, at.ai_addrlen);
  });
}

unsigned port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  }
  if (storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  }
  return 0;
}

}  // namespace plumb::rt
