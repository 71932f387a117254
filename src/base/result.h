// SPDX-License-Identifier: Apache-2.0
// Result<T>: the one way a plumb function reports failure.
//
// Not std::expected: g++ 12 has it only with -std=c++23 and without and_then(), and clang before 19
// cannot see libstdc++'s (https://github.com/llvm/llvm-project/pull/87998), which would leave us
// without clang-tidy and libFuzzer. Accessors are named as in std::expected, so that a later switch
// touches only the lines that return an Error.

#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace plumb {

/// What a caller can do about a failure. The detail belongs in the message: add a code only when
/// some caller branches on it.
enum class ErrorCode : std::uint8_t {
  NotRecognized,  ///< Not this format; another reader may try.
  Truncated,      ///< Input ended inside a record.
  Malformed,      ///< Input breaks the rules of its own format.
  LimitExceeded,  ///< A budget (bytes, depth, records) was hit.
  NotFound,       ///< A named file, symbol or sample type does not exist.
  NotAllowed,     ///< The peer does not take requests of this kind.
  Io,             ///< The operating system or the peer refused.
  Usage,          ///< The user asked for something contradictory.
};

/// A failure: a code to branch on, a sentence for people, and where in the input it happened.
///
/// The message is lower case, without a full stop, and does not contain "error" or "failed to".
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  /// Notes the byte offset in the (inflated) input. The first (innermost) offset wins.
  Error at(std::uint64_t offset) && {
    if (!offset_) offset_ = offset;
    return std::move(*this);
  }

  /// Prepends what was being read, outermost last: "heap.pb.gz: sample 12: bad varint".
  Error while_reading(std::string_view what) && {
    message_.insert(0, std::string(what) + ": ");
    return std::move(*this);
  }

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] std::optional<std::uint64_t> offset() const { return offset_; }

  /// The message with its place: "sample 12: bad varint (at byte 4711)".
  [[nodiscard]] std::string describe() const {
    if (!offset_) return message_;
    return message_ + " (at byte " + std::to_string(*offset_) + ")";
  }

 private:
  ErrorCode code_;
  std::string message_;
  std::optional<std::uint64_t> offset_;
};

/// A T or an Error. Constructed implicitly from either so that `return value;` reads naturally.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return has_value(); }

  /// Requires: has_value().
  [[nodiscard]] T& operator*() & { return checked(std::get_if<T>(&state_)); }
  [[nodiscard]] const T& operator*() const& { return checked(std::get_if<T>(&state_)); }
  [[nodiscard]] T&& operator*() && { return std::move(checked(std::get_if<T>(&state_))); }
  [[nodiscard]] T* operator->() { return &**this; }
  [[nodiscard]] const T* operator->() const { return &**this; }

  /// Requires: !has_value().
  [[nodiscard]] const Error& error() const& { return checked(std::get_if<Error>(&state_)); }
  [[nodiscard]] Error&& error() && { return std::move(checked(std::get_if<Error>(&state_))); }

 private:
  template <typename U>
  static U& checked(U* alternative) {
    assert(alternative != nullptr && "the Result holds the other alternative");
    return *alternative;
  }

  std::variant<T, Error> state_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  /// Requires: !has_value().
  [[nodiscard]] const Error& error() const& {
    assert(error_.has_value());
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    assert(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace plumb
