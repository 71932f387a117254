// SPDX-License-Identifier: Apache-2.0
// Tasks of other frameworks, so that they appear in the profiles and dumps beside those of go().
//
//   class Fiber {
//     plumb::rt::registered_task shown_{plumb::rt::origin_here(), {{"framework", "mine"}}};
//   };
//   shown_.resume();                                    // It runs on this thread from here,
//   shown_.suspend({WaitReason::IoWait, &socket}, pc);  // and waits from here, at `pc`.
//
// adapters/coroutine.h, adapters/asio.h and adapters/thread.h do this for C++20 coroutines, Boost
// and threads. Threads of the process that tell nothing appear by themselves.
//
// A task is told of by one thread at a time, in the order of what happens to it: suspend() comes
// before the task is handed to whoever may resume it. That costs some nanoseconds, and no lock.

#pragma once

#include <plumb/rt/go.h>
#include <plumb/rt/wait_reason.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace plumb::rt {

/// Who started a task, and where.
struct task_origin {
  const void* created_by = nullptr;  ///< A return address; null: not known.
  task_id creator = 0;               ///< 0: not known.
};

/// The place of the call, and the task or registered task that makes it. For a function that starts
/// tasks and is always inlined, the place is where it is called.
task_origin origin_here();
/// The same for another place: a return address.
task_origin origin_at(const void* place);

struct wait_info {
  WaitReason reason = WaitReason::Coroutine;
  const void* object = nullptr;  ///< What it waits for.
};

namespace detail {
struct RegisteredTask;
}

/// Refers to a registered task, or to none; what is told of none is ignored. Valid as long as the
/// registered_task, as a pointer is.
class task_ref {
 public:
  task_ref() = default;
  explicit operator bool() const { return task_ != nullptr; }
  [[nodiscard]] task_id id() const;

  /// It runs, on the calling thread, until suspend(). After a suspend() with a place, that place is
  /// left.
  void resume() const noexcept;
  /// It waits: at `place`, a return address, called from the places where it was suspended before
  /// and has not been resumed (of a coroutine: where its callers wait for it). The innermost 24 are
  /// shown.
  void suspend(const wait_info& why, const void* place) const noexcept;
  /// It waits, and the stack of the caller is its own and stays as it is: a fiber. Takes
  /// microseconds.
  void suspend_stack(const wait_info& why) const;
  /// It runs, on the calling thread, without leaving a place: a coroutine that is started by one
  /// that now waits for it, or the first time.
  void start() const noexcept;
  /// It waits no longer, and will be resumed.
  void ready() const noexcept;

  /// The one that runs on the calling thread.
  static task_ref current() noexcept;

  friend bool operator==(const task_ref&, const task_ref&) = default;

 protected:
  explicit task_ref(detail::RegisteredTask* task) : task_(task) {}

  detail::RegisteredTask* task_ = nullptr;
};

/// Registers a task; it is shown from the construction to the destruction. Counted by task_count().
class registered_task : public task_ref {
 public:
  using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// None.
  registered_task() = default;
  explicit registered_task(const task_origin& origin, labels with = {});
  registered_task(registered_task&& other) noexcept
      : task_ref(std::exchange(other.task_, nullptr)) {}
  registered_task& operator=(registered_task&& other) noexcept {
    std::swap(task_, other.task_);
    return *this;
  }
  registered_task(const registered_task&) = delete;
  registered_task& operator=(const registered_task&) = delete;
  ~registered_task();
};

/// While it exists, the calling thread is a task whose origin is known; see adapters/thread.h. A
/// thread that uses the runtime becomes a task without that, but nobody knows who made it.
class registered_thread {
 public:
  explicit registered_thread(const task_origin& origin, registered_task::labels with = {});
  ~registered_thread();
  registered_thread(const registered_thread&) = delete;
  registered_thread& operator=(const registered_thread&) = delete;

 private:
  const void* previous_labels_ = nullptr;
};

/// While it exists, the calling thread, which is no task of go(), waits: for what the runtime knows
/// nothing of.
///
///   const plumb::rt::waiting here({plumb::rt::WaitReason::CondWait, &changed});
///   changed.wait(lock);
class waiting {
 public:
  [[gnu::always_inline]] explicit waiting(const wait_info& why) { begin(why); }
  ~waiting();
  waiting(const waiting&) = delete;
  waiting& operator=(const waiting&) = delete;

 private:
  void begin(const wait_info& why);
};

}  // namespace plumb::rt
