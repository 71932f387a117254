// SPDX-License-Identifier: Apache-2.0
// Byte searches for the inner loops of text readers, one set per instruction set (base/cpu.h).
//
// A hot loop wants these inlined, so it is compiled once per set. Write the loop against the name
// `Scan` in a file of its own, include that file once per set, and choose one at run time:
//
//   namespace plain {
//   using Scan = ScanPlain;
//   #include "formats/some_loop.inc"
//   }
//   #if PLUMB_X86
//   PLUMB_BEGIN_AVX2
//   namespace avx2 {
//   using Scan = ScanAvx2;
//   #include "formats/some_loop.inc"
//   }
//   PLUMB_END_ISA
//   #endif
//
//   auto* const loop = PLUMB_FOR_ISA(active_isa(), some_loop);
//
// Between PLUMB_BEGIN_AVX2 and PLUMB_END_ISA every function is compiled for that set. Include all
// headers before it, so that nothing shared with the rest of the program is.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/cpu.h"

#if defined(__x86_64__)
#define PLUMB_X86 1
#include <immintrin.h>
#else
#define PLUMB_X86 0
#endif

namespace plumb {

/// Bytes behind `end` (or behind the bytes compared) that the functions below may read and ignore.
/// Views of a Window have that much behind them.
inline constexpr std::size_t kScanSlackBytes = 64;

/// Portable: the C library's own routines.
struct ScanPlain {
  /// The first `byte` in [from, end), else `end`.
  static const char* find_byte(const char* from, const char* end, char byte) {
    const void* const at = std::memchr(from, byte, static_cast<std::size_t>(end - from));
    return at == nullptr ? end : static_cast<const char*>(at);
  }
  /// The first newline in [from, end), else `end`.
  static const char* find_newline(const char* from, const char* end) {
    return find_byte(from, end, '\n');
  }
  /// True if the `count` bytes at `a` equal those at `b`.
  static bool equal(const char* a, const char* b, std::size_t count) {
    return std::memcmp(a, b, count) == 0;
  }
};

#if PLUMB_X86

#define PLUMB_INLINE_FOR(isa) __attribute__((always_inline, target(isa))) inline
#define PLUMB_AVX2_SET "avx2,bmi,bmi2"
#define PLUMB_AVX512_SET "avx2,bmi,bmi2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2"

/// 32 bytes a step.
struct ScanAvx2 {
  PLUMB_INLINE_FOR(PLUMB_AVX2_SET)
  static std::uint32_t mask_of(const char* at, __m256i bytes) {
    const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, bytes)));
  }
  PLUMB_INLINE_FOR(PLUMB_AVX2_SET)
  static const char* find_byte(const char* from, const char* end, char byte) {
    const __m256i wanted = _mm256_set1_epi8(byte);
    for (; from < end; from += 32) {
      const std::uint32_t mask = mask_of(from, wanted);
      if (mask == 0) continue;
      const char* const at = from + __builtin_ctz(mask);
      return at < end ? at : end;
    }
    return end;
  }
  PLUMB_INLINE_FOR(PLUMB_AVX2_SET)
  static const char* find_newline(const char* from, const char* end) {
    return find_byte(from, end, '\n');
  }
  PLUMB_INLINE_FOR(PLUMB_AVX2_SET)
  static bool equal(const char* a, const char* b, std::size_t count) {
    for (; count > 32; a += 32, b += 32, count -= 32) {
      if (mask_of(a, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b))) != UINT32_MAX) {
        return false;
      }
    }
    const std::uint32_t same = mask_of(a, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b)));
    return _bzhi_u32(~same, static_cast<std::uint32_t>(count)) == 0;
  }
};

/// 64 bytes a step.
struct ScanAvx512 {
  PLUMB_INLINE_FOR(PLUMB_AVX512_SET)
  static const char* find_byte(const char* from, const char* end, char byte) {
    const __m512i wanted = _mm512_set1_epi8(byte);
    for (; from < end; from += 64) {
      const std::uint64_t mask = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(from), wanted);
      if (mask == 0) continue;
      const char* const at = from + __builtin_ctzll(mask);
      return at < end ? at : end;
    }
    return end;
  }
  PLUMB_INLINE_FOR(PLUMB_AVX512_SET)
  static const char* find_newline(const char* from, const char* end) {
    return find_byte(from, end, '\n');
  }
  PLUMB_INLINE_FOR(PLUMB_AVX512_SET)
  static bool equal(const char* a, const char* b, std::size_t count) {
    for (; count > 64; a += 64, b += 64, count -= 64) {
      if (_mm512_cmpneq_epi8_mask(_mm512_loadu_si512(a), _mm512_loadu_si512(b)) != 0) return false;
    }
    const std::uint64_t other =
        _mm512_cmpneq_epi8_mask(_mm512_loadu_si512(a), _mm512_loadu_si512(b));
    return _bzhi_u64(other, static_cast<std::uint32_t>(count)) == 0;
  }
};

#define PLUMB_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
// clang-format off
#define PLUMB_BEGIN_ISA(isa) \
  PLUMB_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
// clang-format on
#define PLUMB_END_ISA PLUMB_PRAGMA(clang attribute pop)
#else
#define PLUMB_BEGIN_ISA(isa) PLUMB_PRAGMA(GCC push_options) PLUMB_PRAGMA(GCC target(isa))
#define PLUMB_END_ISA PLUMB_PRAGMA(GCC pop_options)
#endif
#define PLUMB_BEGIN_AVX2 PLUMB_BEGIN_ISA(PLUMB_AVX2_SET)
#define PLUMB_BEGIN_AVX512 PLUMB_BEGIN_ISA(PLUMB_AVX512_SET)

/// `name` of the namespace that suits `isa`; AVX-512 is left to loops that gain by it.
#define PLUMB_FOR_ISA(isa, name) ((isa) == ::plumb::Isa::Plain ? plain::name : avx2::name)

#else

#define PLUMB_FOR_ISA(isa, name) plain::name

#endif

}  // namespace plumb
