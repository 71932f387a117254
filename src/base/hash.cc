// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <sys/auxv.h>

namespace plumb {
namespace {

// The kernel hands every process 16 random bytes; no system call is needed.
std::uint64_t random_seed() {
  const auto* bytes = reinterpret_cast<const char*>(getauxval(AT_RANDOM));  // NOLINT
  std::uint64_t seed = 0;
  if (bytes != nullptr) std::memcpy(&seed, bytes, sizeof seed);
  return seed;
}

}  // namespace

const std::uint64_t kHashSeed = random_seed();

}  // namespace plumb
