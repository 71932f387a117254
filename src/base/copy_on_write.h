// SPDX-License-Identifier: Apache-2.0
// CopyOnWrite: a value that copies share until one of them changes it.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace plumb {

/// Holds a `T`. Copying costs a counter; write() copies the value if anyone else has it.
///
/// Distinct copies may be used, changed and destroyed on different threads at the same time.
template <typename T>
class CopyOnWrite {
 public:
  CopyOnWrite() = default;
  CopyOnWrite(const CopyOnWrite& other) : box_(other.box_) {
    if (box_ != nullptr) box_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  CopyOnWrite(CopyOnWrite&& other) noexcept = default;
  CopyOnWrite& operator=(CopyOnWrite other) noexcept {
    box_.swap(other.box_);
    return *this;
  }
  ~CopyOnWrite() {
    if (box_ != nullptr) box_->owners.fetch_sub(1, std::memory_order_release);
  }

  [[nodiscard]] const T& read() const { return box_ == nullptr ? empty() : box_->value; }

  /// The value, which no other copy has any more.
  T& write() {
    if (!is_only_owner()) *this = CopyOnWrite(read());
    return box_->value;
  }

  /// True if write() will not copy.
  [[nodiscard]] bool is_only_owner() const {
    return box_ != nullptr && box_->owners.load(std::memory_order_acquire) == 1;
  }

  /// Replaces the value for this copy alone.
  void set(T value) { *this = CopyOnWrite(std::move(value)); }

 private:
  struct Box {
    explicit Box(T content) : value(std::move(content)) {}
    std::atomic<std::uint32_t> owners{1};  // shared_ptr's own count is read without ordering.
    T value;
  };

  static const T& empty() {
    static const T nothing{};
    return nothing;
  }

  explicit CopyOnWrite(T value) : box_(std::make_shared<Box>(std::move(value))) {}

  std::shared_ptr<Box> box_;  // Null: an empty T.
};

}  // namespace plumb
