// SPDX-License-Identifier: Apache-2.0
// A TCP echo server: one task for each connection, written as if each had a thread of its own.
//
//   build/examples/echo_server [LISTEN [DEBUG]]      127.0.0.1:7007, localhost:6060
//   build/examples/echo_server --self-test 10000     makes so many connections to itself, and ends

#include <plumb/rt/debug.h>
#include <plumb/rt/go.h>
#include <plumb/rt/net.h>
#include <plumb/rt/sync.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

using namespace plumb;

static void serve(int fd) {
  char block[1024];  // On the stack of the task: it costs one page.
  for (ssize_t count = 0; (count = rt::read(fd, block, sizeof block)) > 0;) {
    if (rt::write(fd, block, static_cast<std::size_t>(count)) < 0) break;
  }
  close(fd);
}

static void accept_all(int listener) {
  for (;;) {
    const int fd = rt::accept(listener);
    if (fd < 0 && errno == EMFILE) {  // Until somebody hangs up.
      rt::sleep_for(std::chrono::milliseconds(10));
    } else if (fd < 0) {
      std::fprintf(stderr, "echo_server: accept: %s\n", std::strerror(errno));
      return;
    } else {
      rt::go([fd] { serve(fd); });
    }
  }
}

static bool talk(const std::string& address, rt::wait_group& connected, rt::wait_group& may_talk) {
  const int fd = rt::connect_tcp(address);
  connected.done();
  if (fd < 0) return false;
  may_talk.wait();  // All connections are open at once.
  char answer[5] = {};
  const bool is_echoed = rt::write(fd, "hello", 5) == 5 && rt::read(fd, answer, 5) == 5 &&
                         std::memcmp(answer, "hello", 5) == 0;
  close(fd);
  return is_echoed;
}

static int run_clients(const std::string& address, int count) {
  rt::wait_group connected(count);
  rt::wait_group may_talk(1);
  rt::wait_group all;
  std::atomic<int> echoed{0};
  for (int i = 0; i < count; ++i) {
    all.go([&] { echoed += talk(address, connected, may_talk) ? 1 : 0; });
    if (i % 100 == 99) rt::sleep_for(std::chrono::milliseconds(1));
  }
  connected.wait();
  may_talk.done();
  all.wait();
  std::printf("%d of %d connections echoed\n", echoed.load(), count);
  return echoed == count ? 0 : 1;
}

// Server and clients are two processes: each has as many open files as there are connections.
static int self_test(int count) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const int listener = rt::listen_tcp("127.0.0.1:0");
  const std::string address = "127.0.0.1:" + std::to_string(rt::port_of(listener));
  const pid_t child = fork();
  if (child == 0) return run_clients(address, count);
  rt::go([listener] { accept_all(listener); });
  std::size_t most = 0;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    most = std::max(most, rt::task_count());
    rt::sleep_for(std::chrono::milliseconds(5));
  }
  std::printf("%zu tasks at once in the server\n", most);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "--self-test") == 0) return self_test(std::stoi(argv[2]));
  const int listener = rt::listen_tcp(argc > 1 ? argv[1] : "127.0.0.1:7007");
  const auto server = rt::serve_debug(argc > 2 ? argv[2] : "localhost:6060");
  if (listener < 0 || !server) {
    std::fprintf(stderr, "echo_server: %s\n",
                 listener < 0 ? std::strerror(errno) : server.error().c_str());
    return 1;
  }
  std::printf("[PPROF] http://%s/debug/pprof/\n[ECHO] port %u\n", server.address().c_str(),
              rt::port_of(listener));
  std::fflush(stdout);
  accept_all(listener);
}
