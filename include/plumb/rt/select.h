// SPDX-License-Identifier: Apache-2.0
// select: waits for the first of several channel operations.
//
//   using namespace plumb::rt;
//   select(on_recv(results, [](std::optional<int> result) { use(result); }),
//          on_send(log, "waiting", [] {}),
//          on_timeout(100ms, [] { give_up(); }));
//
// Of several that can happen at once one is taken at random. With on_default() it does not wait;
// without any case it waits for ever. select_set takes cases whose number is not known beforehand.

#pragma once

#include <plumb/rt/chan.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace plumb::rt {

/// Receives; the function gets the value, or nothing if the channel is closed and empty.
template <typename T>
class recv_case {
 public:
  template <typename Chan>
  explicit recv_case(const Chan& from) : core_(from.core()) {}

  void prepare(detail::CaseState& state) {
    state.chan = core_;
    state.end = detail::End::Receive;
    state.value = &slot_.value;
  }
  std::optional<T> finish(const detail::CaseState& state) {
    return state.has_value ? detail::take_slot(slot_) : std::optional<T>();
  }

 private:
  detail::ChanCore* core_;
  detail::Slot<T> slot_;
};

/// Sends a value, which it owns.
template <typename T>
class send_case {
 public:
  template <typename Chan>
  send_case(const Chan& to, T value) : core_(to.core()), value_(std::move(value)) {}

  void prepare(detail::CaseState& state) {
    state.chan = core_;
    state.end = detail::End::Send;
    state.value = &value_;
  }

 private:
  detail::ChanCore* core_;
  T value_;
};

namespace detail {

struct ChannelCase {};
struct TimeoutCase {};
struct DefaultCase {};

template <typename Chan, typename F>
struct OnRecv : ChannelCase {
  const Chan& from;
  F f;
  recv_case<typename Chan::value_type> work;
  OnRecv(const Chan& from_chan, F function)
      : from(from_chan), f(std::move(function)), work(from_chan) {}
  OnRecv(OnRecv&& other) noexcept : OnRecv(other.from, std::move(other.f)) {}
  void finish(const CaseState& state) { f(work.finish(state)); }
};

template <typename Chan, typename F>
struct OnSend : ChannelCase {
  send_case<typename Chan::value_type> work;
  F f;
  OnSend(const Chan& to, typename Chan::value_type value, F function)
      : work(to, std::move(value)), f(std::move(function)) {}
  void finish(const CaseState&) { f(); }
};

template <typename F>
struct OnTimeout : TimeoutCase {
  std::chrono::nanoseconds after;
  F f;
  OnTimeout(std::chrono::nanoseconds duration, F function)
      : after(duration), f(std::move(function)) {}
};

template <typename F>
struct OnDefault : DefaultCase {
  F f;
  explicit OnDefault(F function) : f(std::move(function)) {}
};

template <typename Case>
inline constexpr bool kIsChannel = std::is_base_of_v<ChannelCase, Case>;
template <typename Case>
inline constexpr bool kIsTimeout = std::is_base_of_v<TimeoutCase, Case>;
template <typename Case>
inline constexpr bool kIsDefault = std::is_base_of_v<DefaultCase, Case>;

}  // namespace detail

/// Receives from `from` (a chan or Receiver, which must outlive the select) and calls `f` with a
/// std::optional.
template <typename Chan, typename F>
auto on_recv(const Chan& from, F f) {
  return detail::OnRecv<Chan, F>(from, std::move(f));
}

/// Sends `value` to `to` (a chan or Sender, which must outlive the select) and calls `f`.
template <typename Chan, typename F>
auto on_send(const Chan& to, typename Chan::value_type value, F f) {
  return detail::OnSend<Chan, F>(to, std::move(value), std::move(f));
}

/// Calls `f` if nothing else has happened for `after`.
template <typename F>
auto on_timeout(std::chrono::nanoseconds after, F f) {
  return detail::OnTimeout<F>(after, std::move(f));
}

/// Calls `f` if nothing else can happen now.
template <typename F>
auto on_default(F f) {
  return detail::OnDefault<F>(std::move(f));
}

/// Does one of `cases` and calls its function.
template <typename... Cases>
void select(Cases... cases) {
  constexpr std::size_t kChannels = (std::size_t{detail::kIsChannel<Cases>} + ... + 0);
  constexpr bool kHasDefault = (detail::kIsDefault<Cases> || ...);
  static_assert((std::size_t{detail::kIsTimeout<Cases>} + ... + 0) <= 1, "one timeout at most");
  std::array<detail::CaseState, kChannels + 1> states;  // One more: none is no array.
  std::int64_t timeout_ns = -1;
  std::size_t index = 0;
  const auto prepare = [&](auto& one) {
    using Case = std::remove_reference_t<decltype(one)>;
    if constexpr (detail::kIsChannel<Case>) one.work.prepare(states[index++]);
    if constexpr (detail::kIsTimeout<Case>) {
      timeout_ns = one.after.count() > 0 ? static_cast<std::int64_t>(one.after.count()) : 0;
    }
  };
  (prepare(cases), ...);
  const int chosen = detail::select(states.data(), kChannels, kHasDefault, timeout_ns);
  index = 0;
  const auto finish = [&](auto& one) {
    using Case = std::remove_reference_t<decltype(one)>;
    if constexpr (detail::kIsChannel<Case>) {
      const std::size_t here = index++;
      if (chosen >= 0 && here == static_cast<std::size_t>(chosen)) one.finish(states[here]);
    } else if (chosen < 0 && (detail::kIsDefault<Case> || !kHasDefault)) {
      one.f();
    }
  };
  (finish(cases), ...);
}

/// Waits for ever.
[[noreturn]] inline void select() {
  detail::wait_for_ever(WaitReason::SelectNoCases);
}

/// A select over any number of cases. Good for one run(). Not thread-safe.
class select_set {
 public:
  template <typename Chan, typename F>
  select_set& add_recv(const Chan& from, F f) {
    return add(on_recv(from, std::move(f)));
  }
  template <typename Chan, typename F>
  select_set& add_send(const Chan& to, typename Chan::value_type value, F f) {
    return add(on_send(to, std::move(value), std::move(f)));
  }

  /// Does one of the cases, calls its function and returns its index, in order of addition.
  int run() { return finish(false, -1); }
  /// The same, but returns -1 if none can be done now.
  int try_run() { return finish(true, -1); }
  /// The same, but returns -1 if none can be done for `timeout`.
  int run_for(std::chrono::nanoseconds timeout) {
    return finish(false, timeout.count() > 0 ? static_cast<std::int64_t>(timeout.count()) : 0);
  }

 private:
  struct Erased {
    virtual ~Erased() = default;
    virtual void prepare(detail::CaseState& state) = 0;
    virtual void finish(const detail::CaseState& state) = 0;
  };
  template <typename Case>
  struct Holder final : Erased {
    Case one;
    explicit Holder(Case given) : one(std::move(given)) {}
    void prepare(detail::CaseState& state) override { one.work.prepare(state); }
    void finish(const detail::CaseState& state) override { one.finish(state); }
  };

  template <typename Case>
  select_set& add(Case one) {
    cases_.push_back(std::make_unique<Holder<Case>>(std::move(one)));
    return *this;
  }

  int finish(bool has_default, std::int64_t timeout_ns) {
    std::vector<detail::CaseState> states(cases_.size());
    for (std::size_t i = 0; i < states.size(); ++i) cases_[i]->prepare(states[i]);
    const int chosen = detail::select(states.data(), states.size(), has_default, timeout_ns);
    if (chosen >= 0) {
      const auto index = static_cast<std::size_t>(chosen);
      cases_[index]->finish(states[index]);
    }
    return chosen;
  }

  std::vector<std::unique_ptr<Erased>> cases_;
};

}  // namespace plumb::rt
