// SPDX-License-Identifier: Apache-2.0
// The server over real sockets of this machine.

#include "web/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "web/socket.h"

namespace plumb::web {
namespace {

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

  [[nodiscard]] bool is_connected() const { return is_connected_; }

  void send(std::string_view text) const {
    EXPECT_TRUE(send_all(socket_.get(), text, in_milliseconds(5000)));
  }

  // Everything up to the end of the connection.
  [[nodiscard]] std::string receive_all() const {
    std::string bytes;
    while (receive(socket_.get(), bytes)) {
    }
    return bytes;
  }

  // Up to the end of a body that ends with "!".
  [[nodiscard]] std::string receive_answer() const {
    std::string bytes;
    while (!bytes.ends_with('!') && receive(socket_.get(), bytes)) {
    }
    return bytes;
  }

 private:
  Descriptor socket_;
  bool is_connected_ = false;
};

class HttpServerTest : public testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    options.host = "127.0.0.1";
    if (!options.body_limit) options.body_limit = [](const HttpRequest&) { return 10; };
    auto server = HttpServer::listen(std::move(options), [this](const HttpRequest& request) {
      ++requests_;
      return HttpResponse{.content_type = "text/plain",
                          .body = request.method + ' ' + request.path + ' ' + request.body + '!'};
    });
    ASSERT_TRUE(server);
    server_ = std::make_unique<HttpServer>(*std::move(server));
    thread_ = std::thread([this] { server_->serve(); });
  }

  void TearDown() override {
    if (server_) server_->stop();
    if (thread_.joinable()) thread_.join();
  }

  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  std::atomic<int> requests_ = 0;
};

TEST_F(HttpServerTest, AnswersSeveralRequestsOfOneConnection) {
  start();
  const Client client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.receive_answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /a !")) << answer;
  }
  EXPECT_EQ(requests_, 3);
}

TEST_F(HttpServerTest, TakesRequestsInPiecesAndTwoAtOnce) {
  start();
  const Client client(server_->port());
  constexpr std::string_view kFirst = "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab";
  for (const char c : kFirst) {
    client.send(std::string_view(&c, 1));
  }
  client.send("cGET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answers = client.receive_all();
  EXPECT_NE(answers.find("POST /b abc!"), std::string::npos) << answers;
  EXPECT_TRUE(answers.ends_with("GET /c !")) << answers;
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  start();
  const Client client(server_->port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_NE(answer.find("Content-Length: 9\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

struct Refused {
  const char* name;
  std::string request;
  const char* status;
};

TEST_F(HttpServerTest, RefusesWithoutAskingTheHandler) {
  start();
  const std::vector<Refused> rows = {
      {"large body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", "413"},
      {"no HTTP", "hello\r\n\r\n", "400"},
      {"chunks", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "501"},
      {"long head", "GET /" + std::string(70'000, 'a'), "431"},
      {"version", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", "505"},
  };
  for (const Refused& row : rows) {
    const Client client(server_->port());
    client.send(row.request);
    EXPECT_EQ(client.receive_all().substr(0, 12), std::string("HTTP/1.1 ") + row.status)
        << row.name;
  }
  EXPECT_EQ(requests_, 0);
}

TEST_F(HttpServerTest, ClosesConnectionsThatSayNothing) {
  HttpServerOptions options;
  options.head_timeout_ms = 50;
  options.idle_timeout_ms = 50;
  start(std::move(options));
  const Client silent(server_->port());
  EXPECT_EQ(silent.receive_all(), "");
  const Client slow(server_->port());
  slow.send("GET / HT");
  EXPECT_EQ(slow.receive_all(), "");
}

TEST_F(HttpServerTest, TurnsAwayMoreConnectionsThanItHolds) {
  HttpServerOptions options;
  options.connections = 1;
  start(std::move(options));
  const Client first(server_->port());
  first.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(first.receive_answer(), "");
  const Client second(server_->port());
  EXPECT_EQ(second.receive_all(), "");
}

TEST_F(HttpServerTest, StopsWhileConnectionsAreOpen) {
  start();
  const Client client(server_->port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.receive_answer(), "");
  server_->stop();
  thread_.join();
  EXPECT_EQ(client.receive_all(), "");
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  start();
  HttpServerOptions options;
  options.host = "127.0.0.1";
  options.port = server_->port();
  const auto second = HttpServer::listen(std::move(options), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(
      second.error().message(),
      "cannot listen on 127.0.0.1:" + std::to_string(server_->port()) + ": address already in use");
  HttpServerOptions unknown;
  unknown.host = "no.such.host.invalid";
  EXPECT_FALSE(HttpServer::listen(std::move(unknown), {}));
}

}  // namespace
}  // namespace plumb::web
