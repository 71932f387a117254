// SPDX-License-Identifier: Apache-2.0
// A plain task type of C++20 coroutines, and how its tasks get into the dumps: the lines that
// mention plumb are all there is to it.
//
//   build/examples/coroutines 127.0.0.1:0 &      # prints its address; ends with its input
//   curl 'http://ADDRESS/debug/pprof/goroutine?debug=2'

#include <plumb/rt/adapters/coroutine.h>
#include <plumb/rt/debug.h>

#include <coroutine>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

// A task that begins when it is awaited, and then goes on with who awaits it.
class [[nodiscard]] Task {
 public:
  struct promise_type : plumb::rt::tracked_promise {
    std::coroutine_handle<> caller = std::noop_coroutine();

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    auto initial_suspend() { return start_lazily(); }
    auto final_suspend() noexcept {
      struct Return : std::suspend_always {
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
          return ended.promise().caller;
        }
      };
      return Return();
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Runs it as a task of its own, up to its first wait.
  [[gnu::noinline]] void start() {
    const auto origin = plumb::rt::origin_at(__builtin_return_address(0));
    handle_.promise().show_as_task(origin, {{"framework", "plain"}});
    handle_.resume();
  }

  [[nodiscard]] bool await_ready() const { return false; }
  template <typename Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) {
    handle_.promise().caller = caller;
    handle_.promise().set_caller(caller.promise());
    return handle_;
  }
  void await_resume() {}

 private:
  std::coroutine_handle<promise_type> handle_;
};

// Something to wait for: a door that lets all through when it opens.
class Door {
 public:
  auto pass() {
    struct Pass {
      Door& door;
      [[nodiscard]] bool await_ready() const { return door.is_open_; }
      void await_suspend(std::coroutine_handle<> handle) { door.waiting_.push_back(handle); }
      void await_resume() {}
      [[nodiscard]] plumb::rt::wait_info wait_reason() const {
        return {plumb::rt::WaitReason::CondWait, &door};
      }
    };
    return Pass{*this};
  }
  void open() {
    is_open_ = true;
    for (const auto handle : std::exchange(waiting_, {})) handle.resume();
  }

 private:
  bool is_open_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
};

static Task load(Door& door) {
  co_await door.pass();
}

static Task handle_request(Door& door, int& served) {
  co_await load(door);
  ++served;
}

int main(int argc, char** argv) {
  const auto server = plumb::rt::serve_debug(argc > 1 ? argv[1] : "localhost:6060");
  if (!server) {
    std::fprintf(stderr, "coroutines: %s\n", server.error().c_str());
    return 1;
  }
  Door door;
  int served = 0;
  std::vector<Task> requests;
  for (int i = 0; i < 5; ++i) {
    requests.push_back(handle_request(door, served));
    requests.back().start();
  }
  std::printf("[PPROF] http://%s/debug/pprof/\n", server.address().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  door.open();
  std::printf("%d requests served\n", served);
}
