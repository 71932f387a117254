// SPDX-License-Identifier: Apache-2.0
// Sockets and pipes that make the task wait, not its worker: as the system calls of the same names,
// with their results and errno, but never EAGAIN or EINTR.
//
// File descriptors must not block (O_NONBLOCK); those from here do not. One task may read while
// another writes; that two tasks read from one descriptor, or write to it, is an error (EBUSY if
// they are on the same worker). Tasks show the state "IO wait". Do not close what somebody waits
// for.

#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstddef>
#include <string>

namespace plumb::rt {

/// Wait until a read or write would not. 0, or -1 with errno if the descriptor cannot be waited
/// for.
int wait_readable(int fd);
int wait_writable(int fd);

ssize_t read(int fd, void* bytes, std::size_t count);
/// Writes all of it, unless there is an error: then -1.
ssize_t write(int fd, const void* bytes, std::size_t count);
/// The new descriptor does not block, and is closed on exec.
int accept(int fd, sockaddr* address = nullptr, socklen_t* size = nullptr);
int connect(int fd, const sockaddr* address, socklen_t size);

/// A socket that listens at "HOST:PORT", or is connected to it; -1 with errno, EINVAL for a port
/// that is missing or invalid. Hosts are addresses, or names that need no server to look them up
/// ("localhost").
int listen_tcp(const std::string& address);
int connect_tcp(const std::string& address);
/// The port that a socket is bound to; 0 if there is none.
unsigned port_of(int fd);

}  // namespace plumb::rt
