// SPDX-License-Identifier: Apache-2.0
// Modules: the program and the libraries that are loaded into this process.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumb::rt::detail {

/// An executable part of a loaded file, as a mapping of a profile describes it.
struct ModuleRange {
  std::uintptr_t start = 0;
  std::uintptr_t limit = 0;
  std::uint64_t offset = 0;  ///< Of `start` in the file.
};

struct Module {
  std::string path;
  std::string build_id;     ///< In hexadecimal digits; empty: none.
  std::uintptr_t bias = 0;  ///< What the loader added to the addresses of the file.
  std::vector<ModuleRange> ranges;

  [[nodiscard]] const ModuleRange* find(std::uintptr_t pc) const {
    for (const ModuleRange& range : ranges) {
      if (pc >= range.start && pc < range.limit) return &range;
    }
    return nullptr;
  }
};

/// The program first.
std::vector<Module> list_modules();

}  // namespace plumb::rt::detail
