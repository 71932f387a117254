// SPDX-License-Identifier: Apache-2.0
#include "base/packed_ids.h"

#include "base/cpu.h"

#if defined(__x86_64__)
#if !defined(__clang__)
// g++ 12 finds its own intrinsics uninitialised
// (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#endif

namespace plumb {
namespace {

using Byte = std::uint8_t;

// Decodes one varint of at most 5 bytes that fits 32 bits; null if it is none.
inline const Byte* decode_one(const Byte* at, const Byte* end, std::uint32_t* out) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (at == end) return nullptr;
    const std::uint64_t byte = *at++;
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) {
      *out = static_cast<std::uint32_t>(value);
      return value <= UINT32_MAX ? at : nullptr;
    }
  }
  return nullptr;
}

// Returns the end of the ids written, or null.
std::uint32_t* decode_plain(const Byte* at, const Byte* end, std::uint32_t* out) {
  while (at < end) {
    const std::uint32_t b0 = at[0];
    if (b0 < 0x80) {
      *out++ = b0;
      ++at;
      continue;
    }
    const std::uint32_t b1 = at[1];  // Behind the end this is slack; the last byte is checked.
    if (b1 < 0x80) {
      *out++ = (b0 & 0x7F) | b1 << 7;
      at += 2;
      continue;
    }
    const std::uint32_t b2 = at[2];
    if (b2 < 0x80) {
      *out++ = (b0 & 0x7F) | (b1 & 0x7F) << 7 | b2 << 14;
      at += 3;
      continue;
    }
    at = decode_one(at, end, out++);
    if (at == nullptr) return nullptr;
  }
  return at == end ? out : nullptr;
}

#if defined(__x86_64__)

// Sixteen varints a step: find the byte that ends each, gather the four bytes from each start into
// a lane, clear what lies behind the end byte, and squeeze the 7-bit groups together with two
// multiply-adds. A varint longer than four bytes is left to decode_one().
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt")))
std::uint32_t*
decode_avx512(const Byte* at, const Byte* end, std::uint32_t* out) {
  alignas(64) static constexpr Byte kIota[64] = {
      0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
      22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
      44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  const __m512i iota = _mm512_load_si512(kIota);
  const __m512i high_bits = _mm512_set1_epi32(static_cast<int>(0x80808080U));
  const __m512i low_bits = _mm512_set1_epi32(0x7F7F7F7F);
  const __m512i one = _mm512_set1_epi32(1);
  const __m512i bytes_to_words = _mm512_set1_epi16(static_cast<short>(1 | (128 << 8)));
  const __m512i words_to_lanes = _mm512_set1_epi32(1 | (16384 << 16));
  const __m512i lane_bytes = _mm512_set1_epi32(0x03020100);
  const __m512i spread =
      _mm512_broadcast_i32x4(_mm_set_epi8(12, 12, 12, 12, 8, 8, 8, 8, 4, 4, 4, 4, 0, 0, 0, 0));
  while (at < end) {
    const __m512i bytes = _mm512_loadu_si512(at);
    std::uint64_t ends = ~_mm512_movepi8_mask(bytes);
    const auto left = static_cast<std::size_t>(end - at);
    if (left < 64) ends &= (std::uint64_t{1} << left) - 1;
    const int found = __builtin_popcountll(ends);
    const int count = found > 16 ? 16 : found;
    const __m512i starts = _mm512_cvtepu8_epi32(
        _mm512_castsi512_si128(_mm512_maskz_compress_epi8(ends << 1 | 1, iota)));
    const __m512i from = _mm512_add_epi32(_mm512_shuffle_epi8(starts, spread), lane_bytes);
    const __m512i raw = _mm512_permutexvar_epi8(from, bytes);
    const __m512i stop = _mm512_andnot_si512(raw, high_bits);
    const auto wanted = static_cast<__mmask16>((1U << count) - 1);
    if ((_mm512_testn_epi32_mask(stop, stop) & wanted) != 0 || count == 0) {
      at = decode_one(at, end, out++);
      if (at == nullptr) return nullptr;
      continue;
    }
    const __m512i keep = _mm512_xor_si512(stop, _mm512_sub_epi32(stop, one));
    const __m512i groups = _mm512_and_si512(_mm512_and_si512(raw, keep), low_bits);
    _mm512_storeu_si512(
        out, _mm512_madd_epi16(_mm512_maddubs_epi16(bytes_to_words, groups), words_to_lanes));
    out += count;
    at += found > 16 ? __builtin_ctzll(_pdep_u64(std::uint64_t{1} << 15, ends)) + 1
                     : 64 - __builtin_clzll(ends);
  }
  return out;
}

// Looks at bytes, not at varints: at those that end one of as many bytes as `most` has, together
// with the byte before. Of three bytes, that leaves out the lowest.
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))
std::size_t
count_plain_avx512(const Byte* at, const Byte* end, std::uint32_t most) {
  const bool has_three = most >= 1U << 14;
  if (most < 1U << 7 || most >= 1U << 21) return 0;
  // The least pair of bytes, each of 7 bits, that may be too much.
  const std::uint32_t pair = has_three ? most >> 7 : most + 1;
  const __m512i limit = _mm512_set1_epi16(static_cast<short>(pair >> 7 << 8 | (pair & 0x7F)));
  const __m512i low_bits = _mm512_set1_epi8(0x7F);
  std::size_t count = 0;
  std::uint64_t before = 0;  // Which bytes of the block before are not the last of a varint.
  for (; at < end; at += 64) {
    const auto left = static_cast<std::size_t>(end - at);
    const std::uint64_t valid = left < 64 ? (std::uint64_t{1} << left) - 1 : ~std::uint64_t{0};
    const __m512i bytes = _mm512_loadu_si512(at);
    const __m512i previous = _mm512_loadu_si512(at - 1);
    const std::uint64_t goes_on = _mm512_movepi8_mask(bytes) & valid;
    const std::uint64_t behind_one = goes_on << 1 | before >> 63;
    const std::uint64_t behind_two = behind_one & (goes_on << 2 | before >> 62);
    const std::uint64_t behind_three = behind_two & (goes_on << 3 | before >> 61);
    const std::uint64_t too_long = has_three ? behind_three : behind_two;
    const std::uint64_t is_zero = _mm512_mask_testn_epi8_mask(valid, bytes, bytes);
    const std::uint64_t longest = ~goes_on & (has_three ? behind_two : behind_one);
    const __m512i high = _mm512_maskz_mov_epi8(longest, bytes);
    const __m512i low = _mm512_and_si512(_mm512_maskz_mov_epi8(longest, previous), low_bits);
    const __mmask32 is_much = _mm512_cmpge_epu16_mask(_mm512_unpacklo_epi8(low, high), limit) |
                              _mm512_cmpge_epu16_mask(_mm512_unpackhi_epi8(low, high), limit);
    if ((((too_long & valid) | is_zero) != 0) || is_much != 0) return 0;
    count += static_cast<std::size_t>(__builtin_popcountll(~goes_on & valid));
    before = goes_on;
  }
  return count;
}

#endif

using Decode = std::uint32_t* (*)(const Byte*, const Byte*, std::uint32_t*);

Decode choose_decoder() {
#if defined(__x86_64__)
  if (active_isa() == Isa::Avx512) return decode_avx512;
#endif
  return decode_plain;
}

using CountPlain = std::size_t (*)(const Byte*, const Byte*, std::uint32_t);

CountPlain choose_counter() {
#if defined(__x86_64__)
  if (active_isa() == Isa::Avx512) return count_plain_avx512;
#endif
  return [](const Byte*, const Byte*, std::uint32_t) { return std::size_t{0}; };
}

}  // namespace

std::uint32_t* decode_packed_ids(std::string_view packed, std::uint32_t* ids) {
  if (packed.empty()) return ids;
  if ((static_cast<Byte>(packed.back()) & 0x80) != 0) return nullptr;
  static const Decode decode = choose_decoder();
  const auto* begin = reinterpret_cast<const Byte*>(packed.data());
  return decode(begin, begin + packed.size(), ids);
}

std::size_t count_plain_ids(std::string_view packed, std::uint32_t most) {
  if (packed.empty() || (static_cast<Byte>(packed.back()) & 0x80) != 0) return 0;
  static const CountPlain count = choose_counter();
  const auto* begin = reinterpret_cast<const Byte*>(packed.data());
  return count(begin, begin + packed.size(), most);
}

}  // namespace plumb
