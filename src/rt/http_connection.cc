// SPDX-License-Identifier: Apache-2.0
// Source: RFC 9112.
#include "rt/http_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>

#include "base/strings.h"

namespace plumb::rt::detail {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Request Entity Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    default:
      return "Internal Server Error";
  }
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace

HttpConnection::~HttpConnection() {
  tls_.reset();  // Says goodbye.
  close(fd_);
}

long HttpConnection::receive(char* into, std::size_t size) {
  return tls_ != nullptr ? tls_->read(into, size) : recv(fd_, into, size, 0);
}

long HttpConnection::send(const char* from, std::size_t size) {
  return tls_ != nullptr ? tls_->write(from, size) : ::send(fd_, from, size, MSG_NOSIGNAL);
}

bool HttpConnection::receive_more() {
  std::array<char, 4096> block{};
  long count = 0;
  do {
    errno = 0;
    count = receive(block.data(), block.size());
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  input_.append(block.data(), static_cast<std::size_t>(count));
  return true;
}

bool HttpConnection::send_all(std::string_view bytes) {
  while (!bytes.empty() && !is_broken_) {
    errno = 0;
    const long count = send(bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      is_broken_ = true;
    } else {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  return !is_broken_;
}

void HttpConnection::refuse(int status, std::string_view text) {
  closes_ = true;
  begin(status, {{"Content-Type", "text/plain; charset=utf-8"}});
  write(text);
  finish();
}

std::optional<debug_request> HttpConnection::read_request() {
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (input_.size() > kMaxHeadBytes) {
      refuse(431, "431 Request Header Fields Too Large");
      return std::nullopt;
    }
    if (!receive_more()) return std::nullopt;
  }
  debug_request request;
  const std::string head = input_.substr(0, end);
  input_.erase(0, end + 4);
  if (!parse_head(head, request)) {
    refuse(400, "400 Bad Request");
    return std::nullopt;
  }
  if (!read_body(request)) return std::nullopt;
  return request;
}

bool HttpConnection::parse_head(std::string_view head, debug_request& request) {
  std::string_view line = head.substr(0, head.find("\r\n"));
  head.remove_prefix(std::min(head.size(), line.size() + 2));
  request.method = take_until(line, ' ');
  std::string_view target = take_until(line, ' ');
  const bool is_known = line == "HTTP/1.1" || line == "HTTP/1.0";
  if (!is_known || request.method.empty() || !target.starts_with('/')) return false;
  is_old_ = line == "HTTP/1.0";
  closes_ = is_old_;
  is_head_request_ = request.method == "HEAD";
  request.path = take_until(target, '?');
  request.query = target;
  while (!head.empty()) {
    std::string_view field = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), field.size() + 2));
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string name = to_lower(field.substr(0, colon));
    const std::string value(trim(field.substr(colon + 1)));
    if (name == "connection" && to_lower(value) == "close") closes_ = true;
    request.headers.emplace_back(name, value);
  }
  return true;
}

bool HttpConnection::read_body(debug_request& request) {
  std::size_t size = 0;
  for (const auto& [name, value] : request.headers) {
    if (name == "transfer-encoding") {
      refuse(501, "501 Not Implemented");
      return false;
    }
    if (name != "content-length") continue;
    const auto number = parse_int<std::uint64_t>(value);
    if (!number || *number > kMaxBodyBytes) {
      refuse(number ? 413 : 400, number ? "413 Request Entity Too Large" : "400 Bad Request");
      return false;
    }
    size = static_cast<std::size_t>(*number);
  }
  while (input_.size() < size) {
    if (!receive_more()) return false;
  }
  request.body = input_.substr(0, size);
  input_.erase(0, size);
  return true;
}

void HttpConnection::begin(int status,
                           const std::vector<std::pair<std::string, std::string>>& headers) {
  buffer_.clear();
  is_chunked_ = false;
  head_ = "HTTP/1.1 " + std::to_string(status) + ' ';
  head_ += reason_of(status);
  head_ += "\r\n";
  std::vector<std::pair<std::string, std::string>> sorted = headers;
  std::ranges::stable_sort(sorted, {}, &std::pair<std::string, std::string>::first);
  for (const auto& [name, value] : sorted) head_ += name + ": " + value + "\r\n";
  head_ += "Date: " + http_date() + "\r\n";
  if (closes_) head_ += "Connection: close\r\n";
}

void HttpConnection::send_head(bool is_chunked) {
  is_chunked_ = is_chunked && !is_old_;
  if (is_chunked_) {
    head_ += "Transfer-Encoding: chunked\r\n\r\n";
  } else if (!is_chunked) {
    head_ += "Content-Length: " + std::to_string(buffer_.size()) + "\r\n\r\n";
  } else {
    head_ += "\r\n";
  }
  send_all(head_);
  head_.clear();
}

bool HttpConnection::write(std::string_view part) {
  if (is_broken_) return false;
  if (!head_.empty()) {
    buffer_ += part;
    if (buffer_.size() <= kBufferBytes) return true;
    send_head(true);
    const std::string first = std::move(buffer_);
    buffer_.clear();
    return write(first);
  }
  if (is_head_request_ || part.empty()) return !is_head_request_;
  if (!is_chunked_) return send_all(part);
  return send_all(to_hex(part.size()) + "\r\n") && send_all(part) && send_all("\r\n");
}

bool HttpConnection::finish() {
  if (!head_.empty()) {
    send_head(false);
    if (!is_head_request_) send_all(buffer_);
  } else if (is_chunked_ && !is_head_request_) {
    send_all("0\r\n\r\n");
  }
  return !closes_ && !is_broken_;
}

bool HttpConnection::is_gone() {
  pollfd one = {fd_, POLLRDHUP, 0};
  return poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace plumb::rt::detail
