// SPDX-License-Identifier: Apache-2.0
// IdTable: from the ids of one table of profile.proto to the indices of its rows. The ids are
// mostly 1, 2, 3, ..., and then take no memory.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class IdTable {
 public:
  /// The id of the next row.
  void add(std::uint64_t id) {
    is_dense_ = is_dense_ && id == count_ + 1;
    ++count_;
    if (is_dense_) return;
    while (ids_.size() + 1 < count_) ids_.push_back(ids_.size() + 1);
    ids_.push_back(id);
  }

  /// Checks the ids, when all were added; `kind` as in "function". Errors: Malformed.
  Result<void> finish(std::string_view kind) {
    if (is_dense_) return {};
    for (std::uint32_t index = 0; index < ids_.size(); ++index) {
      if (ids_[index] == 0) {
        return Error(ErrorCode::Malformed, "found " + std::string(kind) + " with reserved " +
                                               (kind == "location" ? "id=0" : "ID=0"));
      }
      if (!sparse_.try_emplace(ids_[index], index).second) {
        return Error(ErrorCode::Malformed, "multiple " + std::string(kind) +
                                               "s with same id: " + std::to_string(ids_[index]));
      }
    }
    return {};
  }

  /// The index of the row, or kNone. Requires: finish() succeeded.
  [[nodiscard]] std::uint32_t find(std::uint64_t id) const {
    if (is_dense_) {
      return id >= 1 && id <= count_ ? static_cast<std::uint32_t>(id - 1) : kNone;
    }
    const auto it = sparse_.find(id);
    return it == sparse_.end() ? kNone : it->second;
  }

  /// True if the ids are 1, 2, 3, ...
  [[nodiscard]] bool is_dense() const { return is_dense_; }
  [[nodiscard]] std::uint64_t id(std::size_t index) const {
    return is_dense_ ? index + 1 : ids_[index];
  }
  [[nodiscard]] std::size_t memory_bytes() const { return ids_.capacity() * 8; }

  /// The ids by index. They are gone from here afterwards.
  [[nodiscard]] RowNumbers take_numbers() {
    return is_dense_ ? RowNumbers() : RowNumbers(std::move(ids_));
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::uint64_t> ids_;  // In order of the input; empty while they are dense.
  std::unordered_map<std::uint64_t, std::uint32_t> sparse_;
  bool is_dense_ = true;
};

}  // namespace plumb
