// SPDX-License-Identifier: Apache-2.0
#include "base/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {
namespace plain {
using Scan = ScanPlain;
#include "unit/base/scan_test.inc"
}  // namespace plain
#if PLUMB_X86
PLUMB_BEGIN_AVX2
namespace avx2 {
using Scan = ScanAvx2;
#include "unit/base/scan_test.inc"
}  // namespace avx2
PLUMB_END_ISA
PLUMB_BEGIN_AVX512
namespace avx512 {
using Scan = ScanAvx512;
#include "unit/base/scan_test.inc"
}  // namespace avx512
PLUMB_END_ISA
#endif

namespace {

struct Variant {
  std::string_view name;
  const char* (*find_newline)(const char*, const char*);
  const char* (*find_byte)(const char*, const char*, char);
  bool (*equal)(const char*, const char*, std::size_t);
};

std::vector<Variant> variants() {
  std::vector<Variant> all = {{"plain", plain::find_newline, plain::find_byte, plain::equal}};
#if PLUMB_X86
  if (active_isa() >= Isa::Avx2) {
    all.push_back({"avx2", avx2::find_newline, avx2::find_byte, avx2::equal});
  }
  if (active_isa() >= Isa::Avx512) {
    all.push_back({"avx512", avx512::find_newline, avx512::find_byte, avx512::equal});
  }
#endif
  return all;
}

TEST(Scan, FindsTheFirstByteAtEveryPlace) {
  for (const Variant& variant : variants()) {
    SCOPED_TRACE(variant.name);
    for (std::size_t at = 0; at < 200; ++at) {
      std::string text(at, 'x');
      text += "\nx\nx";
      text.append(kScanSlackBytes, '\n');
      const char* const end = text.data() + at + 4;
      ASSERT_EQ(variant.find_newline(text.data(), end) - text.data(), at);
      ASSERT_EQ(variant.find_byte(text.data(), end, '\n') - text.data(), at);
      ASSERT_EQ(variant.find_byte(text.data(), end, 'y'), end);
    }
  }
}

TEST(Scan, DoesNotFindWhatStandsBehindTheEnd) {
  const std::string text(200 + kScanSlackBytes, '\n');
  for (const Variant& variant : variants()) {
    SCOPED_TRACE(variant.name);
    EXPECT_EQ(variant.find_newline(text.data(), text.data()), text.data());
    for (std::size_t size = 1; size < 200; ++size) {
      std::string copy = text;
      std::fill_n(copy.begin(), size, 'x');
      const char* const end = copy.data() + size;
      ASSERT_EQ(variant.find_newline(copy.data(), end), end);
    }
  }
}

TEST(Scan, ComparesEveryByteAndNoneBehind) {
  for (const Variant& variant : variants()) {
    SCOPED_TRACE(variant.name);
    for (std::size_t size = 0; size < 200; ++size) {
      const std::string a = std::string(size, 'x') + std::string(kScanSlackBytes, 'a');
      const std::string b = std::string(size, 'x') + std::string(kScanSlackBytes, 'b');
      ASSERT_TRUE(variant.equal(a.data(), b.data(), size)) << size;
      for (std::size_t at = 0; at < size; ++at) {
        std::string other = a;
        other[at] = 'y';
        ASSERT_FALSE(variant.equal(a.data(), other.data(), size)) << size << " differs at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace plumb
