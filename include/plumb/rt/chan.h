// SPDX-License-Identifier: Apache-2.0
// Channels, with the semantics of Go's.
//
//   auto results = plumb::rt::make_chan<int>();          // unbuffered
//   plumb::rt::go([=] { results.send(compute()); });     // waits for a receiver
//   std::optional<int> first = results.recv();           // nothing: closed and empty
//   for (int result : results) use(result);              // until it is closed
//
// A chan<T> is a reference: copies name the same channel. Sender<T> and Receiver<T> are references
// with one role each; because a role cannot be got back once its last reference is gone, a task
// that waits for it is known to be leaked at that moment (leak.h).

#pragma once

#include <plumb/rt/detail/chan_core.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace plumb::rt {

namespace detail {

template <typename T>
inline constexpr ElementOps kElementOps = {
    sizeof(T), alignof(T),
    [](void* to, void* from) { ::new (to) T(std::move(*static_cast<T*>(from))); },
    [](void* element) { static_cast<T*>(element)->~T(); }};

/// Room for a T that may or may not be there.
template <typename T>
union Slot {
  Slot() {}   // NOLINT(modernize-use-equals-default): would be deleted
  ~Slot() {}  // NOLINT(modernize-use-equals-default)
  T value;
};

template <typename T>
std::optional<T> take_slot(Slot<T>& slot) {
  std::optional<T> taken(std::move(slot.value));
  slot.value.~T();
  return taken;
}

[[noreturn]] void wait_for_ever(WaitReason reason);
[[noreturn]] void panic_closed();

/// A counted reference to a channel, or none (a nil channel).
class ChanReference {
 public:
  ChanReference() = default;
  explicit ChanReference(ChanCore* core) : core_(core) {}
  ChanReference(const ChanReference& other) : core_(other.core_) {
    if (core_ != nullptr) core_->retain();
  }
  ChanReference(ChanReference&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  ChanReference& operator=(ChanReference other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~ChanReference() {
    if (core_ != nullptr) core_->release();
    // What is left on the stack must not look like a reference.
    *const_cast<ChanCore* volatile*>(&core_) = nullptr;
  }
  [[nodiscard]] ChanCore* get() const { return core_; }

 private:
  ChanCore* core_ = nullptr;
};

template <typename T>
void chan_send(ChanCore* core, T&& value) {
  if (core == nullptr) wait_for_ever(WaitReason::ChanSendNil);
  core->send(std::addressof(value));
}

template <typename T>
std::optional<T> chan_receive(ChanCore* core) {
  if (core == nullptr) wait_for_ever(WaitReason::ChanReceiveNil);
  Slot<T> slot;
  if (!core->receive(&slot.value)) return std::nullopt;
  return take_slot(slot);
}

template <typename T>
bool chan_try_send(ChanCore* core, T& value) {
  if (core == nullptr) return false;
  const Outcome outcome = core->try_send(std::addressof(value));
  if (outcome == Outcome::Closed) panic_closed();
  return outcome == Outcome::Done;
}

template <typename T>
std::optional<T> chan_try_receive(ChanCore* core) {
  Slot<T> slot;
  if (core == nullptr || core->try_receive(&slot.value) != Outcome::Done) return std::nullopt;
  return take_slot(slot);
}

void chan_close(ChanCore* core);

/// For range-based for: receives until the channel is closed and empty.
template <typename T>
class ChanIterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;
  using pointer = T*;
  using reference = T&;

  ChanIterator() = default;
  explicit ChanIterator(ChanCore* core) : core_(core) { ++*this; }
  T& operator*() const { return *value_; }
  T* operator->() const { return &*value_; }
  ChanIterator& operator++() {
    value_ = chan_receive<T>(core_);
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const ChanIterator& a, const ChanIterator& b) {
    return a.value_.has_value() == b.value_.has_value();
  }

 private:
  ChanCore* core_ = nullptr;
  mutable std::optional<T> value_;
};

}  // namespace detail

/// A value that says nothing, for channels that only signal.
struct unit {
  friend bool operator==(const unit&, const unit&) = default;
};

/// T must be movable without exceptions; it need not be copyable. Thread-safe.
template <typename T>
class chan {
  static_assert(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>);

 public:
  using value_type = T;

  /// The nil channel: sends and receives wait for ever, select passes it over.
  chan() = default;
  chan(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)

  /// Waits until the value is received, or in the buffer. Panics if the channel is closed, or gets
  /// closed meanwhile.
  void send(T value) const { detail::chan_send(core(), std::move(value)); }

  /// Waits for a value; nothing if the channel is closed and empty.
  std::optional<T> recv() const { return detail::chan_receive<T>(core()); }

  /// Sends if that needs no waiting. `value` is moved from only if it returns true. Panics if the
  /// channel is closed.
  bool try_send(T&& value) const { return detail::chan_try_send(core(), value); }
  bool try_send(const T& value) const {
    T copy(value);
    return detail::chan_try_send(core(), copy);
  }

  /// A value, if one can be had without waiting.
  std::optional<T> try_recv() const { return detail::chan_try_receive<T>(core()); }

  /// No more values will be sent. Panics if the channel is nil or closed.
  void close() const { detail::chan_close(core()); }

  /// Values in the buffer.
  [[nodiscard]] std::size_t len() const { return core() != nullptr ? core()->size() : 0; }
  [[nodiscard]] std::size_t cap() const { return core() != nullptr ? core()->capacity() : 0; }

  explicit operator bool() const { return core() != nullptr; }
  friend bool operator==(const chan& a, const chan& b) { return a.core() == b.core(); }
  /// Names the channel, in dumps and leak reports.
  [[nodiscard]] const void* id() const { return core(); }
  /// Says that there is a reference which find_leaks() cannot see: encoded, or outside of memory.
  void pin() const {
    if (core() != nullptr) core()->pin();
  }

  [[nodiscard]] detail::ChanIterator<T> begin() const { return detail::ChanIterator<T>(core()); }
  [[nodiscard]] detail::ChanIterator<T> end() const { return {}; }

 private:
  template <typename U>
  friend chan<U> make_chan(std::size_t capacity);
  template <typename U>
  friend class recv_case;
  template <typename U>
  friend class send_case;
  explicit chan(detail::ChanCore* core) : reference_(core) {}
  [[nodiscard]] detail::ChanCore* core() const { return reference_.get(); }

  detail::ChanReference reference_;
};

/// A channel with a buffer of `capacity` values; without, each send waits for its receiver.
template <typename T>
chan<T> make_chan(std::size_t capacity = 0) {
  return chan<T>(detail::ChanCore::make(detail::kElementOps<T>, capacity));
}

namespace detail {

/// A reference that counts as an end of its channel.
template <End kEnd>
class EndReference {
 public:
  EndReference() = default;
  explicit EndReference(ChanReference reference) : reference_(std::move(reference)) {
    if (core() != nullptr) core()->add_end(kEnd);
  }
  EndReference(const EndReference& other) : EndReference(other.reference_) {}
  EndReference(EndReference&&) noexcept = default;
  EndReference& operator=(EndReference other) noexcept {
    std::swap(reference_, other.reference_);
    return *this;
  }
  ~EndReference() { reset(); }

  [[nodiscard]] ChanCore* core() const { return reference_.get(); }
  void reset() {
    if (core() == nullptr) return;
    core()->drop_end(kEnd);
    reference_ = ChanReference();
  }

 private:
  ChanReference reference_;
};

}  // namespace detail

template <typename T>
class Receiver;

/// The sending end of a channel. See chan for what the functions do. Thread-safe.
template <typename T>
class Sender {
 public:
  using value_type = T;

  Sender() = default;
  void send(T value) const { detail::chan_send(core(), std::move(value)); }
  bool try_send(T&& value) const { return detail::chan_try_send(core(), value); }
  bool try_send(const T& value) const {
    T copy(value);
    return detail::chan_try_send(core(), copy);
  }
  void close() const { detail::chan_close(core()); }
  /// Gives the end up, as its destructor does.
  void reset() { end_.reset(); }
  explicit operator bool() const { return core() != nullptr; }
  [[nodiscard]] const void* id() const { return core(); }

 private:
  template <typename U>
  friend std::pair<Sender<U>, Receiver<U>> make_pipe(std::size_t capacity);
  template <typename U>
  friend class send_case;
  explicit Sender(const detail::ChanReference& reference) : end_(reference) {}
  [[nodiscard]] detail::ChanCore* core() const { return end_.core(); }

  detail::EndReference<detail::End::Send> end_;
};

/// The receiving end of a channel. See chan for what the functions do. Thread-safe.
template <typename T>
class Receiver {
 public:
  using value_type = T;

  Receiver() = default;
  std::optional<T> recv() const { return detail::chan_receive<T>(core()); }
  std::optional<T> try_recv() const { return detail::chan_try_receive<T>(core()); }
  /// Gives the end up, as its destructor does.
  void reset() { end_.reset(); }
  explicit operator bool() const { return core() != nullptr; }
  [[nodiscard]] const void* id() const { return core(); }

  [[nodiscard]] detail::ChanIterator<T> begin() const { return detail::ChanIterator<T>(core()); }
  [[nodiscard]] detail::ChanIterator<T> end() const { return {}; }

 private:
  template <typename U>
  friend std::pair<Sender<U>, Receiver<U>> make_pipe(std::size_t capacity);
  template <typename U>
  friend class recv_case;
  explicit Receiver(const detail::ChanReference& reference) : end_(reference) {}
  [[nodiscard]] detail::ChanCore* core() const { return end_.core(); }

  detail::EndReference<detail::End::Receive> end_;
};

/// The two ends of a new channel. Dropping the last end of a role does not close the channel: who
/// waits for that role is leaked, and reported.
template <typename T>
std::pair<Sender<T>, Receiver<T>> make_pipe(std::size_t capacity = 0) {
  static_assert(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>);
  const detail::ChanReference reference(detail::ChanCore::make(detail::kElementOps<T>, capacity));
  reference.get()->split();
  return {Sender<T>(reference), Receiver<T>(reference)};
}

}  // namespace plumb::rt
