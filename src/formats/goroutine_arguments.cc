// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_arguments.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"
#include "formats/hex_digits.h"

namespace plumb {
namespace {

// No program has anything in its first pages: smaller numbers are no pointers.
constexpr std::uint64_t kSmallestPointer = 0x10000;

// Of "sync." and "internal/sync.", where the implementation is since Go 1.24.
bool consume_sync(std::string_view& function) {
  consume_prefix(function, "internal/");
  return consume_prefix(function, "sync.");
}

bool is_sync(std::string_view function) {
  return consume_sync(function);
}

// The value of a hexadecimal digit; 16 of any other character.
unsigned digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  return 16;
}

// Takes the digits off the front of `text`, eight at a time where there are. A number of more than
// 64 bits gives 0.
std::uint64_t take_digits(std::string_view& text) {
  std::uint64_t value = 0;
  bool fits = true;
  unsigned count = 8;
  while (count == 8 && text.size() >= 8) {
    const std::uint64_t word = hex_detail::load(text.data());
    count = hex_detail::count_digits(word);
    if (count == 0) break;
    fits &= value >> (64 - 4 * count) == 0;
    value = value << 4 * count | hex_detail::value_of(word, count);
    text.remove_prefix(count);
  }
  for (; !text.empty() && digit_of(text[0]) < 16; text.remove_prefix(1)) {
    fits &= value >> 60 == 0;
    value = value << 4 | digit_of(text[0]);
  }
  return fits ? value : 0;
}

// Takes the next hexadecimal number off the front of `text`; false at the end. `is_sure` is false
// for a number with a question mark.
bool take_number(std::string_view& text, std::uint64_t& value, bool& is_sure) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (end - at >= 2 && (at[0] != '0' || at[1] != 'x')) ++at;
  if (end - at < 2) return false;
  text.remove_prefix(static_cast<std::size_t>(at + 2 - text.data()));
  value = take_digits(text);
  is_sure = !text.starts_with('?');
  return true;
}

// Splits the line of a call before and behind its parenthesis. Arguments have braces, but none.
bool split_call(std::string_view line, std::string_view& function, std::string_view& arguments) {
  const std::size_t open = line.rfind('(');
  if (open == std::string_view::npos || !line.ends_with(')')) return false;
  function = line.substr(0, open);
  arguments = line.substr(open + 1);
  return true;
}

// Calls `visit(line)` for the function lines among [from, to) until it returns false.
template <typename Visit>
void visit_calls(const char* from, const char* to, Visit visit) {
  while (from < to) {
    const auto* const newline =
        static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(to - from)));
    const char* const end = newline == nullptr ? to : newline;
    const bool is_function = *from != '\t' && *from != ' ';
    if (is_function && !visit(std::string_view(from, static_cast<std::size_t>(end - from)))) return;
    from = end + 1;
  }
}

}  // namespace

bool waits_for_mutex(std::string_view function) {
  if (!consume_sync(function)) return false;
  const bool is_mutex = consume_prefix(function, "(*Mutex).");
  if (!is_mutex && !consume_prefix(function, "(*RWMutex).")) return false;
  return function == "lockSlow" || function == "Lock" || function == "RLock";
}

void GoroutineArguments::add_pointer(std::uint64_t value) {
  if (value < kSmallestPointer || count_ == kMostPointers) return;
  if (std::ranges::find(pointers(), value) == pointers().end()) pointers_[count_++] = value;
}

void GoroutineArguments::add_lock(std::string_view function, std::string_view arguments) {
  if (lock_ != 0 || !waits_for_mutex(function)) return;
  std::uint64_t value = 0;
  bool is_sure = false;
  if (take_number(arguments, value, is_sure) && is_sure) lock_ = value;
}

void GoroutineArguments::add_call(std::string_view line) {
  std::string_view function;
  std::string_view arguments;
  if (!split_call(line, function, arguments)) return;
  if (is_sync(function)) return add_lock(function, arguments);
  std::uint64_t value = 0;
  bool is_sure = false;
  while (take_number(arguments, value, is_sure)) {
    if (is_sure) add_pointer(value);
  }
}

void GoroutineArguments::add_lines(const char* from, const char* to) {
  visit_calls(from, to, [this, lines = kMostLines](std::string_view line) mutable {
    add_call(line);
    return --lines > 0;
  });
}

void GoroutineArguments::find_lock(const char* from, const char* to) {
  visit_calls(from, to, [this, lines = kLockLines](std::string_view line) mutable {
    std::string_view function;
    std::string_view arguments;
    if (is_sync(line) && split_call(line, function, arguments)) add_lock(function, arguments);
    return lock_ == 0 && --lines > 0;
  });
}

}  // namespace plumb
