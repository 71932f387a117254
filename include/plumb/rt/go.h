// SPDX-License-Identifier: Apache-2.0
// Tasks: go(f) runs f on a stack of its own, as Go's go statement does.
//
//   plumb::rt::go([] { handle_requests(); });
//   plumb::rt::with_labels({{"tenant", "acme"}}, [] { plumb::rt::go(work); });
//   plumb::rt::sleep_for(20ms);
//
// A few threads (workers) run any number of tasks; a task gives its worker back whenever it waits
// for something of this library. It stays on the worker that first ran it, so that thread_local
// variables and errno keep their meaning; only tasks that have not started move to idle workers.
// Code that blocks the thread belongs into blocking(f). Threads of the program (main() too) may
// use everything here as well: they block where a task would give way.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace plumb::rt {

/// Numbers tasks in the order of their creation; never reused. 0: none.
using task_id = std::uint64_t;

struct options {
  /// Threads that run tasks; 0: one for each processor that the process may use. At most 64.
  unsigned workers = 0;
  /// Reserved for the stack of each task, rounded up to a power of two of at least 16 KiB. Only
  /// what a task touches takes memory.
  std::size_t stack_bytes = std::size_t{256} << 10;
};

/// Starts the workers. Called by the first go() with the defaults; a later call has no effect.
/// Returns false in that case.
bool start(const options& with = {});

/// Ends the workers when no task is left, but waits no longer than `grace`. Cancels
/// shutdown_context() first, so that tasks which watch it end. go() panics afterwards; the threads
/// of the program may go on to use all else: a thread of the library serves their timeouts then.
/// Returns the number of tasks that are left; the workers go on if there are any.
std::size_t shutdown(std::chrono::nanoseconds grace);

/// The number of tasks, as runtime.NumGoroutine() counts goroutines: those of go() that have not
/// ended, the threads of the program that use the runtime, the calling one among them, and what is
/// registered (register.h).
std::size_t task_count();

/// The id of the task that calls.
task_id current_id();

/// Lets other tasks of the worker run.
void yield();

void sleep_for(std::chrono::nanoseconds duration);

namespace detail {

struct Task;
inline constexpr std::size_t kMaxInlineClosureBytes = 2048;

/// A task that does not run yet, with room for what it will run.
struct NewTask {
  Task* task = nullptr;
  void* closure = nullptr;
};
NewTask make_task(std::size_t closure_bytes, void (*body)(void*));
task_id start_task(NewTask fresh);
void abandon_task(NewTask fresh) noexcept;

template <typename F>
void run_closure(void* closure) {
  F& f = *std::launder(static_cast<F*>(closure));
  struct Destroy {
    F& f;
    ~Destroy() { f.~F(); }
  } const destroy{f};
  std::move(f)();
}

template <typename F>
struct OnHeap {
  std::unique_ptr<F> f;
  void operator()() { std::move (*f)(); }
};

/// Calls with a promise that `f` has finished when it returns.
void call_blocking(void (*call)(void*), void* argument);

struct LabelSet;
const LabelSet* push_labels(std::initializer_list<std::pair<std::string_view, std::string_view>>);
void pop_labels(const LabelSet* previous) noexcept;

}  // namespace detail

/// Runs `f()` as a new task and returns at once. The task inherits the labels of the caller.
/// An exception that leaves `f` ends the process; the report on standard error names the task.
template <typename F>
[[gnu::always_inline]] inline task_id go(F&& f) {
  using Given = std::decay_t<F>;
  // NOLINTNEXTLINE(misc-redundant-expression): takes the one for the other
  if constexpr (sizeof(Given) <= detail::kMaxInlineClosureBytes && alignof(Given) <= 64) {
    const detail::NewTask fresh = detail::make_task(sizeof(Given), detail::run_closure<Given>);
    if constexpr (std::is_nothrow_constructible_v<Given, F&&>) {
      ::new (fresh.closure) Given(std::forward<F>(f));
    } else {
      try {
        ::new (fresh.closure) Given(std::forward<F>(f));
      } catch (...) {
        detail::abandon_task(fresh);
        throw;
      }
    }
    return detail::start_task(fresh);
  } else {
    using Held = detail::OnHeap<Given>;
    const detail::NewTask fresh = detail::make_task(sizeof(Held), detail::run_closure<Held>);
    try {
      ::new (fresh.closure) Held{std::make_unique<Given>(std::forward<F>(f))};
    } catch (...) {
      detail::abandon_task(fresh);
      throw;
    }
    return detail::start_task(fresh);
  }
}

/// Runs `f()` on a thread that may block, while the calling task waits (state "syscall") and its
/// worker runs other tasks. `f` sees the thread_local variables of that thread. Returns what `f`
/// returns, throws what it throws.
template <typename F>
auto blocking(F&& f) -> std::invoke_result_t<F&> {
  using Value = std::invoke_result_t<F&>;
  struct Call {
    F& f;
    std::exception_ptr thrown = nullptr;
    std::conditional_t<std::is_void_v<Value>, bool, std::optional<Value>> value = {};
  } call{f};
  detail::call_blocking(
      [](void* argument) {
        Call& c = *static_cast<Call*>(argument);
        try {
          if constexpr (std::is_void_v<Value>) {
            c.f();
          } else {
            c.value.emplace(c.f());
          }
        } catch (...) {
          c.thrown = std::current_exception();
        }
      },
      &call);
  if (call.thrown) std::rethrow_exception(call.thrown);
  if constexpr (std::is_void_v<Value>) {
    return;
  } else {
    return std::move(*call.value);
  }
}

/// Runs `f()` with `labels` added to those of the task. They appear in profiles and dumps.
template <typename F>
void with_labels(std::initializer_list<std::pair<std::string_view, std::string_view>> labels,
                 F&& f) {
  struct Restore {
    const detail::LabelSet* previous;
    ~Restore() { detail::pop_labels(previous); }
  } const restore{detail::push_labels(labels)};
  std::forward<F>(f)();
}

}  // namespace plumb::rt
