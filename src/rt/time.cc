// SPDX-License-Identifier: Apache-2.0
#include <plumb/rt/panic.h>
#include <plumb/rt/time.h>

#include "rt/scheduler.h"
#include "rt/timers.h"

namespace plumb::rt {
namespace detail {

struct TickerState {
  chan<time_point> channel = make_chan<time_point>(1);
  Timer timer;
  Worker* worker = nullptr;

  void arm(std::chrono::nanoseconds duration) {
    timer.when_ns = now_ns() + duration.count();
    Worker* const own = Worker::current();
    worker = own != nullptr ? own : &Scheduler::get().any_worker();
    worker->arm(timer);
  }
  void send() const { channel.try_send(std::chrono::steady_clock::now()); }
};

}  // namespace detail

using detail::TickerState;

ticker::ticker(std::chrono::nanoseconds period) : state_(std::make_unique<TickerState>()) {
  if (period.count() <= 0) detail::panic("non-positive interval for ticker");
  state_->timer.period_ns = period.count();
  state_->timer.argument = state_.get();
  state_->timer.fire = [](void* argument) { static_cast<TickerState*>(argument)->send(); };
  state_->arm(period);
}

ticker::~ticker() {
  stop();
}

const chan<time_point>& ticker::channel() const {
  return state_->channel;
}

void ticker::stop() {
  if (state_->worker != nullptr) state_->worker->stop(state_->timer);
}

chan<time_point> after(std::chrono::nanoseconds duration) {
  auto state = std::make_unique<TickerState>();
  chan<time_point> channel = state->channel;
  state->timer.argument = state.get();
  state->timer.fire = [](void* argument) {
    const std::unique_ptr<TickerState> last(static_cast<TickerState*>(argument));
    last->send();
  };
  state.release()->arm(duration);
  return channel;
}

}  // namespace plumb::rt
