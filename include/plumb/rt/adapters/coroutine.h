// SPDX-License-Identifier: Apache-2.0
// C++20 coroutines in the dumps: where each waits, and through which callers.
//
// A promise type derives from tracked_promise and gives co_await and the start to it:
//
//   struct promise_type : plumb::rt::tracked_promise {
//     auto initial_suspend() { return start_lazily(); }
//     ...
//   };
//   // In the awaiter of the task type: who awaits a coroutine is its caller.
//   template <typename P>
//   auto await_suspend(std::coroutine_handle<P> caller) {
//     handle.promise().set_caller(caller.promise());
//     ...
//   }
//   // Where one is started that nobody awaits:
//   handle.promise().show_as_task(plumb::rt::origin_here());
//
// examples/coroutines.cc has a whole task type. An awaiter says what it waits for by a member
// function wait_info wait_reason() const; without one its waits are called "coroutine".
//
// A task is a stack of coroutines: those that run beside their caller (when_all) are tasks of their
// own, to be shown by show_as_task().

#pragma once

#include <plumb/rt/register.h>

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace plumb::rt {

namespace detail {

/// What co_await makes of an operand: its awaiter, or itself.
template <typename A>
decltype(auto) awaiter_of(A&& operand) {
  if constexpr (requires { std::forward<A>(operand).operator co_await(); }) {
    return std::forward<A>(operand).operator co_await();
  } else if constexpr (requires { operator co_await(std::forward<A>(operand)); }) {
    return operator co_await(std::forward<A>(operand));
  } else {
    return std::forward<A>(operand);
  }
}

template <typename Awaiter>
wait_info wait_of(const Awaiter& awaiter) {
  if constexpr (requires {
                  { awaiter.wait_reason() } -> std::convertible_to<wait_info>;
                }) {
    return awaiter.wait_reason();
  } else {
    return {};
  }
}

/// Tells of the wait, and else does what `Awaiter` does. A reference unless it is a temporary of
/// its own.
template <typename Awaiter>
class TrackedAwaiter {
 public:
  TrackedAwaiter(Awaiter&& awaiter, task_ref task)
      : awaiter_(std::forward<Awaiter>(awaiter)), task_(task) {}

  bool await_ready() { return awaiter_.await_ready(); }

  // Not inlined, nor called as the last thing of the coroutine: its return address is the place
  // there. Nothing of this object may be used after the call: somebody may have resumed the
  // coroutine, and it may be gone.
  template <typename Promise>
  [[gnu::noinline]] auto await_suspend(std::coroutine_handle<Promise> handle) {
    has_waited_ = true;
    task_.suspend(wait_of(awaiter_), __builtin_return_address(0));
    try {
      if constexpr (std::is_void_v<decltype(awaiter_.await_suspend(handle))>) {
        awaiter_.await_suspend(handle);
        bool is_suspended = true;
        asm volatile("" : "+r"(is_suspended));  // Has to be looked at.
        return is_suspended;
      } else {
        return awaiter_.await_suspend(handle);
      }
    } catch (...) {  // Then it goes on at once.
      task_.resume();
      throw;
    }
  }

  decltype(auto) await_resume() {
    if (has_waited_) task_.resume();
    return awaiter_.await_resume();
  }

 private:
  Awaiter awaiter_;
  const task_ref task_;
  bool has_waited_ = false;
};

}  // namespace detail

class tracked_promise {
 public:
  /// Wraps what is awaited.
  template <typename A>
  auto await_transform(A&& operand) {
    using Awaiter = decltype(detail::awaiter_of(std::forward<A>(operand)));
    return detail::TrackedAwaiter<Awaiter>(detail::awaiter_of(std::forward<A>(operand)), task_);
  }

  /// The coroutine waits to be started, and is then a part of its caller's task, or a task.
  auto start_lazily() {
    struct Start : std::suspend_always {
      const tracked_promise& promise;
      explicit Start(const tracked_promise& of) : promise(of) {}
      void await_resume() const noexcept { promise.task_.start(); }
    };
    return Start(*this);
  }

  /// To be called before it is started by a coroutine that waits for it.
  void set_caller(const tracked_promise& caller) { task_ = caller.task_; }
  template <typename Other>
  requires(!std::derived_from<Other, tracked_promise>) void set_caller(const Other&) {}

  /// Makes it a task until its frame is destroyed. To be called before it is started.
  void show_as_task(const task_origin& origin, registered_task::labels with = {}) {
    own_ = registered_task(origin, with);
    task_ = own_;
  }

 private:
  registered_task own_;
  task_ref task_;
};

}  // namespace plumb::rt
