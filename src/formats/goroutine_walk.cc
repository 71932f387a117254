// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_walk.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/scan.h"
#include "formats/goroutine_node.h"

namespace plumb {
namespace {

namespace plain {
using Scan = ScanPlain;
#include "formats/goroutine_walk.inc"
}  // namespace plain

#if PLUMB_X86
PLUMB_BEGIN_AVX2
namespace avx2 {
using Scan = ScanAvx2;
#include "formats/goroutine_walk.inc"
}  // namespace avx2
PLUMB_END_ISA
#endif

}  // namespace

GoroutineWalk goroutine_walk([[maybe_unused]] Isa isa) {
  return PLUMB_FOR_ISA(isa, walk);
}

}  // namespace plumb
