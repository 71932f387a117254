// SPDX-License-Identifier: Apache-2.0
// serve() accepts connections and starts a thread for each; a thread reads a request, has it
// answered, and waits for the next. Stopping is one byte in a pipe that everybody polls and nobody
// reads.

#include "web/http_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/try.h"
#include "web/http_parser.h"
#include "web/socket.h"

namespace plumb::web {
namespace {

constexpr int kSendTimeoutMs = 30'000;

std::string head_of(const HttpResponse& response, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ' +
                     std::string(status_text(response.status)) + "\r\n";
  if (!response.content_type.empty()) head += "Content-Type: " + response.content_type + "\r\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  if (response.status != 304) {
    head += "Content-Length: " + std::to_string(response.content().size()) + "\r\n";
  }
  head += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  return head + "\r\n";
}

int status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::LimitExceeded:
      return 431;
    case ErrorCode::Usage:
      return error.message().starts_with("only HTTP") ? 505 : 501;
    default:
      return 400;
  }
}

// One connection, from its first request to its end.
class Connection {
 public:
  Connection(Descriptor socket, int stop, const HttpServerOptions& options,
             const HttpHandler& handler)
      : socket_(std::move(socket)), stop_(stop), options_(options), handler_(handler) {}

  void run() {
    while (answer_one()) {
    }
  }

 private:
  // False if that was the last.
  bool answer_one() {
    std::size_t head_end = 0;
    if (!read_head(head_end)) return false;
    auto head = parse_head(std::string_view(bytes_).substr(0, head_end));
    if (!head) {
      send(text_response(status_of(head.error()), head.error().message()), false, false);
      return false;
    }
    bytes_.erase(0, head_end);
    HttpRequest& request = head->request;
    request.peer_is_loopback = peer_is_loopback(socket_.get());
    if (!read_body(*head)) return false;
    const int socket = socket_.get();
    request.is_abandoned = [socket] { return is_hung_up(socket); };
    const HttpResponse response = handler_(request);
    return send(response, head->keep_alive, request.method == "HEAD") && head->keep_alive;
  }

  bool read_head(std::size_t& end) {
    Deadline deadline = in_milliseconds(options_.idle_timeout_ms);
    bool has_begun = false;
    while ((end = find_head_end(bytes_)) == std::string::npos || end > kMostHeadBytes) {
      if (bytes_.size() > kMostHeadBytes) {
        send(text_response(431, "the head of the request is too long"), false, false);
        return false;
      }
      if (!bytes_.empty() && !has_begun) {
        has_begun = true;
        deadline = in_milliseconds(options_.head_timeout_ms);
      }
      if (!read_more(deadline)) return false;
    }
    return true;
  }

  bool read_body(HttpHead& head) {
    const std::uint64_t limit = options_.body_limit ? options_.body_limit(head.request) : 0;
    if (head.content_length > limit) {
      send(text_response(413, "the body of the request is too large"), false, false);
      return false;
    }
    if (head.expects_continue && head.content_length > 0 &&
        !send_all(socket_.get(), "HTTP/1.1 100 Continue\r\n\r\n", in_milliseconds(1000))) {
      return false;
    }
    while (bytes_.size() < head.content_length) {
      if (!read_more(in_milliseconds(options_.head_timeout_ms))) return false;
    }
    const auto length = static_cast<std::size_t>(head.content_length);
    head.request.body = bytes_.substr(0, length);
    bytes_.erase(0, length);
    return true;
  }

  bool read_more(Deadline deadline) {
    return wait_readable(socket_.get(), stop_, deadline) == Wait::Ready &&
           receive(socket_.get(), bytes_);
  }

  bool send(const HttpResponse& response, bool keep_alive, bool only_head) {
    const Deadline deadline = in_milliseconds(kSendTimeoutMs);
    if (!send_all(socket_.get(), head_of(response, keep_alive), deadline)) return false;
    return only_head || response.status == 304 ||
           send_all(socket_.get(), response.content(), deadline);
  }

  Descriptor socket_;
  int stop_;
  const HttpServerOptions& options_;
  const HttpHandler& handler_;
  std::string bytes_;  // Received and not yet used.
};

}  // namespace

struct HttpServer::State {
  HttpServerOptions options;
  HttpHandler handler;
  std::vector<Descriptor> sockets;
  Descriptor stop_read;
  Descriptor stop_write;

  std::mutex mutex;
  std::condition_variable all_ended;
  std::size_t connections = 0;  // Guarded by mutex.

  void accept_on(int listener);
  void start(Descriptor socket);
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Result<HttpServer> HttpServer::listen(HttpServerOptions options, HttpHandler handler) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->handler = std::move(handler);
  TRY_ASSIGN(state->sockets, listen_on(state->options.host, state->options.port));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return Error(ErrorCode::Io, "no more files can be opened");
  }
  state->stop_read = Descriptor(ends[0]);
  state->stop_write = Descriptor(ends[1]);
  return HttpServer(std::move(state));
}

std::uint16_t HttpServer::port() const {
  return state_->options.port;
}

void HttpServer::stop() const {
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(state_->stop_write.get(), &byte, 1);
}

void HttpServer::serve() {
  std::vector<pollfd> watched = {{state_->stop_read.get(), POLLIN, 0}};
  for (const Descriptor& socket : state_->sockets) watched.push_back({socket.get(), POLLIN, 0});
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;  // A signal.
    if (watched[0].revents != 0) break;
    for (std::size_t i = 1; i < watched.size(); ++i) {
      if (watched[i].revents != 0) state_->accept_on(watched[i].fd);
    }
  }
  std::unique_lock lock(state_->mutex);
  state_->all_ended.wait(lock, [this] { return state_->connections == 0; });
}

void HttpServer::State::accept_on(int listener) {
  Descriptor socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (socket.get() < 0) return;
  {
    const std::lock_guard lock(mutex);
    if (connections == options.connections) return;  // Closes it.
    ++connections;
  }
  start(std::move(socket));
}

void HttpServer::State::start(Descriptor socket) {
  auto connection =
      std::make_unique<Connection>(std::move(socket), stop_read.get(), options, handler);
  std::thread([this, connection = std::move(connection)]() mutable {
    connection->run();
    connection.reset();
    const std::lock_guard lock(mutex);
    --connections;
    all_ended.notify_all();
  }).detach();
}

}  // namespace plumb::web
