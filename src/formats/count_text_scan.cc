// SPDX-License-Identifier: Apache-2.0
#include "formats/count_text_scan.h"

#include "base/scan.h"

namespace plumb {
namespace {

CommentRun find_plain(const char* from, const char* last) {
  CommentRun run;
  for (;; ++run.newlines) {
    const char* const newline = ScanPlain::find_newline(from, last);
    if (newline == last) return run;
    if (newline[1] != '#') return run.last_newline = newline, run;
    from = newline + 1;
  }
}

#if PLUMB_X86

__attribute__((target(PLUMB_AVX2_SET))) CommentRun find_avx2(const char* from, const char* last) {
  const __m256i newline = _mm256_set1_epi8('\n');
  const __m256i hash = _mm256_set1_epi8('#');
  CommentRun run;
  for (; from < last; from += 32) {
    std::uint32_t newlines = ScanAvx2::mask_of(from, newline);
    if (last - from < 32) newlines = _bzhi_u32(newlines, static_cast<std::uint32_t>(last - from));
    const std::uint32_t stops = newlines & ~ScanAvx2::mask_of(from + 1, hash);
    if (stops != 0) {
      run.newlines += static_cast<std::uint32_t>(_mm_popcnt_u32(newlines & (_blsi_u32(stops) - 1)));
      run.last_newline = from + _tzcnt_u32(stops);
      return run;
    }
    run.newlines += static_cast<std::uint32_t>(_mm_popcnt_u32(newlines));
  }
  return run;
}

#endif

}  // namespace

CommentRun find_comments_end(const char* from, const char* end, [[maybe_unused]] Isa isa) {
#if PLUMB_X86
  if (isa != Isa::Plain) return find_avx2(from, end - 1);
#endif
  return find_plain(from, end - 1);
}

}  // namespace plumb
