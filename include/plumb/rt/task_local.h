// SPDX-License-Identifier: Apache-2.0
// task_local<T>: a variable of which each task has its own, as each thread has of a thread_local.

#pragma once

#include <memory>

namespace plumb::rt {

namespace detail {
/// The place for the current task's value under `key`; null until it has one.
void*& local_value(const void* key, void (*destroy)(void*));
}  // namespace detail

/// Declare it at namespace scope: its address names it, and it must outlive the tasks that use it.
///
///   plumb::rt::task_local<Request> request;
///   request->id = 7;
///
/// The value is made by T's default constructor when a task first asks, and destroyed when the task
/// ends. New tasks begin with values of their own: nothing is inherited.
template <typename T>
class task_local {
 public:
  task_local() = default;
  task_local(const task_local&) = delete;
  task_local& operator=(const task_local&) = delete;

  T& operator*() const {
    constexpr auto kDestroy = [](void* value) { delete static_cast<T*>(value); };
    void*& value = detail::local_value(this, kDestroy);
    if (value == nullptr) value = new T();
    return *static_cast<T*>(value);
  }
  T* operator->() const { return &**this; }
};

}  // namespace plumb::rt
