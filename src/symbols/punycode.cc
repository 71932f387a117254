// SPDX-License-Identifier: Apache-2.0
#include "symbols/punycode.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ascii.h"
#include "base/text_encoding.h"

namespace plumb {
std::optional<std::string> decode_punycode(std::string_view text) {
  constexpr std::uint32_t kBase = 36;
  constexpr std::uint32_t kLeast = 1;
  constexpr std::uint32_t kMost = 26;
  std::vector<std::uint32_t> runes;
  if (const std::size_t split = text.rfind('_'); split != std::string_view::npos) {
    runes.assign(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(split));
    text.remove_prefix(split + 1);
  }
  std::uint32_t rune = 128;
  std::uint32_t bias = 72;
  std::uint64_t index = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint64_t start = index;
    std::uint64_t weight = 1;
    for (std::uint32_t k = kBase;; k += kBase) {
      if (at == text.size()) return std::nullopt;
      const char c = text[at++];
      std::uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<std::uint32_t>(c - '0') + 26;
      } else if (c >= 'a' && c <= 'z') {
        digit = static_cast<std::uint32_t>(c - 'a');
      } else if (c >= 'A' && c <= 'Z') {
        digit = static_cast<std::uint32_t>(c - 'A');
      } else {
        return std::nullopt;
      }
      index += digit * weight;
      if (index > INT32_MAX) return std::nullopt;
      const std::uint32_t threshold = k <= bias ? kLeast : std::min(k - bias, kMost);
      if (digit < threshold) break;
      weight *= kBase - threshold;
      if (weight > INT32_MAX) return std::nullopt;
    }
    const std::size_t count = runes.size() + 1;
    std::uint64_t delta = (index - start) / (start == 0 ? 700 : 2);
    delta += delta / count;
    std::uint32_t k = 0;
    for (; delta > (kBase - kLeast) * kMost / 2; k += kBase) delta /= kBase - kLeast;
    bias = k + static_cast<std::uint32_t>((kBase - kLeast + 1) * delta / (delta + 38));
    rune += static_cast<std::uint32_t>(index / count);
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) return std::nullopt;
    index %= count;
    runes.insert(runes.begin() + static_cast<std::ptrdiff_t>(index), rune);
    ++index;
  }
  std::string decoded;
  for (const std::uint32_t one : runes) append_utf8(decoded, one);
  return decoded;
}

}  // namespace plumb
