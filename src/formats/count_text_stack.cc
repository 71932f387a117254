// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text_stack.h"

#include <bit>
#include <cstring>

#include "formats/hex_digits.h"

namespace plumb {
namespace {

constexpr std::string_view kPcStart = " 0x";
constexpr std::size_t kMaxVarint32Bytes = 5;
constexpr unsigned kWordDigits = 8;

// What CountStack::words_ holds, until the location is known.
constexpr std::uint32_t kIsWord = 0;
constexpr std::uint32_t kIsValue = 1;

// Requires: room for kMaxVarint32Bytes.
char* write_varint32(char* out, std::uint32_t value) {
  if (value < 1u << 14) {  // One or two bytes, without a branch between them.
    const std::uint32_t has_two = value >= 0x80 ? 1 : 0;
    out[0] = static_cast<char>(value | has_two << 7);
    out[1] = static_cast<char>(value >> 7);
    return out + 1 + has_two;
  }
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}

// Numbers in a line end at a blank or at the end of the line or of the text.
bool ends_number(char c) {
  constexpr std::uint64_t kEnds = 1u << '\0' | 1u << '\t' | 1u << '\n' | 1u << '\r' | 1ull << ' ';
  const auto byte = static_cast<unsigned char>(c);
  return byte <= ' ' && (kEnds >> byte & 1) != 0;
}

// A PC of so many digits, as a word of text.
struct DigitsOfWord {
  explicit DigitsOfWord(unsigned digits)
      : length(digits), bytes(~std::uint64_t{0} >> (64 - 8 * digits)) {}

  // False if something that ends a number is among the digits. Other bytes are not looked at: what
  // is no number is in no table.
  [[nodiscard]] bool fits(std::uint64_t text) const {
    const std::uint64_t ones = hex_detail::kOnes & bytes;
    return ((text >> 4 | text >> 6) & ones) == ones;
  }

  unsigned length;
  std::uint64_t bytes;  // Which bytes of a word are its digits.
};

}  // namespace

void CountStack::make_room(std::size_t depth) {
  if (depth <= room()) return;
  words_.resize(depth);
  locations_.resize(depth);
  packed_.resize(depth * kMaxVarint32Bytes);
}

const char* CountStack::read(const char* at, const char* end) {
  const char* const start = at;
  const std::size_t count = read_words(at, end);
  return look_up(count) ? at : start;
}

// Splits the text into words and fetches the memory that they will be looked up in.
std::size_t CountStack::read_words(const char*& at, const char* end) {
  std::size_t count = 0;
  DigitsOfWord form(length_);
  while (count < room() && static_cast<std::size_t>(end - at) >= kMinPcBytes &&
         std::memcmp(at, kPcStart.data(), kPcStart.size()) == 0) {
    const char* const digits = at + kPcStart.size();
    const std::uint64_t text = hex_detail::load(digits);
    // The last length is tried first, so that the processor need not wait for the end of this PC to
    // go on to the next.
    if (!form.fits(text) || !ends_number(digits[form.length])) {
      std::uint64_t value = 0;
      const char* const digits_end = read_hex_digits(digits, value);
      if (digits_end == digits || digits_end > end || !ends_number(*digits_end)) break;
      if (digits_end - digits > kWordDigits) {
        at = digits_end;
        by_value_.prefetch(value);
        words_[count] = value;
        locations_[count++] = kIsValue;
        continue;
      }
      form = DigitsOfWord(static_cast<unsigned>(digits_end - digits));
    }
    if (digits + form.length > end) break;
    at = digits + form.length;
    words_[count] = text & form.bytes;
    by_word_.prefetch(words_[count]);
    locations_[count++] = kIsWord;
  }
  length_ = form.length;
  return count;
}

// False if a word is no number; the stack ends in front of it.
bool CountStack::look_up(std::size_t count) {
  depth_ = 0;
  char* packed = packed_.data();
  bool is_valid = true;
  for (std::size_t i = 0; i < count && is_valid; ++i) {
    const bool is_word = locations_[i] == kIsWord;
    std::uint32_t location = is_word ? by_word_.find(words_[i]) : location_of(words_[i]);
    if (location == kNone && is_word) is_valid = add_word(words_[i], location);
    if (location == kNone) continue;
    locations_[depth_++] = location;
    packed = write_varint32(packed, location + 1);
  }
  packed_bytes_ = static_cast<std::size_t>(packed - packed_.data());
  return is_valid;
}

// Looks up a word that is seen first. False if it is no number.
bool CountStack::add_word(std::uint64_t word, std::uint32_t& location) {
  const unsigned length = kWordDigits - static_cast<unsigned>(std::countl_zero(word)) / 8;
  if (length == 0 || hex_detail::count_digits(word) != length) return false;
  location = location_of(hex_detail::value_of(word, length));
  if (location != kNone) by_word_.insert(word, location);
  return true;
}

// kNone for a zero, which pads stacks.
std::uint32_t CountStack::location_of(std::uint64_t pc) {
  if (pc == 0) return kNone;
  const std::uint32_t known = by_value_.find(pc);
  if (known != kNone) return known;
  Location location;
  location.address = pc - 1;
  const std::uint32_t index = profile_.add_location(location, {}).index;
  by_value_.insert(pc, index);
  return index;
}

void CountStack::drop_last() {
  --depth_;
  const char* last = packed_.data() + packed_bytes_ - 1;
  while (last > packed_.data() && (last[-1] & 0x80) != 0) --last;
  packed_bytes_ = static_cast<std::size_t>(last - packed_.data());
}

std::size_t CountStack::memory_bytes() const {
  return by_word_.memory_bytes() + by_value_.memory_bytes() +
         words_.capacity() * sizeof(std::uint64_t) + locations_.capacity() * sizeof(std::uint32_t) +
         packed_.capacity();
}

}  // namespace plumb
