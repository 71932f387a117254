// SPDX-License-Identifier: Apache-2.0
// The records of a heap or contention text: values and PCs, and in Go's texts the lines that name
// the PCs.
//
//   1: 448 [1: 448] @ 0x48b1f1 0x4196c5 0x675f72 0x494b81
//   #	0x675f71	main.main.func14+0x31	leaky/main.go:100
//
// Go leaves out the frames of its runtime at the leaf of a heap record and runtime.goexit at the
// root of every record. Where it names the frames, the PCs without a line are left out here too, so
// that the text says what profile.proto of the same server says. Texts without names keep all PCs.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "formats/address_table.h"
#include "formats/symbol_table.h"
#include "formats/window_cursor.h"
#include "model/profile.h"

namespace plumb {

/// Not thread-safe.
class LegacyRecords {
 public:
  /// Most values of one record.
  static constexpr std::size_t kMaxValues = 4;

  enum class Leaf : std::uint8_t {
    Shown,           ///< Every PC has a line, but for the root.
    MayHideRuntime,  ///< The first PCs may have no lines.
  };

  /// Adds to `profile`; it and `limits` must outlive this.
  LegacyRecords(Profile& profile, const Limits& limits, Leaf leaf)
      : profile_(profile), limits_(limits), leaf_(leaf), addresses_(profile), symbols_(profile) {}

  /// Starts a record with the PCs in `pcs`, each a location at PC - 1, the call. If the line is not
  /// whole its last PC may lack digits and is dropped.
  ///
  /// Requires: at most kMaxValues. Errors: Malformed for a PC of more than 64 bits; LimitExceeded.
  Result<void> start(std::span<const std::int64_t> values, std::optional<Label> label,
                     std::string_view pcs, const TextLine& line);

  /// Reads a line that starts with '#'.
  void read_comment(const TextLine& line);

  /// Notes an empty line, which ends a record of Go.
  void read_empty_line() { is_open_ = false; }

  /// Keeps the last record.
  void finish();

  /// Notes that the input ends inside a record. Counts once.
  void lose_cut(const TextLine& line);

  /// True if a record was started and no empty line came since, in a text that has such lines.
  [[nodiscard]] bool may_lack_lines() const { return is_open_ && has_symbols_; }

 private:
  struct Record {
    std::array<std::int64_t, kMaxValues> values{};
    std::size_t width = 0;
    std::optional<Label> label;
  };

  void read_frame(const CountFrame& frame, std::uint64_t line);

  Profile& profile_;
  const Limits& limits_;
  const Leaf leaf_;
  AddressTable addresses_;
  SymbolTable symbols_;

  std::optional<Record> record_;      // Not in the profile yet.
  std::vector<std::uint64_t> pcs_;    // Scratch.
  std::vector<LocationId> stack_;     // Of record_.
  std::size_t first_shown_ = 0;       // Index in stack_ of the first line's location.
  std::uint32_t last_frame_ = kNone;  // The location of the last line.
  std::string run_symbol_;            // The first of several lines of the C frame last_frame_.
  bool is_native_ = false;            // last_frame_ is a C frame.
  bool is_open_ = false;
  bool has_symbols_ = false;
  bool is_cut_ = false;
};

}  // namespace plumb
