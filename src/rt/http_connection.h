// SPDX-License-Identifier: Apache-2.0
// HttpConnection: one client of the debug server.

#pragma once

#include <plumb/rt/debug.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rt/tls.h"

namespace plumb::rt::detail {

class HttpConnection : public debug_writer {
 public:
  /// Closes `fd` in the end. `tls`: what is said goes through it; may be null.
  explicit HttpConnection(int fd, std::unique_ptr<TlsSession> tls = nullptr)
      : fd_(fd), tls_(std::move(tls)) {}
  ~HttpConnection() override;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// The next request; nothing if there is none (an error was answered, then). Waits.
  std::optional<debug_request> read_request();
  /// Ends the answer to the request that was read last. False if the connection is used up.
  bool finish();

  void begin(int status, const std::vector<std::pair<std::string, std::string>>& headers) override;
  bool write(std::string_view part) override;
  bool is_gone() override;

 private:
  static constexpr std::size_t kMaxHeadBytes = std::size_t{16} << 10;
  static constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 20;
  /// Answers up to this size say how long they are; longer ones come in chunks, as in Go.
  static constexpr std::size_t kBufferBytes = 2048;

  bool receive_more();
  bool send_all(std::string_view bytes);
  void refuse(int status, std::string_view text);
  bool parse_head(std::string_view head, debug_request& request);
  bool read_body(debug_request& request);
  void send_head(bool is_chunked);

  [[nodiscard]] long receive(char* into, std::size_t size);
  [[nodiscard]] long send(const char* from, std::size_t size);

  const int fd_;
  std::unique_ptr<TlsSession> tls_;
  std::string input_;   // Received, not used.
  std::string head_;    // Of the answer.
  std::string buffer_;  // Of its body, until its length is known.
  bool is_head_request_ = false;
  bool is_old_ = false;  // HTTP/1.0
  bool closes_ = false;
  bool is_chunked_ = false;
  bool is_broken_ = false;
};

}  // namespace plumb::rt::detail
