// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/go.h>
#include <plumb/rt/net.h>
#include <plumb/rt/sync.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "rt/snapshot.h"
#include "support/dice.h"
#include "support/settle.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

namespace rt = plumb::rt;
using namespace std::chrono_literals;

/// Echoes everything until its clients are gone.
class EchoServer {
 public:
  EchoServer() : listener_(rt::listen_tcp("127.0.0.1:0")) {
    EXPECT_GE(listener_, 0);
    group_.go([this] {
      for (int fd = 0; (fd = rt::accept(listener_)) >= 0;) {
        if (is_over_) {
          close(fd);
          break;
        }
        group_.go([fd] { serve(fd); });
      }
    });
  }
  ~EchoServer() {
    is_over_ = true;
    close(rt::connect_tcp(address()));
    group_.wait();
    close(listener_);
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(rt::port_of(listener_));
  }

 private:
  static void serve(int fd) {
    char block[4096];
    for (ssize_t count = 0; (count = rt::read(fd, block, sizeof block)) > 0;) {
      if (rt::write(fd, block, static_cast<std::size_t>(count)) < 0) break;
    }
    close(fd);
  }

  int listener_;
  std::atomic<bool> is_over_{false};
  rt::wait_group group_;
};

std::string read_exactly(int fd, std::size_t count) {
  std::string text(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = rt::read(fd, text.data() + done, count - done);
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

TEST(Net, EchoesForManyClientsAtOnce) {
  const int clients = static_cast<int>(plumb::test::fewer_if_slow(160));
  const EchoServer server;
  rt::wait_group group;
  std::atomic<int> served{0};
  for (int i = 0; i < clients; ++i) {
    group.go([&, i] {
      const int fd = rt::connect_tcp(server.address());
      ASSERT_GE(fd, 0);
      const std::string text(1000, static_cast<char>('a' + i % 26));
      for (int n = 0; n < 5; ++n) {
        EXPECT_EQ(rt::write(fd, text.data(), text.size()), 1000);
        EXPECT_EQ(read_exactly(fd, text.size()), text);
      }
      close(fd);
      ++served;
    });
  }
  group.wait();
  EXPECT_EQ(served, clients);
}

TEST(Net, WritesMoreThanTheKernelTakesAtOnce) {
  const EchoServer server;
  const int fd = rt::connect_tcp(server.address());
  ASSERT_GE(fd, 0);
  const std::string text(8 << 20, 'x');
  rt::wait_group group;
  group.go([&] { EXPECT_EQ(rt::write(fd, text.data(), text.size()), 8 << 20); });
  group.go([&] { EXPECT_EQ(read_exactly(fd, text.size()), text); });
  group.wait();
  close(fd);
}

TEST(Net, WaitsOnPipes) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const auto got = rt::make_chan<std::string>();
  rt::go([&] { got.send(read_exactly(ends[0], 5)); });
  plumb::test::settle();
  bool is_waiting = false;
  rt::detail::visit_tasks(rt::detail::WithStacks::No, [&](const rt::detail::TaskView& task) {
    is_waiting = is_waiting || task.reason == rt::WaitReason::IoWait;
  });
  EXPECT_TRUE(is_waiting);
  EXPECT_EQ(rt::write(ends[1], "hello", 5), 5);
  EXPECT_EQ(got.recv(), "hello");
  close(ends[0]);
  close(ends[1]);
}

TEST(Net, AThreadThatWaitsHasAStack) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  std::string got;
  std::thread reader([&] { got = read_exactly(ends[0], 5); });
  const auto is_shown = [] {
    bool has_any = false;
    rt::detail::visit_tasks(rt::detail::WithStacks::Yes, [&](const rt::detail::TaskView& task) {
      has_any = has_any || (task.kind == rt::detail::TaskKind::Thread &&
                            task.reason == rt::WaitReason::IoWait && !task.pcs.empty());
    });
    return has_any;
  };
  EXPECT_TRUE(plumb::test::eventually(is_shown));
  EXPECT_EQ(rt::write(ends[1], "hello", 5), 5);
  reader.join();
  EXPECT_EQ(got, "hello");
  close(ends[0]);
  close(ends[1]);
}

TEST(Net, AClosedPeerEndsTheWait) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const auto got = rt::make_chan<ssize_t>();
  rt::go([&] {
    char byte = 0;
    got.send(rt::read(ends[0], &byte, 1));
  });
  plumb::test::settle();
  close(ends[1]);
  EXPECT_EQ(got.recv(), 0);
  close(ends[0]);
}

TEST(Net, ReportsErrors) {
  EXPECT_EQ(rt::connect_tcp("127.0.0.1:1"), -1);
  EXPECT_EQ(errno, ECONNREFUSED);
  EXPECT_EQ(rt::listen_tcp("no port"), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(rt::listen_tcp("127.0.0.1:65536"), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(rt::connect_tcp("localhost:99999"), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(rt::read(-1, nullptr, 0), -1);
  EXPECT_EQ(errno, EBADF);
  const auto code = rt::make_chan<int>();
  rt::go([=] { code.send(rt::connect_tcp("127.0.0.1:1") == -1 ? errno : 0); });
  EXPECT_EQ(code.recv(), ECONNREFUSED);
}

}  // namespace
