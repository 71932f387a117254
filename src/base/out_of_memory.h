// SPDX-License-Identifier: Apache-2.0
// What becomes of a program that has no memory left.

#pragma once

#include <new>

namespace plumb {

/// As operator new does: throws std::bad_alloc, if the handler of std::set_new_handler() returns.
/// Whoever set one does not want to come back.
[[noreturn]] inline void out_of_memory() {
  if (const std::new_handler handler = std::get_new_handler()) handler();
  throw std::bad_alloc();
}

}  // namespace plumb
