// SPDX-License-Identifier: Apache-2.0
// A server of Boost.Asio's coroutines that shows them in its dumps.
//
//   build/examples/asio_coroutines 127.0.0.1:0 &   # prints its addresses; ends with its input
//   curl 'http://ADDRESS/debug/pprof/goroutine?debug=2'

#include <plumb/rt/adapters/asio.h>
#include <plumb/rt/debug.h>

#include <array>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
using plumb::rt::asio::spawn;
using plumb::rt::asio::tracked;

static asio::awaitable<std::size_t> read_some(tcp::socket& socket, asio::mutable_buffer into) {
  co_return co_await tracked(socket.async_read_some(into, use_awaitable), &socket);
}

static asio::awaitable<void> echo(tcp::socket socket) {
  std::array<char, 1024> bytes{};
  try {
    for (;;) {
      const std::size_t count = co_await tracked(read_some(socket, asio::buffer(bytes)));
      const auto answer = asio::buffer(bytes, count);
      co_await tracked(asio::async_write(socket, answer, use_awaitable), &socket);
    }
  } catch (const boost::system::system_error&) {
    // The client has gone.
  }
}

static asio::awaitable<void> listen(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await tracked(acceptor.async_accept(use_awaitable), &acceptor);
    spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached,
          {{"framework", "asio"}});
  }
}

int main(int argc, char** argv) {
  const auto server = plumb::rt::serve_debug(argc > 1 ? argv[1] : "localhost:6060");
  if (!server) {
    std::fprintf(stderr, "asio_coroutines: %s\n", server.error().c_str());
    return 1;
  }
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  spawn(context.get_executor(), listen(acceptor), asio::detached, {{"framework", "asio"}});
  std::thread loop([&] { context.run(); });
  std::printf("[PPROF] http://%s/debug/pprof/\n", server.address().c_str());
  std::printf("[ECHO] 127.0.0.1:%u\n", unsigned{acceptor.local_endpoint().port()});
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  context.stop();
  loop.join();
}
