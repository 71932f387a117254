// SPDX-License-Identifier: Apache-2.0
#include "formats/octet_records.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/strings.h"

namespace plumb {
namespace {

// No message is longer than what so many digits say.
constexpr std::size_t kDigits = 8;

// Takes "12 " off the front.
bool consume_number(std::string_view& text, std::size_t most_digits, char behind) {
  const std::size_t digits = std::min(text.find_first_not_of(kDecimalDigits), text.size());
  if (digits == 0 || digits > most_digits || !text.substr(digits).starts_with(behind)) return false;
  text.remove_prefix(digits + 1);
  return true;
}

}  // namespace

bool OctetRecords::begin(std::string_view head) {
  length_.clear();
  left_ = 0;
  last_ = '\n';
  is_over_ = false;
  constexpr std::size_t kPriority = 3;
  return consume_number(head, kDigits, ' ') && consume_prefix(head, "<") &&
         consume_number(head, kPriority, '>') && !head.empty() && is_digit(head[0]);
}

void OctetRecords::rewrite(std::string_view block, std::string& out) {
  while (!block.empty() && !is_over_) {
    if (left_ == 0) take_length(block);
    const std::string_view part = block.substr(0, std::min<std::uint64_t>(left_, block.size()));
    if (part.empty()) continue;
    out += part;
    last_ = part.back();
    left_ -= part.size();
    block.remove_prefix(part.size());
    if (left_ == 0 && std::exchange(last_, '\n') != '\n') out += '\n';
  }
  if (is_over_) out.append(std::exchange(length_, {})).append(block);
}

// Takes what is there of a length, and of the newline that may stand in front of it.
void OctetRecords::take_length(std::string_view& block) {
  if (length_.empty()) consume_prefix(block, "\n");
  while (!block.empty() && is_digit(block[0]) && length_.size() <= kDigits) {
    length_ += block[0];
    block.remove_prefix(1);
  }
  if (block.empty()) return;
  const auto length = parse_int<std::uint64_t>(length_);
  is_over_ = !length || *length == 0 || length_.size() > kDigits || block[0] != ' ';
  if (is_over_) return;
  block.remove_prefix(1);
  left_ = *length;
  length_.clear();
}

void OctetRecords::finish(std::string& out) {
  out += std::exchange(length_, {});
}

}  // namespace plumb
