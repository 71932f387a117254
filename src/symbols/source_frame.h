// SPDX-License-Identifier: Apache-2.0
// SourceFrame: one function that an address stands for.

#pragma once

#include <cstdint>
#include <string>

namespace plumb {

/// An address is of the innermost inlined function, and of all those it was inlined into.
struct SourceFrame {
  std::string function;         ///< As in the binary; empty: not known.
  std::string file;             ///< Empty: not known.
  std::int64_t line = 0;        ///< 0: not known.
  std::int64_t column = 0;      ///< 0: not known.
  std::int64_t start_line = 0;  ///< Of the function; 0: not known.
  friend bool operator==(const SourceFrame&, const SourceFrame&) = default;
};

}  // namespace plumb
