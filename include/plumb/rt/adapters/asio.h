// SPDX-License-Identifier: Apache-2.0
// Coroutines of Boost.Asio in the dumps. Header-only; needs the headers of Boost in the program.
//
//   using namespace plumb::rt::asio;
//   spawn(executor, serve(std::move(socket)), boost::asio::detached);
//   co_await tracked(socket.async_read_some(buffer, boost::asio::use_awaitable), &socket);
//   co_await tracked(handle_request());          // A caller: its line is shown as well.
//
// spawn() is boost::asio::co_spawn() for a coroutine that is shown; what it awaits by tracked() is
// what dumps know of it. A wait that is not tracked is shown as running.
//
// boost::asio::awaitable chooses its promise type, which nobody can extend; so each tracked() is a
// coroutine around what it is given, and costs what a coroutine of Asio costs. Both sides of
// operators && and || run beside their caller: what they track is not shown.

#pragma once

#include <plumb/rt/register.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <type_traits>
#include <utility>

namespace plumb::rt::asio {

namespace detail {

// Arguments are destroyed from the last to the first: the coroutine before its task.
template <typename T, typename Executor>
boost::asio::awaitable<T, Executor> run_task(registered_task shown,
                                             boost::asio::awaitable<T, Executor> body) {
  shown.start();
  co_return co_await std::move(body);
}

/// Its task goes on when it ends, by an exception as well.
class Wait {
 public:
  Wait(task_ref task, const wait_info& why, const void* place) : task_(task) {
    task_.suspend(why, place);
  }
  ~Wait() { task_.resume(); }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

 private:
  const task_ref task_;
};

template <typename T, typename Executor>
boost::asio::awaitable<T, Executor> wait(boost::asio::awaitable<T, Executor> body, wait_info why,
                                         const void* place) {
  const Wait here(task_ref::current(), why, place);
  co_return co_await std::move(body);
}

template <typename T, typename Executor>
boost::asio::awaitable<T, Executor> call(boost::asio::awaitable<T, Executor> body,
                                         const void* place) {
  const task_ref task = task_ref::current();
  struct Return {
    task_ref task;
    ~Return() { task.resume(); }
  } const at_end{task};
  task.suspend({}, place);
  task.start();
  co_return co_await std::move(body);
}

}  // namespace detail

/// An operation of Asio: while the coroutine waits for it, the dump says `reason`, where, and since
/// when.
template <typename T, typename Executor>
[[gnu::noinline]] boost::asio::awaitable<T, Executor> tracked(
    boost::asio::awaitable<T, Executor> operation, const void* object,
    WaitReason reason = WaitReason::IoWait) {
  return detail::wait(std::move(operation), {reason, object}, __builtin_return_address(0));
}

/// A call of another coroutine, which tracks what it waits for itself.
template <typename T, typename Executor>
[[gnu::noinline]] boost::asio::awaitable<T, Executor> tracked(
    boost::asio::awaitable<T, Executor> callee) {
  return detail::call(std::move(callee), __builtin_return_address(0));
}

/// co_spawn() of `body` as a task that is shown.
template <typename Executor, typename T, typename Of, typename Token>
[[gnu::always_inline]] inline auto spawn(const Executor& executor,
                                         boost::asio::awaitable<T, Of> body, Token&& token,
                                         registered_task::labels with = {}) {
  registered_task shown(origin_here(), with);
  return boost::asio::co_spawn(executor, detail::run_task(std::move(shown), std::move(body)),
                               std::forward<Token>(token));
}

}  // namespace plumb::rt::asio
