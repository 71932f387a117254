// SPDX-License-Identifier: Apache-2.0
// What the processor is good for.
//
// Which instruction set the hot loops use is chosen at run time, so that one binary serves every
// machine; PLUMB_ISA=plain|avx2|avx512 in the environment asks for less than the machine has.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plumb {

enum class Isa : std::uint8_t {
  Plain,   ///< Portable C++.
  Avx2,    ///< x86-64-v3: AVX2, BMI1, BMI2.
  Avx512,  ///< AVX-512 F, BW, DQ, VL, VBMI and VBMI2.
};

/// The set of that name: "plain", "avx2", "avx512".
std::optional<Isa> find_isa(std::string_view name);

/// The best set that the processor has and the environment allows. Constant while the process runs.
Isa active_isa();

/// True if this process may run on two cores at least (as of `taskset` and the like; a share of
/// time is no matter). Constant while the process runs.
bool has_two_cores();

}  // namespace plumb
