// SPDX-License-Identifier: Apache-2.0
// StringPool: each distinct string once, addressed by a small id.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace plumb {

/// A dense index that cannot be mixed with an index of another kind.
///
/// `Id<struct FunctionTag>` and `Id<struct StringTag>` share no base class, so comparing or
/// assigning across kinds does not compile (tests/compile_fail/ids.cc keeps it that way).
template <typename Tag>
struct Id {
  std::uint32_t index = 0;
  friend bool operator==(Id, Id) = default;
  friend auto operator<=>(Id, Id) = default;
};
using StringId = Id<struct StringTag>;

/// Stores each distinct string once and hands out stable ids and views.
///
/// Views stay valid for the life of the pool, also when it is moved. A copy has the same ids and
/// shares the text, so that views stay valid for the life of either. Not thread-safe, but copies
/// may live on other threads.
class StringPool {
 public:
  StringPool();
  StringPool(const StringPool& other);
  StringPool& operator=(const StringPool&) = delete;
  StringPool(StringPool&&) noexcept = default;
  StringPool& operator=(StringPool&&) noexcept = default;
  ~StringPool() = default;

  /// Returns the id of `text`, copying it on first sight. Id 0 is always the empty string, as in
  /// profile.proto. Amortised O(text.size()). Requires: less than 4 GiB.
  StringId intern(std::string_view text);

  /// Returns the id of `text` if it was ever interned, else the id of the empty string.
  [[nodiscard]] StringId find(std::string_view text) const;

  /// Requires: `id` came from this pool.
  [[nodiscard]] std::string_view view(StringId id) const { return strings_[id.index].view(); }

  [[nodiscard]] std::size_t size() const { return strings_.size(); }

  /// Heap bytes held.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Stored {
    const char* data = nullptr;  // In blocks_.
    std::uint32_t size = 0;
    std::uint32_t hash = 0;

    [[nodiscard]] std::string_view view() const { return {data, size}; }
  };

  [[nodiscard]] std::size_t find_slot(std::string_view text, std::uint32_t hash) const;
  void grow();
  const char* store(std::string_view text);

  std::vector<Stored> strings_;                  // By id.
  std::vector<std::uint32_t> slots_;             // Open addressing; 0 is free, else id + 1.
  std::vector<std::shared_ptr<char[]>> blocks_;  // Never relocate: views stay valid.
  char* free_ = nullptr;  // Room behind the last string of the last block; not copied.
  std::size_t free_bytes_ = 0;
  std::size_t block_bytes_ = 0;
};

}  // namespace plumb
