// SPDX-License-Identifier: Apache-2.0
// StreamedTables: the sample types, strings and functions of a profile that streams by.
//
// Functions go by the ids of the input, and are nodes by them: no two may have the same name.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/string_pool.h"
#include "model/profile.h"
#include "model/profile_stream.h"

namespace plumb {

/// True if a function is to be called otherwise.
using ChangesName = std::function<bool(std::string_view name, std::string_view system_name)>;

/// Not thread-safe. Wherever something returns false or nothing, the whole profile is needed.
class StreamedTables {
 public:
  /// Before the first parts.
  void set_changes_name(ChangesName changes_name) { changes_name_ = std::move(changes_name); }
  void set_limit(std::uint64_t bytes) { most_bytes_ = bytes; }

  /// Notes that a line of a location is of this function.
  bool add_line(std::uint32_t function);

  /// Adds all but locations and samples.
  bool add(const StreamedParts& parts);

  /// When all parts were added: whether strings and functions are there where they are wanted, and
  /// nothing in `header` asks for more than to add samples up. From then on size() is at least
  /// `sum_count`.
  bool check(const StreamedHeader& header, std::size_t sum_count);

  /// Whether all functions are to be called as they are. Requires: check().
  [[nodiscard]] bool names_stay() const;

  /// One more than the largest id of a function.
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::vector<StreamedParts::ValueType>& types() const { return types_; }

  /// The column of the values that `sample_index` asks for, or the default. Requires: check().
  [[nodiscard]] std::optional<std::size_t> find_column(const StreamedHeader& header,
                                                       std::string_view sample_index) const;

  /// The ids of the functions of `difference`: those of the input, and new ones where the profile
  /// that goes by, which the first `own_location_count` locations are of, has no such function.
  /// Requires: check().
  std::optional<std::vector<std::uint32_t>> find_functions(const Profile& difference,
                                                           std::size_t own_location_count);

  /// Requires: an index within the input's string table.
  [[nodiscard]] std::string_view text(std::uint32_t index) const {
    return pool_.view(strings_[index]);
  }
  [[nodiscard]] std::string_view name(std::uint32_t function) const {
    return text(names_[function]);
  }

 private:
  bool add_function(const StreamedParts::Function& function);
  std::uint32_t add_name(std::string_view name);
  [[nodiscard]] bool check_strings(const StreamedHeader& header) const;
  bool check_functions();

  ChangesName changes_name_;
  std::vector<StreamedParts::ValueType> types_;
  StringPool pool_;
  std::vector<StringId> strings_;            // By index in the input.
  std::vector<std::uint32_t> names_;         // By function: index of the string; 0: not seen.
  std::vector<std::uint32_t> system_names_;  // The same, if names may have to be changed.
  std::vector<bool> is_called_;              // By function: some location has a line of it.
  std::uint64_t function_count_ = 0;
  std::uint64_t line_count_ = 0;
  std::uint64_t bytes_ = 0;  // Of strings and of StreamedParts::fields.
  std::uint64_t most_bytes_ = Limits().model_bytes;
};

}  // namespace plumb
