// SPDX-License-Identifier: Apache-2.0
// context: tells tasks that what they work for is no longer wanted, as Go's package context.
//
//   auto [ctx, cancel] = plumb::rt::with_timeout(parent, 2s);
//   plumb::rt::go([ctx = ctx, results] {
//     select(on_send(results, compute(), [] {}), on_recv(ctx.done(), [](auto) {}));
//   });
//   cancel();

#pragma once

#include <plumb/rt/chan.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace plumb::rt {

/// Why a context is done.
enum class context_error : std::uint8_t {
  none,  ///< It is not.
  canceled,
  deadline_exceeded,
};

/// "context canceled", "context deadline exceeded"; empty for none.
std::string_view to_string(context_error error);

namespace detail {
struct ContextState;
}

/// Shared by reference; never changes but from "not done" to "done". Thread-safe.
class context {
 public:
  using clock = std::chrono::steady_clock;

  /// The background context: never done, without values.
  context() = default;

  /// Closed when the context is done; nil for one that never will be.
  [[nodiscard]] chan<unit> done() const;
  [[nodiscard]] context_error err() const;
  [[nodiscard]] std::optional<clock::time_point> deadline() const;

  /// The value that this context or the nearest of its parents has under `key`, which is an object
  /// of static lifetime; null if there is none. See with_value().
  template <typename T>
  [[nodiscard]] const T* value(const T& key) const {
    return static_cast<const T*>(find_value(&key));
  }

 private:
  friend class context_maker;
  explicit context(std::shared_ptr<detail::ContextState> state) : state_(std::move(state)) {}
  [[nodiscard]] const void* find_value(const void* key) const;

  std::shared_ptr<detail::ContextState> state_;  // Null: the background context.
};

/// Makes its context, and all made from it, done. May be called again, and from anywhere; copies do
/// the same. Not called when it is destroyed.
class cancel_func {
 public:
  cancel_func() = default;
  void operator()() const;

 private:
  friend class context_maker;
  std::shared_ptr<detail::ContextState> state_;
};

/// A context that is done when `parent` is, or when the function is called.
std::pair<context, cancel_func> with_cancel(const context& parent);
/// The same, and at `deadline`.
std::pair<context, cancel_func> with_deadline(const context& parent,
                                              context::clock::time_point deadline);
std::pair<context, cancel_func> with_timeout(const context& parent,
                                             std::chrono::nanoseconds timeout);

namespace detail {
context add_value(const context& parent, const void* key, std::shared_ptr<const void> value);
}

/// A context that has `value` under `key`: any object of static lifetime and of the value's type.
///
///   const std::string kUser;
///   const context ctx = with_value(parent, kUser, name);
///   const std::string* user = ctx.value(kUser);
template <typename T>
context with_value(const context& parent, const T& key, T value) {
  return detail::add_value(parent, &key, std::make_shared<const T>(std::move(value)));
}

/// Done when shutdown() is called. For tasks that would run for ever.
context shutdown_context();

}  // namespace plumb::rt
