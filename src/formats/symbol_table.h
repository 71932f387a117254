// SPDX-License-Identifier: Apache-2.0
// SymbolTable: the functions that the '#' lines of a text name, each once, and the lines of the
// locations they stand for.

#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "formats/count_text_lines.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class SymbolTable {
 public:
  /// Adds to `profile`, which must outlive this.
  explicit SymbolTable(Profile& profile) : profile_(profile) {}

  /// Appends a line to those of `location`, the innermost call first.
  ///
  /// Requires: no other location got a line since this one got its first.
  void add_line(std::uint32_t location, const CountSymbol& symbol) {
    Location& row = profile_.locations[location];
    if (row.line_count == 0) row.first_line = static_cast<std::uint32_t>(profile_.lines.size());
    ++row.line_count;
    profile_.lines.push_back({.function = function_of(symbol), .line = symbol.line, .column = 0});
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    constexpr std::size_t kNodeBytes = 48;  // Of functions_, with its share of the buckets.
    return functions_.size() * kNodeBytes;
  }

 private:
  FunctionId function_of(const CountSymbol& symbol) {
    const StringId name = profile_.strings.intern(symbol.function);
    const StringId file = profile_.strings.intern(symbol.file);
    const std::uint64_t key = std::uint64_t{name.index} << 32 | file.index;
    const FunctionId next{static_cast<std::uint32_t>(profile_.functions.size())};
    const auto [at, is_new] = functions_.emplace(key, next);
    if (is_new) {
      profile_.functions.push_back(
          {.name = name, .system_name = name, .file = file, .start_line = 0});
    }
    return at->second;
  }

  Profile& profile_;
  std::unordered_map<std::uint64_t, FunctionId> functions_;  // By name and file.
};

}  // namespace plumb
