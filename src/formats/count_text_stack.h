// SPDX-License-Identifier: Apache-2.0
// The line of PCs of a record: text in, locations out.
//
// A large profile has a million PCs but only thousands of different ones. A PC of up to eight
// digits, which is a word of text, is therefore looked up as it stands and becomes a number only
// when it is seen first.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/pc_table.h"
#include "model/profile.h"

namespace plumb {

inline constexpr std::size_t kMinPcBytes = 4;  ///< Of a PC in the line: " 0x1".

/// The stack of one record at a time. Not thread-safe.
class CountStack {
 public:
  /// Adds the locations it meets to `profile`, which must outlive this.
  explicit CountStack(Profile& profile) : profile_(profile) { make_room(kUsualDepth); }

  /// Room for a stack of `depth` frames.
  void make_room(std::size_t depth);
  [[nodiscard]] std::size_t room() const { return words_.size(); }

  /// Reads ` 0x48d66e 0x41099c` and so on from [at, end): as many PCs as there are and as there is
  /// room for. Each must be followed by a blank, a line end or a NUL, also the last, at `end`.
  /// Returns what follows them; `at` itself if what follows them cannot be said. Zeros are no PCs.
  ///
  /// Requires: kHexSlackBytes readable bytes behind `end`.
  const char* read(const char* at, const char* end);

  /// Forgets the last frame. Requires: there is one.
  void drop_last();
  void clear() { depth_ = 0; }

  /// Indices in Profile::locations, leaf first.
  [[nodiscard]] std::span<const std::uint32_t> locations() const {
    return std::span(locations_).first(depth_);
  }
  /// The same in the form of Profile::add_packed_stack().
  [[nodiscard]] std::string_view packed() const { return {packed_.data(), packed_bytes_}; }

  /// The location of `pc`, or kNone if it was in no record yet.
  [[nodiscard]] std::uint32_t find(std::uint64_t pc) const { return by_value_.find(pc); }

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kUsualDepth = 256;

  std::size_t read_words(const char*& at, const char* end);
  bool look_up(std::size_t count);
  bool add_word(std::uint64_t word, std::uint32_t& location);
  std::uint32_t location_of(std::uint64_t pc);

  Profile& profile_;
  PcTable by_word_;                   // By the digits of PCs of up to eight.
  PcTable by_value_;                  // All of them.
  std::vector<std::uint64_t> words_;  // Up to eight digits, or the value of more.
  std::vector<std::uint32_t> locations_;
  std::vector<char> packed_;
  std::size_t depth_ = 0;
  std::size_t packed_bytes_ = 0;
  unsigned length_ = 6;  // Digits of the last PC.
};

}  // namespace plumb
