// SPDX-License-Identifier: Apache-2.0
// Panics: what Go's runtime panics for, such as a send on a closed channel, is thrown here.

#pragma once

#include <exception>
#include <string>
#include <utility>

namespace plumb::rt {

/// A misuse that Go answers with a panic. May be caught, as with recover(). Uncaught in a task it
/// ends the process, after the text of the panic and the task's creator were written to standard
/// error, as does any other exception that a task does not catch.
class panic_error : public std::exception {
 public:
  explicit panic_error(std::string message) : message_(std::move(message)) {}
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

namespace detail {
/// Throws panic_error. Out of line, to keep callers small.
[[noreturn]] void panic(const char* message);
}  // namespace detail

}  // namespace plumb::rt
