// SPDX-License-Identifier: Apache-2.0
// What a command may touch outside itself.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/line_reader.h"
#include "base/result.h"
#include "base/writer.h"

namespace plumb::cli {

/// Exit statuses follow grep: 0 nothing wrong, 1 found what it was asked to fail on, 2 an error.
enum class Exit : std::uint8_t { Ok = 0, Finding = 1, Error = 2 };

/// Where output goes. main() makes one of the process's streams; tests make one of strings.
struct Environment {
  Writer& out;  ///< Report data only.
  Writer& err;  ///< Everything said to a person.
  bool out_is_terminal = false;
  std::size_t out_columns = 0;  ///< Width to break lines at; 0: none.
  /// Where a shell takes its lines from; null: standard input.
  LineReader* lines = nullptr;
  /// A person works in a shell: what is no text goes to a file, and nothing waits for a viewer.
  bool is_session = false;
  /// Left for viewers that may still read them; to be removed at the end of the process.
  std::vector<std::string> temporary_files = {};

  /// Says a whole line to the person, at once. Control characters in it are escaped.
  void say(std::string_view line) const;
  /// Says "plumb: " and the error with its place.
  void say_error(const Error& error) const;
};

}  // namespace plumb::cli
