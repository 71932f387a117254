// SPDX-License-Identifier: Apache-2.0
#include <plumb/rt/context.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "rt/after.h"
#include "rt/shutdown_context.h"

namespace plumb::rt {
namespace detail {

// A child is kept by those who use it; its parent only knows where it is. A child keeps its parent.
struct ContextState {
  std::shared_ptr<ContextState> parent;
  chan<unit> done;  // Its own, or that of the nearest parent that can be done.
  bool is_cancelable = false;
  std::optional<context::clock::time_point> deadline;
  const void* key = nullptr;
  std::shared_ptr<const void> value;

  std::mutex mutex;  // Guards what follows. Never held while a parent's or child's is taken.
  context_error error = context_error::none;
  std::vector<std::weak_ptr<ContextState>> children;
  std::shared_ptr<After> timer;
};

namespace {

void cancel(ContextState& state, context_error error) {
  std::vector<std::weak_ptr<ContextState>> children;
  std::shared_ptr<After> timer;
  {
    const std::scoped_lock lock(state.mutex);
    if (state.error != context_error::none) return;
    state.error = error;
    children.swap(state.children);
    timer.swap(state.timer);
  }
  state.done.close();
  if (timer != nullptr) timer->stop();
  for (const auto& weak : children) {
    if (const auto child = weak.lock()) cancel(*child, error);
  }
}

// The nearest of `state` and its parents that can be done by itself.
ContextState* nearest_cancelable(ContextState* state) {
  while (state != nullptr && !state->is_cancelable) state = state->parent.get();
  return state;
}

// Adds a child, or makes it done if the parent is already.
void attach(ContextState& parent, const std::shared_ptr<ContextState>& child) {
  context_error error = context_error::none;
  {
    const std::scoped_lock lock(parent.mutex);
    error = parent.error;
    if (error == context_error::none) {
      constexpr std::size_t kSweepAt = 64;  // Forget those that are gone, now and then.
      if (parent.children.size() >= kSweepAt && parent.children.size() % kSweepAt == 0) {
        std::erase_if(parent.children, [](const auto& weak) { return weak.expired(); });
      }
      parent.children.push_back(child);
    }
  }
  if (error != context_error::none) cancel(*child, error);
}

}  // namespace
}  // namespace detail

using detail::ContextState;

/// Makes contexts; their only friend.
class context_maker {
 public:
  static std::pair<context, cancel_func> make(const context& parent) {
    auto state = std::make_shared<ContextState>();
    state->parent = parent.state_;
    state->is_cancelable = true;
    state->done = make_chan<unit>();
    state->deadline = parent.deadline();
    std::pair<context, cancel_func> made{context(state), cancel_func()};
    made.second.state_ = state;
    ContextState* const above = detail::nearest_cancelable(parent.state_.get());
    if (above != nullptr) detail::attach(*above, state);
    return made;
  }

  static void set_deadline(const context& made, context::clock::time_point deadline) {
    const std::shared_ptr<ContextState>& state = made.state_;
    state->deadline = deadline;
    const auto left = deadline - context::clock::now();
    if (left <= left.zero()) return detail::cancel(*state, context_error::deadline_exceeded);
    auto timer = detail::After::start(left, [weak = std::weak_ptr(state)] {
      if (const auto alive = weak.lock()) {
        detail::cancel(*alive, context_error::deadline_exceeded);
      }
    });
    {
      const std::scoped_lock lock(state->mutex);
      if (state->error == context_error::none) state->timer.swap(timer);
    }
    if (timer != nullptr) timer->stop();
  }

  static context with_value(const context& parent, const void* key,
                            std::shared_ptr<const void> value) {
    auto state = std::make_shared<ContextState>();
    state->parent = parent.state_;
    state->done = parent.done();
    state->deadline = parent.deadline();
    state->key = key;
    state->value = std::move(value);
    return context(std::move(state));
  }
};

std::string_view to_string(context_error error) {
  switch (error) {
    case context_error::none:
      return "";
    case context_error::canceled:
      return "context canceled";
    case context_error::deadline_exceeded:
      return "context deadline exceeded";
  }
  return "";
}

chan<unit> context::done() const {
  return state_ != nullptr ? state_->done : chan<unit>();
}

context_error context::err() const {
  ContextState* const state = detail::nearest_cancelable(state_.get());
  if (state == nullptr) return context_error::none;
  const std::scoped_lock lock(state->mutex);
  return state->error;
}

std::optional<context::clock::time_point> context::deadline() const {
  return state_ != nullptr ? state_->deadline : std::nullopt;
}

const void* context::find_value(const void* key) const {
  for (const ContextState* state = state_.get(); state != nullptr; state = state->parent.get()) {
    if (state->key == key) return state->value.get();
  }
  return nullptr;
}

void cancel_func::operator()() const {
  if (state_ != nullptr) detail::cancel(*state_, context_error::canceled);
}

std::pair<context, cancel_func> with_cancel(const context& parent) {
  return context_maker::make(parent);
}

std::pair<context, cancel_func> with_deadline(const context& parent,
                                              context::clock::time_point deadline) {
  auto made = context_maker::make(parent);
  const auto inherited = parent.deadline();
  if (!inherited || *inherited > deadline) context_maker::set_deadline(made.first, deadline);
  return made;
}

std::pair<context, cancel_func> with_timeout(const context& parent,
                                             std::chrono::nanoseconds timeout) {
  return with_deadline(parent, context::clock::now() + timeout);
}

context detail::add_value(const context& parent, const void* key,
                          std::shared_ptr<const void> value) {
  return context_maker::with_value(parent, key, std::move(value));
}

namespace {

const std::pair<context, cancel_func>& shutdown_pair() {
  static const auto* const pair = new std::pair<context, cancel_func>(with_cancel(context()));
  return *pair;
}

}  // namespace

context shutdown_context() {
  return shutdown_pair().first;
}

void detail::cancel_shutdown_context() {
  shutdown_pair().second();
}

}  // namespace plumb::rt
