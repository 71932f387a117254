// SPDX-License-Identifier: Apache-2.0
// Symbolizer: functions, files, lines and inlined calls of addresses in this process, from the
// symbol tables and debug information of its files. Remembers what it was asked.

#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rt/modules.h"

namespace plumb::rt::detail {

/// One function that an address stands for.
struct Frame {
  std::string name;         ///< To show: demangled, without arguments. Empty: not known.
  std::string system_name;  ///< As in the binary.
  std::string file;         ///< Empty: not known.
  std::int64_t line = 0;    ///< 0: not known.
  std::int64_t start_line = 0;

  /// True for functions of this library. Those that were inlined may be named without their
  /// namespace, but then their file is known.
  [[nodiscard]] bool is_ours() const {
    return name.starts_with("plumb::rt::") || file.find("/include/plumb/rt/") != std::string::npos;
  }
  /// True for what the library puts between a task's outermost frame and the user's function.
  [[nodiscard]] bool is_entry() const {
    return is_ours() && (name.find("run_closure") != std::string::npos ||
                         name.find("OnHeap") != std::string::npos);
  }
};

/// An address: the innermost inlined function first, the one that has code of its own last.
struct Symbol {
  std::vector<Frame> frames;    ///< Empty: not known.
  std::uintptr_t function = 0;  ///< Where that function starts; 0: not known.
};

/// Thread-safe.
class Symbolizer {
 public:
  static Symbolizer& get();

  /// Looks up those of `pcs` that have not been before: many at the price of few.
  void resolve(std::span<const std::uintptr_t> pcs);
  /// Of an address that was resolved, else nothing. Lifetime: that of the process.
  const Symbol& find(std::uintptr_t pc);
  /// resolve() and find().
  const Symbol& symbol(std::uintptr_t pc);

 private:
  void resolve_module(const Module& module, std::span<const std::uintptr_t> pcs);

  std::mutex mutex_;
  std::unordered_map<std::uintptr_t, Symbol> symbols_;  // Nothing is ever taken out.
};

/// Appends "created by F in goroutine N\n\tFILE:LINE +0xOFFSET\n" for the return address of a go().
void append_creator(std::string& out, std::uintptr_t created_by, std::uint64_t creator_id);

}  // namespace plumb::rt::detail
