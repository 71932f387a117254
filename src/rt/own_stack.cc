// SPDX-License-Identifier: Apache-2.0
#include "rt/own_stack.h"

#include <unwind.h>

#include <array>

#include "rt/task_body.h"

namespace plumb::rt::detail {
namespace {

struct Collected {
  std::array<std::uintptr_t, 128> pcs;
  std::size_t count = 0;
  bool is_first = true;
};

_Unwind_Reason_Code collect(_Unwind_Context* context, void* argument) {
  Collected& collected = *static_cast<Collected*>(argument);
  if (is_outermost_function(_Unwind_GetRegionStart(context))) return _URC_END_OF_STACK;
  if (collected.is_first) {  // own_stack() itself.
    collected.is_first = false;
    return _URC_NO_REASON;
  }
  const std::uintptr_t pc = _Unwind_GetIP(context);
  if (pc == 0 || collected.count == collected.pcs.size()) return _URC_END_OF_STACK;
  collected.pcs[collected.count++] = pc;
  return _URC_NO_REASON;
}

}  // namespace

[[gnu::noinline]] std::vector<std::uintptr_t> own_stack() {
  Collected collected;
  _Unwind_Backtrace(collect, &collected);
  return {collected.pcs.begin(), collected.pcs.begin() + collected.count};
}

}  // namespace plumb::rt::detail
