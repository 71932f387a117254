// SPDX-License-Identifier: Apache-2.0
// ChanCore: a channel without its element type. chan.h puts the types on it.

#pragma once

#include <plumb/rt/detail/spin_lock.h>
#include <plumb/rt/detail/waiter.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace plumb::rt::detail {

/// How elements move. None of it throws.
struct ElementOps {
  std::size_t size_bytes;
  std::size_t alignment;
  void (*move)(void* to, void* from);  ///< Makes the element at `to`; `from` stays to be destroyed.
  void (*destroy)(void* element);
};

enum class Outcome : std::uint8_t {
  Done,
  Closed,
  WouldBlock,
};

/// The two roles of a channel whose ends were split, see Sender and Receiver.
enum class End : std::uint8_t { Send, Receive };

/// Shared by reference count. Thread-safe.
class ChanCore {
 public:
  static ChanCore* make(const ElementOps& ops, std::size_t capacity);
  ChanCore(const ChanCore&) = delete;
  ChanCore& operator=(const ChanCore&) = delete;

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

  /// Moves the element at `value` into the channel; waits for room or a receiver.
  /// Panics if the channel is or becomes closed.
  void send(void* value);
  /// Makes an element at `storage`; waits for one. False if the channel is closed and empty.
  bool receive(void* storage);
  /// Closed means what send() panics for; the caller does.
  Outcome try_send(void* value);
  Outcome try_receive(void* storage);
  /// Panics if it is closed.
  void close();

  /// Makes it live for leak scans, whatever leads to it.
  void pin() { is_pinned_.store(true); }
  [[nodiscard]] bool is_pinned() const { return is_pinned_.load(); }
  [[nodiscard]] std::size_t size();
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  /// From now on, ends are counted.
  void split();
  void add_end(End end);
  /// When the last end of a role goes, who waits for that role waits for ever: they are marked as
  /// leaked and reported.
  void drop_end(End end);
  /// True if nobody is left who could do `end`'s part.
  [[nodiscard]] bool is_abandoned(End end) const {
    const std::atomic<std::uint32_t>& ends = end == End::Send ? senders_ : receivers_;
    return is_split_.load() && ends.load() == 0 && !is_closed_.load();
  }

 private:
  friend class Selection;
  friend void report_abandoned(ChanCore& chan, End dropped);
  ChanCore(const ElementOps& ops, std::size_t capacity) : ops_(ops), capacity_(capacity) {}
  ~ChanCore();

  // All but those of atomics with lock_ held.
  Outcome send_now(void* value, Task*& woken);
  Outcome receive_now(void* storage, Task*& woken);
  [[nodiscard]] void* element(std::size_t index);
  void push_element(void* value);
  void pop_element(void* storage);

  const ElementOps& ops_;
  const std::size_t capacity_;
  std::atomic<std::size_t> references_{1};
  SpinLock lock_;
  std::atomic<bool> is_closed_{false};  // Written with lock_ held.
  std::atomic<bool> is_split_{false};
  std::atomic<bool> is_pinned_{false};
  std::atomic<std::uint32_t> senders_{0};  // Ends, if split.
  std::atomic<std::uint32_t> receivers_{0};
  std::size_t size_ = 0;
  std::size_t first_ = 0;
  WaitQueue send_queue_;
  WaitQueue receive_queue_;
  void* elements_ = nullptr;  // Ring of capacity_.
};

/// One case of a select, as the untyped part sees it.
struct CaseState {
  ChanCore* chan = nullptr;  ///< Null: a nil channel, never ready.
  End end = End::Send;
  void* value = nullptr;  ///< What is sent, or the storage to receive into.
  Waiter waiter{};
  bool has_value =
      false;  ///< Set: an element was sent or received; not set: the channel is closed.
};

/// Runs a select over `cases` and returns the index of the one that happened; -1 for the default
/// (`has_default`) or the timeout (`timeout_ns` >= 0). Panics for a send on a closed channel.
int select(CaseState* cases, std::size_t count, bool has_default, std::int64_t timeout_ns);

}  // namespace plumb::rt::detail
