// SPDX-License-Identifier: Apache-2.0
// The debug server, asked over the network.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;

/// A connection to `address` ("127.0.0.1:PORT").
class Client {
 public:
  explicit Client(const std::string& address) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    const timeval patience = {20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const std::string& text) const {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  /// Up to the end of the connection, or until it ends with `end`.
  [[nodiscard]] std::string read(const std::string& end = "") const {
    std::string text;
    char block[4096];
    while (end.empty() || !text.ends_with(end)) {
      const ssize_t count = recv(fd_, block, sizeof block, 0);
      if (count <= 0) break;
      text.append(block, static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int fd_;
};

std::string ask(const debug_server& server, const std::string& request) {
  const Client client(server.address());
  client.send(request);
  return client.read();
}

/// A server that stops with its test.
struct Server {
  explicit Server(const debug_options& with = {}) : running(serve_debug("127.0.0.1:0", with)) {
    EXPECT_TRUE(running) << running.error();
  }
  ~Server() { running.stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  debug_server running;
};

TEST(DebugServer, AnswersInTheFormOfGo) {
  const Server server;
  const std::string text = ask(
      server.running, "GET /debug/pprof/nosuch HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(
      text.starts_with("HTTP/1.1 404 Not Found\r\n"
                       "Content-Type: text/plain; charset=utf-8\r\n"
                       "X-Content-Type-Options: nosniff\r\n"
                       "X-Go-Pprof: 1\r\n"
                       "Date: "))
      << text;
  EXPECT_TRUE(text.ends_with("Content-Length: 16\r\n\r\nUnknown profile\n")) << text;
}

TEST(DebugServer, KeepsConnections) {
  const Server server;
  const Client client(server.running.address());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /debug/pprof/nosuch HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read("Unknown profile\n").starts_with("HTTP/1.1 404"));
  }
  client.send(
      "GET /debug/pprof/nosuch HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /debug/pprof/nosuch HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string both = client.read();
  EXPECT_NE(both.find("Unknown profile\nHTTP/1.1 404"), std::string::npos) << both;
}

TEST(DebugServer, HeadHasNoBody) {
  const Server server;
  const std::string text = ask(
      server.running, "HEAD /debug/pprof/nosuch HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(text.ends_with("Content-Length: 16\r\n\r\n")) << text;
}

TEST(DebugServer, LongAnswersComeInChunks) {
  const Server server;
  const auto gate = make_chan<unit>();
  with_labels({{"padding", std::string(3000, 'x')}}, [&] { go([gate] { gate.recv(); }); });
  const std::string chunked =
      ask(server.running,
          "GET /debug/pprof/goroutine?debug=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(chunked.find("Transfer-Encoding: chunked\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(chunked.ends_with("\r\n0\r\n\r\n"));
  const std::string old =
      ask(server.running, "GET /debug/pprof/goroutine?debug=2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.find("chunked"), std::string::npos);
  EXPECT_NE(old.find("\r\n\r\ngoroutine "), std::string::npos);
  gate.close();
}

TEST(DebugServer, RefusesWhatIsNoRequest) {
  const Server server;
  struct Row {
    std::string request;
    const char* status;
  };
  const Row rows[] = {
      {"nonsense\r\n\r\n", "HTTP/1.1 400"},
      {"GET nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"GET / HTTP/9.9\r\n\r\n", "HTTP/1.1 400"},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 400"},
      {"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400"},
      {"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "HTTP/1.1 413"},
      {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 501"},
      {"GET /" + std::string(20'000, 'x'), "HTTP/1.1 431"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.request.substr(0, 40));
    EXPECT_TRUE(ask(server.running, row.request).starts_with(row.status));
  }
}

TEST(DebugServer, AsksForTokenOrPassword) {
  debug_options with;
  with.token = "secret";
  with.basic_auth = "ann:hunter2";
  const Server server(with);
  struct Row {
    const char* name;
    const char* target;
    const char* header;
    const char* status;
  };
  constexpr Row kRows[] = {
      {"nothing", "/debug/vars", "X: y", "HTTP/1.1 401"},
      {"token", "/debug/vars", "Authorization: Bearer secret", "HTTP/1.1 200"},
      {"token in the query", "/debug/vars?token=secret", "X: y", "HTTP/1.1 200"},
      // "token:secret", as "http://token:secret@HOST" is sent.
      {"token as a password", "/debug/vars", "Authorization: Basic dG9rZW46c2VjcmV0",
       "HTTP/1.1 200"},
      {"wrong token as a password", "/debug/vars", "Authorization: Basic dG9rZW46c2VjcmVu",
       "HTTP/1.1 401"},
      {"wrong token", "/debug/vars?token=secres", "X: y", "HTTP/1.1 401"},
      {"longer token", "/debug/vars?token=secret1", "X: y", "HTTP/1.1 401"},
      {"password", "/debug/vars", "Authorization: Basic YW5uOmh1bnRlcjI=", "HTTP/1.1 200"},
      {"wrong password", "/debug/vars", "Authorization: Basic YW5uOmh1bnRlcjM=", "HTTP/1.1 401"},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const std::string text =
        ask(server.running, std::string("GET ") + row.target + " HTTP/1.1\r\n" + row.header +
                                "\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(text.starts_with(row.status)) << text;
  }
}

TEST(DebugServer, SaysWhyItDoesNotStart) {
  EXPECT_EQ(serve_debug("0.0.0.0:0").error(),
            "0.0.0.0:0: not a loopback address; set a token, basic_auth or allow_anyone");
  for (const std::string host : {"127.example.com", "127.0.0.1.example.com", "localhost.example",
                                 "128.0.0.1", "[::2]", ""}) {
    EXPECT_EQ(serve_debug(host + ":0").error(),
              host + ":0: not a loopback address; set a token, basic_auth or allow_anyone");
  }
  for (const std::string host : {"127.0.0.1", "127.1.2.3", "localhost"}) {
    debug_server running = serve_debug(host + ":0");
    EXPECT_TRUE(running) << running.error();
    running.stop();
  }
  EXPECT_EQ(serve_debug("localhost:").error(), "address localhost:: missing port");
  EXPECT_EQ(serve_debug("localhost").error(), "address localhost: missing port");
  EXPECT_EQ(serve_debug("").error(), "address : missing port");
  debug_options half;
  half.tls_key = "key.pem";
  EXPECT_EQ(serve_debug("localhost:0", half).error(), "tls_key needs tls_cert");
  EXPECT_EQ(serve_debug("localhost:99999").error(), "address localhost:99999: invalid port");
  EXPECT_EQ(serve_debug("localhost:-1").error(), "address localhost:-1: invalid port");
  const Server server;
  const debug_server second = serve_debug(server.running.address());
  EXPECT_FALSE(second);
  EXPECT_EQ(second.error(), "listen " + server.running.address() + ": Address already in use");
}

// Connections that say nothing, or that have got their answer, make room for others.
TEST(DebugServer, AnswersBesideManyIdleConnections) {
  const Server server;
  const std::string request = "GET /debug/pprof/nosuch HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 80; ++i) {
    idle.push_back(std::make_unique<Client>(server.running.address()));
    if (i % 2 == 0) continue;
    idle.back()->send(request);
    EXPECT_NE(idle.back()->read("Unknown profile\n"), "");
  }
  const auto start = std::chrono::steady_clock::now();
  const Client client(server.running.address());
  client.send(request);
  EXPECT_TRUE(client.read("Unknown profile\n").starts_with("HTTP/1.1 404"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(idle.front()->read(), "");  // The first one had to go.
  idle.back()->send(request);
  EXPECT_TRUE(idle.back()->read("Unknown profile\n").starts_with("HTTP/1.1 404"));
}

TEST(DebugServer, AnswersWhileEveryWorkerIsBusy) {
  const Server server;
  const std::size_t before = task_count();
  std::atomic<bool> is_done{false};
  for (int i = 0; i < 8; ++i) {
    go([&is_done] {
      while (!is_done) {
      }
    });
  }
  const std::string text =
      ask(server.running,
          "GET /debug/pprof/goroutine?debug=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(text.find("[running]:"), std::string::npos) << text;
  EXPECT_NE(text.find("[runnable]:"), std::string::npos) << text;
  is_done = true;
  while (task_count() > before) std::this_thread::yield();
}

}  // namespace
