// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace plumb {
namespace {

Isa machine_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                    __builtin_cpu_supports("bmi2") != 0;
  const bool avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0;
  if (avx2 && avx512) return Isa::Avx512;
  if (avx2) return Isa::Avx2;
#endif
  return Isa::Plain;
}

Isa allowed_isa() {
  const char* const value = std::getenv("PLUMB_ISA");
  const std::string_view wish = value == nullptr ? "" : value;
  if (wish == "plain") return Isa::Plain;
  if (wish == "avx2") return Isa::Avx2;
  return Isa::Avx512;
}

}  // namespace

Isa active_isa() {
  static const Isa isa = std::min(machine_isa(), allowed_isa());
  return isa;
}

}  // namespace plumb
