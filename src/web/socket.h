// SPDX-License-Identifier: Apache-2.0
// Sockets as the server needs them: owned descriptors, deadlines, whole writes.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb::web {

using Deadline = std::chrono::steady_clock::time_point;

inline Deadline in_milliseconds(int count) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(count);
}

/// A descriptor that is closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] int get() const { return number_; }
  int release();

 private:
  int number_ = -1;
};

/// Listening sockets on every address that `host` has ("localhost": 127.0.0.1 and ::1), all on one
/// port. `port` 0 asks for a free one, which it becomes.
///
/// Errors: Usage if there is no such host; Io.
Result<std::vector<Descriptor>> listen_on(const std::string& host, std::uint16_t& port);

enum class Wait : std::uint8_t { Ready, Timeout, Stopped };

/// Waits until `socket` can be read, or `stop` can be (a socket that is signalled), or until then.
Wait wait_readable(int socket, int stop, Deadline deadline);

/// Appends what there is to `bytes`. False at the end of the connection, or after an error.
bool receive(int socket, std::string& bytes);

/// Sends everything. False if the other side is gone or takes nothing until then.
bool send_all(int socket, std::string_view bytes, Deadline deadline);

/// True if the other side has closed the connection.
bool is_hung_up(int socket);

/// True if the other side is on this machine.
bool peer_is_loopback(int socket);

}  // namespace plumb::web
