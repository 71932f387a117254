// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#if defined(__x86_64__)
#if defined(__clang__)
// The header is written in C; g++ has the word in C++, too.
#define _Bool bool  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
#endif
#include <sys/platform/x86.h>
#endif

namespace plumb {
namespace {

Isa machine_isa() {
#if defined(__x86_64__)
  // What the dynamic linker found out: asking the processor again costs tens of microseconds in a
  // virtual machine, which traps the question.
  const bool avx2 =
      CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2);
  const bool avx512 = CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW) &&
                      CPU_FEATURE_ACTIVE(AVX512DQ) && CPU_FEATURE_ACTIVE(AVX512VL) &&
                      CPU_FEATURE_ACTIVE(AVX512_VBMI) && CPU_FEATURE_ACTIVE(AVX512_VBMI2);
  if (avx2 && avx512) return Isa::Avx512;
  if (avx2) return Isa::Avx2;
#endif
  return Isa::Plain;
}

Isa allowed_isa() {
  const char* const value = std::getenv("PLUMB_ISA");
  return find_isa(value == nullptr ? "" : value).value_or(Isa::Avx512);
}

}  // namespace

std::optional<Isa> find_isa(std::string_view name) {
  if (name == "plain") return Isa::Plain;
  if (name == "avx2") return Isa::Avx2;
  if (name == "avx512") return Isa::Avx512;
  return std::nullopt;
}

Isa active_isa() {
  static const Isa isa = std::min(machine_isa(), allowed_isa());
  return isa;
}

bool has_two_cores() {
  static const bool has = [] {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    // With more than fit the set, which is an error, there are enough.
    return sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) > 1;
  }();
  return has;
}

}  // namespace plumb
