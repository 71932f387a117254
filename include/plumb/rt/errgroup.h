// SPDX-License-Identifier: Apache-2.0
// errgroup: tasks that work on one thing, as golang.org/x/sync/errgroup: the first that fails makes
// the context of all done.

#pragma once

#include <plumb/rt/context.h>
#include <plumb/rt/go.h>
#include <plumb/rt/sync.h>

#include <exception>
#include <memory>
#include <tuple>
#include <utility>

namespace plumb::rt {

/// A task fails by an exception. Wait for all of them before it is destroyed.
class errgroup {
 public:
  /// At most `limit` tasks at a time; 0: any number.
  explicit errgroup(const context& parent = {}, std::int64_t limit = 0)
      : limit_(limit > 0 ? std::make_unique<semaphore>(limit) : nullptr) {
    std::tie(context_, cancel_) = with_cancel(parent);
  }
  errgroup(const errgroup&) = delete;
  errgroup& operator=(const errgroup&) = delete;

  /// Done when the first task has failed, or wait() has returned.
  [[nodiscard]] const context& ctx() const { return context_; }

  /// Runs `f()` as a task; waits while there are too many.
  template <typename F>
  [[gnu::always_inline]] inline void go(F f) {
    if (limit_ != nullptr) limit_->acquire();
    group_.add();
    rt::go([this, f = std::move(f)]() mutable { run(f); });
  }

  /// Waits until all have ended. Throws what the first that failed has thrown.
  void wait() {
    group_.wait();
    cancel_();
    if (first_) std::rethrow_exception(first_);
  }

 private:
  template <typename F>
  void run(F& f) {
    try {
      f();
    } catch (...) {
      once_.call([&] { first_ = std::current_exception(); });
      cancel_();
    }
    if (limit_ != nullptr) limit_->release();
    group_.done();
  }

  context context_;
  cancel_func cancel_;
  std::unique_ptr<semaphore> limit_;
  wait_group group_;
  once once_;
  std::exception_ptr first_;
};

}  // namespace plumb::rt
