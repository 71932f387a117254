// SPDX-License-Identifier: Apache-2.0
// How the compiler lays out the few functions in which goroutines wait.
//
// The smallest of them are the same few instructions in every release, and functions begin at
// multiples of 32 bytes. So the low bits of a PC in them tell which one it can be: chansend1 passes
// one argument more than chanrecv1 before it calls, which is one instruction of five bytes.

#pragma once

#include <cstdint>
#include <optional>

namespace plumb {

/// Low five bits of return PCs.
struct CodeShape {
  std::uint64_t gopark = 0;
  std::uint64_t chansend1 = 0;
  std::uint64_t chanrecv1 = 0;  ///< Also of chanrecv2.
  std::uint64_t block = 0;

  static std::uint64_t low_bits(std::uint64_t pc) { return pc & 31; }
};

/// The shape of a program by the PC at which its goroutines park. Nothing for other processors than
/// amd64, for programs built without optimization, and before Go 1.17.
inline std::optional<CodeShape> find_code_shape(std::uint64_t park_pc) {
  constexpr CodeShape kShapes[] = {
      {0x0e, 0x17, 0x12, 0x06},  // Measured with Go 1.21, 1.23, 1.25 and 1.26.
      {0x16, 0x1d, 0x18, 0x0c},  // Go 1.19: another way to set up the frame.
  };
  for (const CodeShape& shape : kShapes) {
    if (CodeShape::low_bits(park_pc) == shape.gopark) return shape;
  }
  return std::nullopt;
}

}  // namespace plumb
