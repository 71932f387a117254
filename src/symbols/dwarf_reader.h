// SPDX-License-Identifier: Apache-2.0
// DwarfReader: the functions, inlined ones included, and lines of addresses, from the debug
// information of C, C++, Rust and others (DWARF 2 to 5).
//
// Addresses are asked for in bulk. Which units they are of is known from the first entry of each;
// of each unit concerned the entries and the line program go by once, and only what covers an
// address is kept. So the time depends on the code asked for and the memory on the answers, not on
// the size of the program.
//
// Debug information may be damaged: what cannot be read is not found, and the work is limited.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "symbols/dwarf_split.h"
#include "symbols/dwarf_unit.h"
#include "symbols/source_frame.h"

namespace plumb::dwarf {

/// What is known of one address.
struct AddressFrames {
  /// The innermost inlined function first; one without a name if only the line is known; empty if
  /// nothing is.
  std::span<const SourceFrame> frames;
  /// Whether the last function's name is that of its symbol. Functions that only their file can
  /// call have none in the debug information of some compilers, but a simple name.
  bool has_linkage_name = false;
};

/// Not thread-safe.
class DwarfReader {
 public:
  /// `alternate` is the supplementary file that dwz makes. The bytes of all sections must outlive
  /// the reader. `open_split`: opens the other parts of units in two parts; may be null.
  DwarfReader(const Sections& sections, const std::optional<Sections>& alternate,
              SplitOpener open_split = nullptr);
  DwarfReader(const DwarfReader&) = delete;
  DwarfReader& operator=(const DwarfReader&) = delete;
  ~DwarfReader();

  using Sink = std::function<void(std::size_t index, const AddressFrames& found)>;

  /// Calls `take` with the index of each address of which something is known. `addresses` are
  /// sorted and differ from one another.
  void find(std::span<const std::uint64_t> addresses, const Sink& take);

  /// True once damaged debug information used up the work that it may cause.
  [[nodiscard]] bool gave_up() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace plumb::dwarf
