// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_arguments.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"

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

// Takes the next hexadecimal number off the front of `text`; false at the end. `is_sure` is false
// for a number with a question mark.
bool take_number(std::string_view& text, std::uint64_t& value, bool& is_sure) {
  const std::size_t at = text.find("0x");
  if (at == std::string_view::npos) return false;
  text.remove_prefix(at + 2);
  const std::size_t end = std::min(text.find_first_not_of("0123456789abcdef"), text.size());
  value = parse_int<std::uint64_t>(text.substr(0, end), 16).value_or(0);
  text.remove_prefix(end);
  is_sure = !text.starts_with('?');
  return true;
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

void GoroutineArguments::add_call(std::string_view line) {
  // Arguments have braces, but no parentheses.
  const std::size_t open = line.rfind('(');
  if (open == std::string_view::npos || !line.ends_with(')')) return;
  const std::string_view function = line.substr(0, open);
  std::string_view arguments = line.substr(open + 1);
  std::uint64_t value = 0;
  bool is_sure = false;
  if (is_sync(function)) {
    if (lock_ != 0 || !waits_for_mutex(function)) return;
    if (take_number(arguments, value, is_sure) && is_sure) lock_ = value;
    return;
  }
  while (take_number(arguments, value, is_sure)) add_pointer(value);
}

void GoroutineArguments::add_lines(const char* from, const char* to, std::size_t most) {
  for (std::size_t lines = 0; from < to && lines < most;) {
    const auto* const newline =
        static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(to - from)));
    const char* const end = newline == nullptr ? to : newline;
    if (*from != '\t' && *from != ' ') {
      add_call({from, static_cast<std::size_t>(end - from)});
      ++lines;
    }
    from = end + 1;
  }
}

}  // namespace plumb
